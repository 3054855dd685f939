import { DataSource, type EntityTarget, type ObjectLiteral } from 'typeorm';
import { SnakeCaseNaming } from './naming.js';

export type DatabaseRole = 'sb_app' | 'sb_system';

export interface ConnectOptions {
  readonly url: string;
  readonly role: DatabaseRole;
  readonly entities?: readonly EntityTarget<ObjectLiteral>[];
  readonly poolMax: number;
  readonly onError?: (error: Error) => void;
}

/** Opens a pool whose every connection starts as the given role, so no query can run with the login's own rights by oversight. */
export async function connect(options: ConnectOptions): Promise<DataSource> {
  const source = new DataSource({
    type: 'postgres',
    url: options.url,
    applicationName: `secure-biometric ${options.role}`,
    entities: [...(options.entities ?? [])] as never[],
    namingStrategy: new SnakeCaseNaming(),
    synchronize: false,
    migrationsRun: false,
    logging: false,
    poolErrorHandler: (error: Error) => options.onError?.(error),
    connectTimeoutMS: 5_000,
    extra: {
      max: options.poolMax,
      keepAlive: true,
      options: `-c role=${options.role} -c statement_timeout=15s -c lock_timeout=10s -c idle_in_transaction_session_timeout=20s`,
    },
  });
  return source.initialize();
}
