import type { EntityManager } from 'typeorm';
import type { AttemptLimits, Verdict } from '#biometrics';
import { ProblemError } from '#errors';
import {
  type AttemptBudget,
  attemptBudget,
  type AttemptCounts,
  countAttempt,
  NO_ATTEMPTS,
} from './attempt-budget.js';
import { AttemptsEntity } from './attempts.entity.js';

interface Owner {
  readonly tenantId: string;
  readonly subjectId: string;
}

/** What is left to the subject now, by the database's clock. */
export async function readAttempts(
  manager: EntityManager,
  subjectId: string,
  limits: AttemptLimits,
): Promise<AttemptBudget> {
  return attemptBudget(await counts(manager, subjectId), limits, await databaseTime(manager));
}

/**
 * Admits one verification attempt; at a submission the caller holds the subject's lock and has seen that none is in flight, so that the
 * capture itself is the reservation until its decision counts it, or its cancellation releases it.
 * @throws ProblemError attempts_exhausted, with the seconds to wait
 */
export async function requireAttempt(
  manager: EntityManager,
  subjectId: string,
  limits: AttemptLimits,
): Promise<void> {
  const now = await databaseTime(manager);
  const { retryAt } = attemptBudget(await counts(manager, subjectId), limits, now);
  if (retryAt === null) return;
  const seconds = Math.ceil((retryAt.getTime() - now.getTime()) / 1_000);
  throw new ProblemError('attempts_exhausted', { retryAfterSeconds: seconds });
}

/** Counts a decision, in its transaction; the caller holds the subject's lock. */
export async function settleAttempt(
  manager: EntityManager,
  { tenantId, subjectId }: Owner,
  verdict: Pick<Verdict, 'outcome' | 'code'>,
  limits: AttemptLimits,
): Promise<void> {
  const before = await counts(manager, subjectId);
  const after = countAttempt(before, verdict, limits, await databaseTime(manager));
  if (after === before) return;
  const { windowStartedAt, failures, inconclusive, consecutiveFailures, lastFailureAt } = after;
  await manager.upsert(
    AttemptsEntity,
    { subjectId, tenantId, windowStartedAt, failures, inconclusive, consecutiveFailures, lastFailureAt },
    ['subjectId'],
  );
}

/** Gives all attempts back; the caller holds the subject's lock. @returns what had been counted */
export async function clearAttempts(manager: EntityManager, subjectId: string): Promise<AttemptCounts> {
  const before = await counts(manager, subjectId);
  await manager.delete(AttemptsEntity, { subjectId });
  return before;
}

async function counts(manager: EntityManager, subjectId: string): Promise<AttemptCounts> {
  return (await manager.findOneBy(AttemptsEntity, { subjectId })) ?? NO_ATTEMPTS;
}

/** One clock for all processes; that of the statement, because a transaction may have waited for the lock. */
async function databaseTime(manager: EntityManager): Promise<Date> {
  const [row] = await manager.query<[{ now: Date }]>('SELECT clock_timestamp() AS now');
  return row.now;
}
