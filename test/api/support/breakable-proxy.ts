import { connect, createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';

/** Stands between the API and its database, so that a test can take the database away and give it back. */
export class BreakableProxy {
  private readonly sockets = new Set<Socket>();
  private broken = false;

  private constructor(
    private readonly server: Server,
    readonly port: number,
  ) {}

  /** @param target where to pass connections on to */
  static async to(target: { host: string; port: number }): Promise<BreakableProxy> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const proxy = new BreakableProxy(server, (server.address() as { port: number }).port);
    server.on('connection', (client) => proxy.pass(client, target));
    return proxy;
  }

  /** Cuts every connection; new ones are cut at once. */
  break(): void {
    this.broken = true;
    for (const socket of this.sockets) socket.destroy();
  }

  mend(): void {
    this.broken = false;
  }

  async close(): Promise<void> {
    this.break();
    this.server.close();
    await once(this.server, 'close');
  }

  private pass(client: Socket, target: { host: string; port: number }): void {
    if (this.broken) {
      client.destroy();
      return;
    }
    const server = connect(target);
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      this.sockets.add(from);
      from.on('error', () => to.destroy());
      from.on('close', () => {
        this.sockets.delete(from);
        to.destroy();
      });
      from.pipe(to);
    }
  }
}
