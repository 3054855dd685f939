import { join, resolve } from 'node:path';
import { type Environment, environmentSchema } from './schema.js';
import { developmentSecrets } from './development-secrets.js';

/** A secret given in place or as a file; a file is preferred because an environment is easily printed. */
export type SecretSource = { readonly file: string } | { readonly value: string };

export interface Config extends Readonly<
  Omit<
    Environment,
    | 'KEYRING'
    | 'KEYRING_FILE'
    | 'TOKEN_KEYS'
    | 'TOKEN_KEYS_FILE'
    | 'RECEIPT_KEYS'
    | 'RECEIPT_KEYS_FILE'
    | 'AUDIT_KEYS'
    | 'AUDIT_KEYS_FILE'
    | 'METRICS_TOKEN'
    | 'METRICS_TOKEN_FILE'
    | 'ARTIFACTS'
    | 'TLS_CERT'
    | 'TLS_KEY'
    | 'CORS_ORIGINS'
  >
> {
  readonly DATA_DIR: string;
  readonly BLOB_DIR: string;
  readonly MODELS_DIR: string;
  readonly DATABASE_URL: string;
  readonly DATABASE_OWNER_URL: string;
  readonly DATABASE_SYSTEM_URL: string;
  /** Whether depth pictures, meshes and overlays are kept (sealed): they are the face, so production must ask for them. */
  readonly ARTIFACTS: boolean;
  readonly FRAME_RETENTION_MAX_MS: number;
  readonly RATE_LIMIT_MAX_PER_MINUTE: number;
  /** None: CORS is off. */
  readonly CORS_ORIGINS: readonly string[];
  /** Files with which the API serves TLS itself; undefined where a proxy in front does, or nobody. */
  readonly tls: { readonly certFile: string; readonly keyFile: string } | undefined;
  readonly keyring: SecretSource;
  readonly tokenKeys: SecretSource;
  /** The keys that sign decision receipts. */
  readonly receiptKeys: SecretSource;
  /** Of the checkpoints of the audit trail; apart from those of tokens, so that whoever may sign one cannot sign the other. */
  readonly auditKeys: SecretSource;
  /** Of the operators, for metrics and health in detail; without one these are closed. */
  readonly metricsToken: SecretSource | undefined;
}

