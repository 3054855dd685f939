import type { EntityManager } from 'typeorm';
import { type Actor, recordAudit } from '#audit';
import { deferBlobRemoval, type UnitOfWork } from '#database';
import { ProblemError } from '#errors';
import type { Caller } from '#subjects';
import { capturePrefix } from './capture-blobs.js';
import { findCapture, moveCapture } from './capture.repository.js';
import type { CaptureEntity } from './entities/capture.entity.js';

/** Ends a capture before its decision; its frames go at once and its jobs end without effect. */
export class CancelCapture {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** Cancelling twice is no error. @throws ProblemError capture_not_found, capture_state_conflict */
  execute(caller: Caller, captureId: string): Promise<void> {
    return this.unitOfWork.inTenant(caller.tenantId, async (manager) => {
      const capture = await findCapture(manager, captureId);
      if (capture.state === 'cancelled') return;
      if (!(await cancel(manager, capture, caller.actor, 'requested')))
        throw new ProblemError('capture_state_conflict');
    });
  }
}

export async function cancel(
  manager: EntityManager,
  capture: CaptureEntity,
  actor: Actor,
  why: 'requested' | 'consent_withdrawn',
): Promise<boolean> {
  if (!(await moveCapture(manager, capture.id, 'cancelled', { stage: null, stageStartedAt: null })))
    return false;
  await deferBlobRemoval(manager, capture.tenantId, capturePrefix(capture), new Date());
  await recordAudit(manager, capture.tenantId, {
    action: 'capture.cancelled',
    outcome: 'success',
    actor,
    target: { kind: 'capture', id: capture.id },
    correlationId: capture.correlationId,
    detail: { why },
  });
  return true;
}
