import type { EntityManager } from 'typeorm';
import { recordAudit } from '#audit';
import type { UnitOfWork } from '#database';
import { ProblemError } from '#errors';
import {
  type AttemptBudget,
  type Caller,
  clearAttempts,
  lockSubject,
  readAttempts,
  SubjectEntity,
} from '#subjects';
import { CaptureEntity } from './entities/capture.entity.js';
import { currentPolicy } from './policies.js';

/** Why a subject gets its attempts back; words of ours, because a free text in the trail would soon hold somebody's name. */
export const RESET_REASONS = ['other_factor', 'identity_checked', 'operator_error'] as const;
export type ResetReason = (typeof RESET_REASONS)[number];

/** A subject's verification attempts as a relying party sees them. */
export interface AttemptsView extends AttemptBudget {
  readonly subjectId: string;
  /** Whether a verification is in flight; another one is refused until it is decided. */
  readonly inFlight: boolean;
}

/** Reads the limits that hold for a subject now, and lifts them once another factor has spoken for the person. */
export class SubjectAttempts {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** @throws ProblemError subject_not_found */
  read(tenantId: string, subjectId: string): Promise<AttemptsView> {
    return this.unitOfWork.inTenant(tenantId, async (manager) => {
      if (!(await manager.existsBy(SubjectEntity, { id: subjectId })))
        throw new ProblemError('subject_not_found');
      return view(manager, subjectId);
    });
  }

  /** Gives all attempts back. @throws ProblemError subject_not_found */
  reset(caller: Caller, subjectId: string, reason: ResetReason): Promise<AttemptsView> {
    const { tenantId, actor, correlationId } = caller;
    return this.unitOfWork.inTenant(tenantId, async (manager) => {
      await lockSubject(manager, subjectId);
      const { failures, inconclusive, consecutiveFailures } = await clearAttempts(manager, subjectId);
      await recordAudit(manager, tenantId, {
        action: 'subject.attempts_reset',
        outcome: 'success',
        actor,
        target: { kind: 'subject', id: subjectId },
        correlationId,
        detail: { reason, failures, inconclusive, consecutiveFailures },
      });
      return view(manager, subjectId);
    });
  }
}

async function view(manager: EntityManager, subjectId: string): Promise<AttemptsView> {
  const { attempts } = await currentPolicy(manager);
  const budget = await readAttempts(manager, subjectId, attempts);
  return { subjectId, ...budget, inFlight: await isVerificationInFlight(manager, subjectId) };
}

export async function isVerificationInFlight(manager: EntityManager, subjectId: string): Promise<boolean> {
  return manager.existsBy(CaptureEntity, [
    { subjectId, purpose: 'verification', state: 'submitted' },
    { subjectId, purpose: 'verification', state: 'processing' },
  ]);
}
