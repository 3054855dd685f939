import { createHash } from 'node:crypto';
import ipaddr from 'ipaddr.js';
import type { EntityManager } from 'typeorm';
import type { UnitOfWork } from '#database';
import { ProblemError } from '#errors';

/** How failures of one kind delay the next try. */
interface Budget {
  /** From this failure on there is a delay. */
  readonly free: number;
  /** The first delay; each further failure doubles it. */
  readonly firstSeconds: number;
  readonly longestSeconds: number;
  /** Failures are forgotten this long after the last one. */
  readonly forgottenSeconds: number;
}

const DAY = 86_400;
/** NIST SP 800-63B-4 §3.2.2 names "30 seconds up to an hour"; it never becomes for ever, so that nobody is locked out for good. */
const ACCOUNT: Budget = { free: 5, firstSeconds: 30, longestSeconds: 3_600, forgottenSeconds: DAY };
/** Many people may share an address, so it has more. */
const ADDRESS: Budget = { free: 20, firstSeconds: 5, longestSeconds: 900, forgottenSeconds: 3_600 };

interface Counted {
  readonly key: Buffer;
  readonly budget: Budget;
  /** Whether one success makes up for all failures: an address could earn it with an account of its own. */
  readonly cleared: boolean;
}

/** A try that counts as failed until it is said to have succeeded. */
export type Attempt = readonly Counted[];

/** The account and the address that an attempt is counted for; the account need not exist. */
export function attemptOfStranger(tenant: string, userName: string, address: string): Attempt {
  return [
    { key: keyOf('account', tenant, userName), budget: ACCOUNT, cleared: true },
    { key: keyOf('address', networkOf(address)), budget: ADDRESS, cleared: false },
  ];
}

/** A device that logged in before has a budget of its own: what strangers do does not delay its owner (OWASP "device cookies"). */
export function attemptOfDevice(deviceId: string): Attempt {
  return [{ key: keyOf('device', deviceId), budget: ACCOUNT, cleared: true }];
}

/**
 * Delays guessing of passwords, in PostgreSQL, so that all processes and every restart see the same and Redis is not needed. An attempt is
 * counted before it is made: any number of them at once cannot be more than the budget allows. Refused ones are not counted, so that
 * whoever keeps trying does not prolong the delay.
 */
export class LoginBackoff {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** @throws ProblemError login_delayed, with how long to wait */
  async begin(attempt: Attempt): Promise<void> {
    // Apart, so that no lock on an old row is held while another is waited for.
    await this.unitOfWork.inSystem(forgetSome);
    await this.unitOfWork.inSystem(async (manager) => {
      for (const counted of attempt) await count(manager, counted);
    });
  }

  async succeeded(attempt: Attempt): Promise<void> {
    await this.unitOfWork.inSystem(async (manager) => {
      for (const { key, cleared } of attempt)
        if (cleared) await manager.query('DELETE FROM login_backoff WHERE key = $1', [key]);
        else await takeBack(manager, key);
    });
  }

  /** The attempt was not made after all. */
  async notMade(attempt: Attempt): Promise<void> {
    await this.unitOfWork.inSystem(async (manager) => {
      for (const { key } of attempt) await takeBack(manager, key);
    });
  }
}

async function count(manager: EntityManager, { key, budget }: Counted): Promise<void> {
  const failures = `CASE WHEN b.failed_at < clock_timestamp() - make_interval(secs => $5) THEN 1 ELSE b.failures + 1 END`;
  const [counted] = await manager.query<unknown[]>(
    `INSERT INTO login_backoff AS b (key, failures, failed_at, retry_at)
     VALUES ($1, 1, clock_timestamp(), clock_timestamp())
     ON CONFLICT (key) DO UPDATE SET failures = ${failures}, failed_at = clock_timestamp(),
       retry_at = clock_timestamp() + CASE WHEN ${failures} < $2 THEN interval '0'
         ELSE make_interval(secs => LEAST($4, $3 * 2 ^ LEAST(${failures} - $2, 30))) END
     WHERE b.retry_at <= clock_timestamp()
     RETURNING b.key`,
    [key, budget.free, budget.firstSeconds, budget.longestSeconds, budget.forgottenSeconds],
  );
  if (counted) return;
  const [row] = await manager.query<{ seconds: number }[]>(
    'SELECT ceil(extract(epoch FROM retry_at - clock_timestamp()))::int AS seconds FROM login_backoff WHERE key = $1',
    [key],
  );
  throw new ProblemError('login_delayed', { retryAfterSeconds: Math.max(1, row?.seconds ?? 1) });
}

/** An attempt was let in only after the delay before it, so its own may go with it. */
async function takeBack(manager: EntityManager, key: Buffer): Promise<void> {
  await manager.query(
    'UPDATE login_backoff SET failures = GREATEST(0, failures - 1), retry_at = clock_timestamp() WHERE key = $1',
    [key],
  );
}

/** Every attempt adds two rows at most and takes ten old ones away, so that names made up at random do not pile up. */
async function forgetSome(manager: EntityManager): Promise<void> {
  await manager.query(
    `DELETE FROM login_backoff WHERE key IN (
       SELECT key FROM login_backoff WHERE failed_at < now() - make_interval(secs => $1) LIMIT 10 FOR UPDATE SKIP LOCKED)`,
    [DAY],
  );
}

/** Of an IPv6 address its /64, which one household or machine commands as a whole. */
function networkOf(address: string): string {
  if (!ipaddr.isValid(address)) return 'unknown';
  const parsed = ipaddr.process(address);
  return parsed.kind() === 'ipv4'
    ? parsed.toString()
    : Buffer.from(parsed.toByteArray().slice(0, 8)).toString('hex');
}

/** Hashed, so that the table shows neither names nor addresses at a glance. */
function keyOf(...parts: string[]): Buffer {
  return createHash('sha256').update(JSON.stringify(parts)).digest();
}
