import { z } from 'zod';
import { origins } from './origins.js';
import { trustedProxies } from './trusted-proxies.js';

const milliseconds = (fallback: number, min = 1, max = Number.MAX_SAFE_INTEGER) =>
  z.coerce.number().int().min(min).max(max).default(fallback);
const count = (fallback: number, min = 1, max = 1_000_000) =>
  z.coerce.number().int().min(min).max(max).default(fallback);
const port = z.coerce.number().int().min(0).max(65_535);
const url = (...protocols: string[]) =>
  z.string().refine((value) => URL.canParse(value) && protocols.includes(new URL(value).protocol), {
    message: `must be a URL starting with ${protocols.join('// or ')}//`,
  });
const flag = (fallback: 'true' | 'false') =>
  z
    .enum(['true', 'false'])
    .default(fallback)
    .transform((value) => value === 'true');

/** Separated by commas. */
const list = z.string().transform((value) => value.split(',').map((each) => each.trim()));

export const STAGE_NAMES = ['extraction', 'depth', 'mesh', 'liveness', 'decision'] as const;

/** Every environment variable the product reads; `.env.example` documents the same list and a test compares them. */
export const environmentSchema = z.object({
  NODE_ENV: z.enum(['development', 'test', 'production']).default('development'),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  DATA_DIR: z.string().min(1).default('.data'),

  HOST: z.string().min(1).default('127.0.0.1'),
  PORT: port.default(8080),
  PUBLIC_URL: url('http:', 'https:').optional(),
  TRUST_PROXY: trustedProxies,
  TLS_CERT: z.string().min(1).optional(),
  TLS_KEY: z.string().min(1).optional(),
  CORS_ORIGINS: origins,
  API_DOCS: flag('true'),

  DATABASE_URL: url('postgres:', 'postgresql:').optional(),
  DATABASE_OWNER_URL: url('postgres:', 'postgresql:').optional(),
  DATABASE_SYSTEM_URL: url('postgres:', 'postgresql:').optional(),
  DATABASE_POOL_MAX: count(10, 1, 500),

  REDIS_URL: url('redis:', 'rediss:').optional(),
  QUEUE_PREFIX: z
    .string()
    .regex(/^[a-z][a-z0-9_]{0,31}$/, 'must be lower-case letters, digits and _')
    .default('sb'),

  BLOB_DIR: z.string().min(1).optional(),
  KEYRING: z.string().min(1).optional(),
  KEYRING_FILE: z.string().min(1).optional(),

  TOKEN_KEYS: z.string().min(1).optional(),
  TOKEN_KEYS_FILE: z.string().min(1).optional(),
  TOKEN_ISSUER: z.string().min(1).default('secure-biometric'),
  TOKEN_AUDIENCE: z.string().min(1).default('secure-biometric-api'),
  ACCESS_TOKEN_TTL_SECONDS: count(900, 60, 3600),
  TOKEN_KEYS_ROTATE_DAYS: z.coerce.number().int().min(1).max(3_650).optional(),

  SESSION_IDLE_SECONDS: count(3_600, 60, 86_400),
  SESSION_TTL_SECONDS: count(43_200, 60, 2_592_000),

  RECEIPT_KEYS: z.string().min(1).optional(),
  RECEIPT_KEYS_FILE: z.string().min(1).optional(),
  AUDIT_KEYS: z.string().min(1).optional(),
  AUDIT_KEYS_FILE: z.string().min(1).optional(),
  AUDIT_CHECKPOINT_INTERVAL_MS: milliseconds(3_600_000, 1_000),

  RATE_LIMIT_PER_MINUTE: count(600),
  RATE_LIMIT_MAX_PER_MINUTE: z.coerce.number().int().min(1).max(1_000_000).optional(),
  TOKEN_RATE_LIMIT_PER_MINUTE: count(30),
  MAX_BACKLOG: count(5_000),
  MAX_LONG_POLLS: count(2_000, 0),
  SIMULATIONS_PER_HOUR: count(20),
  MAX_LONG_POLLS_PER_TENANT: count(1_000, 0),
  MAX_EVENT_STREAMS: count(1_000, 0),
  MAX_EVENT_STREAMS_PER_TENANT: count(500, 0),
  EVENT_HEARTBEAT_MS: milliseconds(15_000, 50),
  EVENT_STREAM_MAX_MS: milliseconds(300_000, 1_000),

  METRICS_TOKEN: z.string().min(1).optional(),
  METRICS_TOKEN_FILE: z.string().min(1).optional(),
  METRICS_HOST: z.string().min(1).default('127.0.0.1'),
  METRICS_PORT: port.optional(),
  WORKER_HEALTH_HOST: z.string().min(1).default('127.0.0.1'),
  WORKER_HEALTH_PORT: port.optional(),

  MODELS_DIR: z.string().min(1).optional(),
  MODELS_MANIFEST: z.string().min(1).optional(),
  MODELS_MIRROR: url('http:', 'https:').optional(),
  MODELS_FOLDER: z.string().min(1).optional(),
  INFERENCE_BACKEND: z.enum(['tensorflow', 'webgpu', 'wasm']).optional(),
  INFERENCE_THREADS: count(1, 1, 256),
  INFERENCE_DEADLINE_MS: milliseconds(20_000),

  WORKER_STAGES: z
    .string()
    .default(STAGE_NAMES.join(','))
    .pipe(list)
    .pipe(z.array(z.enum(STAGE_NAMES)).min(1)),
  WORKER_CONCURRENCY: count(4, 1, 256),

  CAPTURE_EXPIRES_MS: milliseconds(600_000, 1_000),
  CAPTURE_DEADLINE_MS: milliseconds(600_000, 1_000),
  ARTIFACTS: z.enum(['true', 'false']).optional(),
  FRAME_RETENTION_MS: milliseconds(86_400_000, 0),
  FRAME_RETENTION_MAX_MS: z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER).optional(),
  FACE_SESSION_CAPTURE_AGE_MS: milliseconds(300_000, 1_000, 3_600_000),
  FACE_SESSION_IDLE_MS: milliseconds(900_000, 1_000),
  FACE_SESSION_TTL_MS: milliseconds(43_200_000, 1_000, 86_400_000),
  RELAY_INTERVAL_MS: milliseconds(500, 10),
  RELAY_LEASE_MS: milliseconds(5_000, 500),
  SWEEP_INTERVAL_MS: milliseconds(1_000, 50),
  SWEEP_CHECK_AFTER_MS: milliseconds(10_000, 200),

  WEBHOOK_ALLOW: list
    .pipe(z.array(z.union([z.cidrv4(), z.cidrv6()], { error: 'must be CIDR ranges, separated by commas' })))
    .optional(),
  WEBHOOK_TIMEOUT_MS: milliseconds(15_000, 100),
  WEBHOOK_RETRY_MS: z
    .string()
    .default('5000,300000,1800000,7200000,18000000,36000000,50400000,72000000,86400000')
    .pipe(list)
    .pipe(z.array(z.coerce.number<string>().int().min(1)).max(50)),
  WEBHOOK_DISABLE_AFTER_MS: milliseconds(432_000_000, 1_000),
  WEBHOOK_CONCURRENCY: count(32, 0, 1_000),
  WEBHOOK_PER_ENDPOINT: count(4, 1, 1_000),
  WEBHOOK_INTERVAL_MS: milliseconds(1_000, 10),
  WEBHOOK_RETENTION_MS: milliseconds(2_592_000_000, 1_000),
});

export type Environment = z.output<typeof environmentSchema>;
