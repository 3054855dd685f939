import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** How a commit is lost: it never arrives, its answer never comes back, or it arrives long after its sender has gone. */
export type Loss = 'request' | 'answer' | 'late';

/** As the simple query that drivers send it by. */
const COMMIT = 'COMMIT\0';

/** Stands between the API and its database, and can lose one commit of a transaction that a test names. */
export class CommitProxy {
  private readonly sockets = new Set<Socket>();
  private armed: { readonly statement: RegExp; readonly loss: Loss; readonly lost: () => void } | undefined;
  private deliver: (() => void) | undefined;

  private constructor(
    private readonly server: Server,
    readonly port: number,
  ) {}

  static async to(target: { host: string; port: number }): Promise<CommitProxy> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const proxy = new CommitProxy(server, (server.address() as { port: number }).port);
    server.on('connection', (client) => proxy.pass(client, connect(target)));
    return proxy;
  }

  /** Loses the next commit of a transaction in which such a statement was sent. @returns settled once it is lost */
  lose(loss: Loss, statement: RegExp): Promise<void> {
    return new Promise((lost) => (this.armed = { statement, loss, lost }));
  }

  /** Has the commit that was lost as `late` arrive now. */
  deliverLate(): void {
    this.deliver?.();
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }

  private pass(client: Socket, server: Socket): void {
    let sent = '';
    let isHeld = false;
    client.on('data', (chunk) => {
      const text = chunk.toString('latin1');
      const { armed } = this;
      if (armed && text.includes(COMMIT) && armed.statement.test(sent)) {
        this.armed = undefined;
        isHeld = armed.loss === 'late';
        this.loseNow(armed.loss, chunk, { client, server });
        armed.lost();
        return;
      }
      sent = text.includes(COMMIT) ? '' : sent + text;
      server.write(chunk);
    });
    server.pipe(client);
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      this.sockets.add(from);
      from.on('error', () => undefined);
      from.on('close', () => {
        this.sockets.delete(from);
        if (!(from === client && isHeld)) to.destroy();
      });
    }
  }

  private loseNow(loss: Loss, commit: Buffer, { client, server }: { client: Socket; server: Socket }): void {
    server.unpipe(client);
    if (loss === 'answer') {
      server.once('data', () => server.destroy()).resume();
      server.write(commit);
      return;
    }
    client.destroy();
    if (loss === 'request') server.destroy();
    else this.deliver = () => void server.write(commit, () => server.resume().end());
  }
}
