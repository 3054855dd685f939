import { Client } from 'pg';

const RETRY_MS = 1_000;
const CONNECT_DEADLINE_MS = 5_000;

/**
 * One dedicated LISTEN connection of a process. Notifications are hints: they may be lost while the connection is down,
 * so whoever is woken reads the tables again, and also reads them now and then without being woken.
 */
export class Listener {
  private client: Client | undefined;
  private closed = false;
  private retry: NodeJS.Timeout | undefined;

  /** @param onListening called each time the connection listens, first or again: what was told before is lost */
  constructor(
    private readonly url: string,
    private readonly channels: Readonly<Record<string, (payload: string) => void>>,
    private readonly onListening: () => void = () => undefined,
  ) {}

  async start(): Promise<void> {
    if (this.closed) return;
    const client = new Client({
      connectionString: this.url,
      keepAlive: true,
      connectionTimeoutMillis: CONNECT_DEADLINE_MS,
      application_name: 'secure-biometric listener',
    });
    client.on('error', () => this.reconnect(client));
    client.on('end', () => this.reconnect(client));
    client.on('notification', ({ channel, payload }) => this.channels[channel]?.(payload ?? ''));
    this.client = client;
    try {
      await client.connect();
      for (const channel of Object.keys(this.channels))
        await client.query(`LISTEN ${client.escapeIdentifier(channel)}`);
      this.onListening();
    } catch {
      this.reconnect(client);
    }
  }

  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.retry);
    await this.client?.end().catch(() => undefined);
  }

  private reconnect(client: Client): void {
    if (this.closed || client !== this.client) return;
    this.client = undefined;
    void client.end().catch(() => undefined);
    this.retry = setTimeout(() => void this.start(), RETRY_MS);
  }
}
