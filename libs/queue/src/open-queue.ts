import { z } from 'zod';

import { BullmqStageQueue } from './bullmq.stage-queue.js';
import { postgresTransport } from './postgres.transport.js';
import { errorReporter } from './quiet-log.js';
import { redisTransport } from './redis.transport.js';
import { type QueueOptions, type StageQueue } from './stage-queue.js';
import { STAGES } from './stages.js';
import { type Transport } from './transport.js';

const positive = z.int().min(1);
const defaults = z.object({
  schema: z
    .string()
    .regex(/^[A-Za-z_][A-Za-z0-9_$]{0,62}$/)
    .default('bullmq'),
  prefix: z
    .string()
    .regex(/^[^:\s]+$/)
    .default('sb'),
  stages: z.array(z.enum(STAGES)).default([...STAGES]),
  attempts: positive.default(3),
  backoffMs: positive.default(500),
  lockMs: positive.default(5_000),
  stalledMs: positive.default(2_500),
  maxStalled: z.int().min(0).default(3),
  deadlineMs: positive.default(2_000),
  closeMs: z.int().min(0).default(10_000),
});

/**
 * Opens the queue: on Redis when `redisUrl` is given, else on PostgreSQL in a schema of its own, which is migrated first (safe when
 * many processes start together). With Redis it resolves whether or not Redis is up: operations then fail fast, consumers wait.
 * @throws TypeError without any URL, ZodError for a setting out of range, the driver's error when PostgreSQL is not usable
 */
export async function openQueue(options: QueueOptions): Promise<StageQueue> {
  const settings = defaults.parse(options);
  const log = options.log ?? (() => undefined);
  const report = errorReporter(log);
  return new BullmqStageQueue(await connect(options, settings, report), { ...settings, log, report });
}

async function connect(
  options: QueueOptions,
  settings: z.infer<typeof defaults>,
  report: ReturnType<typeof errorReporter>,
): Promise<Transport> {
  const common = { role: options.role, deadlineMs: settings.deadlineMs, report };
  if (options.redisUrl) return redisTransport({ ...common, url: options.redisUrl, prefix: settings.prefix });
  if (options.databaseUrl) {
    return postgresTransport({ ...common, url: options.databaseUrl, schema: settings.schema });
  }
  throw new TypeError('The queue needs a redisUrl or a databaseUrl');
}