/** The settings are wrong; names the keys, never their values, because values may be secrets. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  constructor(readonly problems: readonly string[]) {
    super(
      `Configuration is not valid:\n${problems.map((problem) => `  - ${problem}`).join('\n')}\nSee .env.example.`,
    );
  }
}

/** The parts of the settings that hold before any database or secret exists: used by the supervisor and the model commands. */
export function parseEnvironment(env: NodeJS.ProcessEnv): Environment {
  const present = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = environmentSchema.safeParse(present);
  if (parsed.success) return parsed.data;
  throw new ConfigError(
    parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${withoutValue(issue)}`),
  );
}

/**
 * Parses the whole configuration, once, at the start of a process.
 * In production every secret must be given; in development missing ones are drawn at random and kept in DATA_DIR.
 */
export function parseConfig(env: NodeJS.ProcessEnv): Config {
  const parsed = parseEnvironment(env);
  const dataDir = resolve(parsed.DATA_DIR);
  const keyring = source(parsed.KEYRING, parsed.KEYRING_FILE);
  const tokenKeys = source(parsed.TOKEN_KEYS, parsed.TOKEN_KEYS_FILE);
  const receiptKeys = source(parsed.RECEIPT_KEYS, parsed.RECEIPT_KEYS_FILE);
  const auditKeys = source(parsed.AUDIT_KEYS, parsed.AUDIT_KEYS_FILE);
  const problems: string[] = [];
  if (!parsed.DATABASE_URL) problems.push('DATABASE_URL: required (npm start brings an embedded database)');
  if (parsed.KEYRING && parsed.KEYRING_FILE) problems.push('KEYRING, KEYRING_FILE: give one, not both');
  if (parsed.TOKEN_KEYS && parsed.TOKEN_KEYS_FILE)
    problems.push('TOKEN_KEYS, TOKEN_KEYS_FILE: give one, not both');
  if (parsed.RECEIPT_KEYS && parsed.RECEIPT_KEYS_FILE)
    problems.push('RECEIPT_KEYS, RECEIPT_KEYS_FILE: give one, not both');
  if (parsed.TOKEN_KEYS && parsed.TOKEN_KEYS_ROTATE_DAYS !== undefined)
    problems.push('TOKEN_KEYS_ROTATE_DAYS: needs TOKEN_KEYS_FILE, as only a file can be rotated');
  if (parsed.AUDIT_KEYS && parsed.AUDIT_KEYS_FILE)
    problems.push('AUDIT_KEYS, AUDIT_KEYS_FILE: give one, not both');
  if (parsed.METRICS_TOKEN && parsed.METRICS_TOKEN_FILE)
    problems.push('METRICS_TOKEN, METRICS_TOKEN_FILE: give one, not both');
  if (!parsed.TLS_CERT !== !parsed.TLS_KEY) problems.push('TLS_CERT, TLS_KEY: give both, or neither');
  const retentionMax = parsed.FRAME_RETENTION_MAX_MS ?? parsed.FRAME_RETENTION_MS;
  if (retentionMax < parsed.FRAME_RETENTION_MS)
    problems.push('FRAME_RETENTION_MAX_MS: must not be shorter than FRAME_RETENTION_MS');
  const rateLimitMax = parsed.RATE_LIMIT_MAX_PER_MINUTE ?? 10 * parsed.RATE_LIMIT_PER_MINUTE;
  if (rateLimitMax < parsed.RATE_LIMIT_PER_MINUTE)
    problems.push('RATE_LIMIT_MAX_PER_MINUTE: must not be lower than RATE_LIMIT_PER_MINUTE');
  if (parsed.NODE_ENV === 'production') {
    if (!keyring) problems.push('KEYRING_FILE or KEYRING: required in production');
    if (!tokenKeys) problems.push('TOKEN_KEYS_FILE or TOKEN_KEYS: required in production');
    if (!receiptKeys) problems.push('RECEIPT_KEYS_FILE or RECEIPT_KEYS: required in production');
    if (!auditKeys) problems.push('AUDIT_KEYS_FILE or AUDIT_KEYS: required in production');
    if (!parsed.BLOB_DIR) problems.push('BLOB_DIR: required in production');
  }
  if (problems.length > 0) throw new ConfigError(problems);

  const databaseUrl = parsed.DATABASE_URL as string;
  const development =
    keyring && tokenKeys && receiptKeys && auditKeys ? undefined : developmentSecrets(dataDir);
  return Object.freeze({
    ...parsed,
    DATA_DIR: dataDir,
    ARTIFACTS: parsed.ARTIFACTS ? parsed.ARTIFACTS === 'true' : parsed.NODE_ENV !== 'production',
    FRAME_RETENTION_MAX_MS: retentionMax,
    RATE_LIMIT_MAX_PER_MINUTE: rateLimitMax,
    CORS_ORIGINS: parsed.CORS_ORIGINS ?? [],
    tls: tlsFiles(parsed),
    BLOB_DIR: resolve(parsed.BLOB_DIR ?? join(dataDir, 'blobs')),
    MODELS_DIR: resolve(parsed.MODELS_DIR ?? join(dataDir, 'models')),
    DATABASE_URL: databaseUrl,
    DATABASE_OWNER_URL: parsed.DATABASE_OWNER_URL ?? databaseUrl,
    DATABASE_SYSTEM_URL: parsed.DATABASE_SYSTEM_URL ?? databaseUrl,
    keyring: keyring ?? { file: (development as { keyring: string }).keyring },
    metricsToken: source(parsed.METRICS_TOKEN, parsed.METRICS_TOKEN_FILE),
    tokenKeys: tokenKeys ?? { file: (development as { tokenKeys: string }).tokenKeys },
    receiptKeys: receiptKeys ?? { file: (development as { receiptKeys: string }).receiptKeys },
    auditKeys: auditKeys ?? { file: (development as { auditKeys: string }).auditKeys },
  });
}

function tlsFiles({ TLS_CERT, TLS_KEY }: Environment): Config['tls'] {
  return TLS_CERT && TLS_KEY ? { certFile: resolve(TLS_CERT), keyFile: resolve(TLS_KEY) } : undefined;
}

function source(value: string | undefined, file: string | undefined): SecretSource | undefined {
  if (file) return { file: resolve(file) };
  return value ? { value } : undefined;
}

function withoutValue(issue: { code: string; message: string }): string {
  return issue.code === 'invalid_value' ||
    issue.code === 'invalid_type' ||
    issue.code === 'custom' ||
    issue.code === 'invalid_format'
    ? issue.message.replace(/, received .*/, '')
    : issue.message;
}
