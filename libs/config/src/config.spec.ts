import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError, environmentSchema, parseConfig, parseEnvironment } from './index.js';

const DATABASE_URL = 'postgres://user:hunter2-password@localhost/db';

let dataDir: string;
beforeEach(async () => (dataDir = await mkdtemp(join(tmpdir(), 'sb-config-'))));
afterEach(() => rm(dataDir, { recursive: true }));

function problemsOf(env: NodeJS.ProcessEnv): readonly string[] {
  try {
    parseConfig({ DATA_DIR: dataDir, ...env });
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  throw new Error('The configuration was accepted');
}

describe('good configurations', () => {
  it('development needs a database only', () => {
    const config = parseConfig({ DATA_DIR: dataDir, DATABASE_URL });
    expect(config).toMatchObject({
      NODE_ENV: 'development',
      PORT: 8080,
      TRUST_PROXY: false,
      DATABASE_OWNER_URL: DATABASE_URL,
      DATABASE_SYSTEM_URL: DATABASE_URL,
      BLOB_DIR: join(dataDir, 'blobs'),
      MODELS_DIR: join(dataDir, 'models'),
      WORKER_STAGES: ['extraction', 'depth', 'mesh', 'liveness', 'decision'],
    });
    expect(Object.isFrozen(config)).toBe(true);
  });

  it('production with everything given draws no secret', () => {
    const keys = { KEYRING: '{}', TOKEN_KEYS_FILE: '/run/keys', AUDIT_KEYS_FILE: '/run/audit-keys' };
    const given = {
      NODE_ENV: 'production',
      ...keys,
      RECEIPT_KEYS_FILE: '/run/receipt-keys',
      BLOB_DIR: '/blobs',
    };
    const config = parseConfig({ DATA_DIR: join(dataDir, 'none'), DATABASE_URL, ...given });
    expect(config.keyring).toEqual({ value: '{}' });
    expect(config.tokenKeys).toEqual({ file: '/run/keys' });
    expect(config.auditKeys).toEqual({ file: '/run/audit-keys' });
    expect(config.receiptKeys).toEqual({ file: '/run/receipt-keys' });
  });

  it('an empty value counts as absent, numbers and lists are read', () => {
    const env = { PORT: '', REDIS_URL: '', LOG_LEVEL: '', WORKER_STAGES: 'depth, mesh' };
    expect(parseEnvironment(env)).toMatchObject({
      PORT: 8080,
      LOG_LEVEL: 'info',
      WORKER_STAGES: ['depth', 'mesh'],
    });
    expect(parseEnvironment({ PORT: '0' }).PORT).toBe(0);
  });

  it.each<[string, unknown]>([
    ['false', false],
    ['1', 1],
    ['10.0.0.0/8, 192.0.2.7,loopback', ['10.0.0.0/8', '192.0.2.7', 'loopback']],
    ['2001:db8::/32', ['2001:db8::/32']],
  ])('proxies are trusted as %s says', (value, trusted) => {
    expect(parseEnvironment({ TRUST_PROXY: value }).TRUST_PROXY).toEqual(trusted);
  });

  it('web pages may call from the origins of the list, and from none without one', () => {
    const list = 'https://app.example.org, http://localhost:3000';
    const config = parseConfig({ DATA_DIR: dataDir, DATABASE_URL, CORS_ORIGINS: list });
    expect(config.CORS_ORIGINS).toEqual(['https://app.example.org', 'http://localhost:3000']);
    expect(parseConfig({ DATA_DIR: dataDir, DATABASE_URL }).CORS_ORIGINS).toEqual([]);
  });

  it('bounds follow from the limits they are bounds of, unless they are given', () => {
    const limits = { RATE_LIMIT_PER_MINUTE: '50', FRAME_RETENTION_MS: '1000' };
    const config = parseConfig({ DATA_DIR: dataDir, DATABASE_URL, ...limits });
    expect([config.RATE_LIMIT_MAX_PER_MINUTE, config.FRAME_RETENTION_MAX_MS]).toEqual([500, 1000]);
    const given = { ...limits, RATE_LIMIT_MAX_PER_MINUTE: '60', FRAME_RETENTION_MAX_MS: '2000' };
    const other = parseConfig({ DATA_DIR: dataDir, DATABASE_URL, ...given });
    expect([other.RATE_LIMIT_MAX_PER_MINUTE, other.FRAME_RETENTION_MAX_MS]).toEqual([60, 2000]);
  });
});

it('keys given in place cannot be rotated', () => {
  const problems = problemsOf({ DATABASE_URL, TOKEN_KEYS: '{}', TOKEN_KEYS_ROTATE_DAYS: '30' });
  expect(problems).toEqual([expect.stringMatching(/^TOKEN_KEYS_ROTATE_DAYS: needs TOKEN_KEYS_FILE/)]);
});

describe('bad configurations', () => {
  const secret = 's3cret-value';
  it.each<[string, NodeJS.ProcessEnv]>([
    ['NODE_ENV', { NODE_ENV: secret }],
    ['LOG_LEVEL', { LOG_LEVEL: secret }],
    ['PORT', { PORT: secret }],
    ['PORT', { PORT: '65536' }],
    ['PORT', { PORT: '1.5' }],
    ['TRUST_PROXY', { TRUST_PROXY: secret }],
    ['TRUST_PROXY', { TRUST_PROXY: 'true' }],
    ['TRUST_PROXY', { TRUST_PROXY: '0' }],
    ['TRUST_PROXY', { TRUST_PROXY: '10' }],
    ['TRUST_PROXY', { TRUST_PROXY: '0.0.0.0/0' }],
    ['TRUST_PROXY', { TRUST_PROXY: '10.0.0.0/33' }],
    ['TRUST_PROXY', { TRUST_PROXY: '10.0.0.1,' }],
    ['CORS_ORIGINS', { CORS_ORIGINS: '*' }],
    ['CORS_ORIGINS', { CORS_ORIGINS: `https://app.example.org/${secret}` }],
    ['CORS_ORIGINS', { CORS_ORIGINS: 'https://app.example.org/' }],
    ['CORS_ORIGINS', { CORS_ORIGINS: 'null' }],
    ['TLS_CERT, TLS_KEY', { TLS_CERT: secret }],
    ['TLS_CERT, TLS_KEY', { TLS_KEY: secret }],
    ['FRAME_RETENTION_MAX_MS', { FRAME_RETENTION_MAX_MS: '1' }],
    ['RATE_LIMIT_MAX_PER_MINUTE', { RATE_LIMIT_MAX_PER_MINUTE: '1' }],
    ['FACE_SESSION_CAPTURE_AGE_MS', { FACE_SESSION_CAPTURE_AGE_MS: '86400000' }],
    ['FACE_SESSION_TTL_MS', { FACE_SESSION_TTL_MS: '864000000' }],
    ['DATABASE_URL', { DATABASE_URL: secret }],
    ['DATABASE_URL', { DATABASE_URL: `mysql://${secret}@host/db` }],
    ['DATABASE_OWNER_URL', { DATABASE_OWNER_URL: `http://${secret}` }],
    ['REDIS_URL', { REDIS_URL: `http://:${secret}@redis` }],
    ['QUEUE_PREFIX', { QUEUE_PREFIX: `${secret}!` }],
    ['ACCESS_TOKEN_TTL_SECONDS', { ACCESS_TOKEN_TTL_SECONDS: '999999' }],
    ['MODELS_MIRROR', { MODELS_MIRROR: `ftp://${secret}` }],
    ['INFERENCE_BACKEND', { INFERENCE_BACKEND: secret }],
    ['WORKER_STAGES', { WORKER_STAGES: `extraction,${secret}` }],
    ['RATE_LIMIT_PER_MINUTE', { RATE_LIMIT_PER_MINUTE: '0' }],
    ['CAPTURE_EXPIRES_MS', { CAPTURE_EXPIRES_MS: '-1' }],
    ['WEBHOOK_ALLOW', { WEBHOOK_ALLOW: `10.0.0.0/33` }],
    ['WEBHOOK_ALLOW', { WEBHOOK_ALLOW: `10.0.0.0/8,${secret}` }],
    ['WEBHOOK_RETRY_MS', { WEBHOOK_RETRY_MS: `1000,${secret}` }],
  ])('name %s and never its value', (key, env) => {
    const problems = problemsOf({ DATABASE_URL, ...env });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(new RegExp(`^${key}`));
    expect(problems[0]).not.toMatch(/s3cret|hunter2/);
  });

  it('a database is required', () => {
    expect(problemsOf({})).toEqual([expect.stringMatching(/^DATABASE_URL/)]);
  });

  it('production names every missing secret at once, and draws none', () => {
    const problems = problemsOf({ NODE_ENV: 'production', DATABASE_URL, DATA_DIR: join(dataDir, 'none') });
    expect(problems.map((problem) => problem.split(':')[0])).toEqual([
      'KEYRING_FILE or KEYRING',
      'TOKEN_KEYS_FILE or TOKEN_KEYS',
      'RECEIPT_KEYS_FILE or RECEIPT_KEYS',
      'AUDIT_KEYS_FILE or AUDIT_KEYS',
      'BLOB_DIR',
    ]);
    expect(() => readFileSync(join(dataDir, 'none', 'secrets', 'keyring.json'))).toThrow('ENOENT');
  });

  it('a secret given twice is ambiguous', () => {
    const twice = { KEYRING: 's3cret', KEYRING_FILE: 'f', TOKEN_KEYS: 's3cret', TOKEN_KEYS_FILE: 'f' };
    const audit = { AUDIT_KEYS: 's3cret', AUDIT_KEYS_FILE: 'f' };
    const receipts = { RECEIPT_KEYS: 's3cret', RECEIPT_KEYS_FILE: 'f' };
    const metrics = { METRICS_TOKEN: 's3cret', METRICS_TOKEN_FILE: 'f' };
    const problems = problemsOf({ DATABASE_URL, ...twice, ...receipts, ...audit, ...metrics });
    expect(problems).toHaveLength(5);
    expect(problems.join()).not.toContain('s3cret');
  });
});

describe('.env.example', () => {
  const text = readFileSync(join(import.meta.dirname, '..', '..', '..', '.env.example'), 'utf8');
  const entries = [...text.matchAll(/^#([A-Z][A-Z0-9_]*)=(.*)$/gm)].map(
    ([, key, value]) => [key as string, value as string] as const,
  );

  it('lists every setting once, and nothing else', () => {
    expect(entries.map(([key]) => key).sort()).toEqual(Object.keys(environmentSchema.shape).sort());
  });

  it('shows the true defaults', () => {
    expect(parseEnvironment(Object.fromEntries(entries))).toEqual(parseEnvironment({}));
    const optional = entries.filter(([, value]) => value === '').map(([key]) => key);
    const withoutDefault = Object.keys(environmentSchema.shape).filter(
      (key) => !(key in parseEnvironment({})),
    );
    expect(optional.sort()).toEqual(withoutDefault.sort());
  });
});
