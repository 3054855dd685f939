import 'reflect-metadata';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DataSource } from 'typeorm';
import { v7 as uuid } from 'uuid';
import { Clients, type Scope, SCOPES, TokenIssuer } from '#access';
import { type Config, parseConfig } from '#config';
import { createLogs } from '#observability';
// eslint-disable-next-line no-restricted-imports -- API tests run the application in their own process.
import { createApp } from '../../../apps/api/src/create-app.js';
import { createTestDatabase } from '../../support/database.js';
import { ApiClient } from '../../support/api-client.js';
import { type Answer, call, type CallOptions } from './call.js';

/** A relying party with a tenant of its own. */
export interface RelyingParty {
  /** Its tenant's name. */
  readonly tenant: string;
  readonly tenantId: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** A bearer token with all scopes. */
  readonly token: string;
  /** A bearer token with these scopes only. */
  tokenWith(...scopes: Scope[]): Promise<string>;
}

export interface TestApiOptions {
  /** Laid over the environment of the test. */
  readonly env?: NodeJS.ProcessEnv;
  /** Uses this database instead of one of its own, and leaves it. */
  readonly databaseUrl?: string;
  /** How the API reaches the database, given its URL. */
  readonly reach?: (databaseUrl: string) => string;
}

/** A running API on a database and a blob folder of its own. */
export class TestApi {
  private constructor(
    readonly app: NestFastifyApplication,
    readonly config: Config,
    readonly url: string,
    private readonly logs: string[],
    private readonly superuser: DataSource,
    private readonly cleanUp: () => Promise<void>,
  ) {}

  static async start({ env = {}, databaseUrl, reach = (url) => url }: TestApiOptions = {}): Promise<TestApi> {
    const folder = await mkdtemp(join(tmpdir(), 'sb-api-'));
    const database = databaseUrl ? undefined : await createTestDatabase();
    const url = databaseUrl ?? (database as { url: string }).url;
    const config = parseConfig({
      NODE_ENV: 'test',
      DATABASE_URL: reach(url),
      DATA_DIR: folder,
      TOKEN_RATE_LIMIT_PER_MINUTE: '10000',
      RATE_LIMIT_PER_MINUTE: '10000',
      ...env,
    });
    const logs: string[] = [];
    const written = createLogs({
      name: 'api',
      level: 'trace',
      destination: { write: (line) => void logs.push(line) },
    });
    const app = await createApp(config, written);
    await app.listen(0, '127.0.0.1');
    const superuser = await new DataSource({ type: 'postgres', url, poolSize: 2 }).initialize();
    return new TestApi(app, config, await app.getUrl(), logs, superuser, async () => {
      await app.close();
      await superuser.destroy();
      await database?.drop();
      await rm(folder, { recursive: true, force: true });
    });
  }

  close(): Promise<void> {
    return this.cleanUp();
  }

  /** Everything the application has logged. */
  get log(): string {
    return this.logs.join('');
  }

  call(method: string, path: string, options?: CallOptions): Promise<Answer> {
    return call(`${this.url}${path}`, method, options);
  }

  /** The reusable client of the public API, with this bearer token. */
  as(token: string): ApiClient {
    return new ApiClient(this.url, token);
  }

  /** Runs SQL as the superuser, whom row level security does not bind. */
  sql<T = Record<string, unknown>>(statement: string, parameters: unknown[] = []): Promise<T[]> {
    return this.superuser.query<T[]>(statement, parameters);
  }

  async relyingParty(): Promise<RelyingParty> {
    const clients = this.app.get(Clients);
    const tenant = uuid();
    const tenantId = await clients.tenant(tenant);
    const { clientId, clientSecret } = await clients.create(tenantId, 'test', SCOPES);
    const tokenWith = async (...scopes: Scope[]) =>
      (await this.app.get(TokenIssuer).forClient(tenantId, clientId, scopes)).token;
    return { tenant, tenantId, clientId, clientSecret, tokenWith, token: await tokenWith(...SCOPES) };
  }

  /** Every file below the blob folder, temporary ones too, and every row that a submission writes. */
  async footprint(): Promise<Record<'files' | 'frames' | 'pending' | 'captures' | 'outbox', unknown[]>> {
    const entries = await readdir(this.config.BLOB_DIR, { recursive: true, withFileTypes: true });
    return {
      files: entries
        .filter((entry) => entry.isFile())
        .map(({ parentPath, name }) => join(parentPath, name))
        .sort(),
      frames: await this.sql('SELECT capture_id, index, blob_key FROM capture_frames ORDER BY 1, 2'),
      pending: await this.sql('SELECT prefix FROM pending_blobs ORDER BY 1'),
      captures: await this.sql('SELECT id, state, submission_digest FROM captures ORDER BY 1'),
      outbox: await this.sql('SELECT topic, aggregate_id FROM outbox ORDER BY id'),
    };
  }
}
