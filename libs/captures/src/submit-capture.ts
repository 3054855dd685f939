import type { EntityManager } from 'typeorm';
import { v7 as uuid } from 'uuid';
import { recordAudit } from '#audit';
import { constantTimeEqual, type Keyring } from '#crypto';
import { addToOutbox, adoptBlobs, deferBlobRemoval, forgetBlobRemoval, type UnitOfWork } from '#database';
import { ProblemError } from '#errors';
import type { BlobStore } from '#storage';
import { type Caller, requireAttempt, requireConsent, tryLockSubject } from '#subjects';
import { capturePrefix, unwrapCaptureKey } from './capture-blobs.js';
import { findCapture, lockCapture, moveCapture, storedKeyOf } from './capture.repository.js';
import { type CaptureEntity } from './entities/capture.entity.js';
import { CaptureFrameEntity } from './entities/capture-frame.entity.js';
import { digestSubmission, rememberFrames, type SubmissionDigests } from './frame-digests.js';
import { FrameUpload } from './frame-upload.js';
import { currentPolicy } from './policies.js';
import { UPLOAD_GRACE_MS } from './start-capture.js';
import { isVerificationInFlight } from './subject-attempts.js';

/** Topic of the outbox message that puts a capture's flow into the queue. */
export const CAPTURE_SUBMITTED = 'capture.submitted';

export interface SubmitSettings {
  readonly deadlineMs: number;
  readonly checkAfterMs: number;
  /** Captures in flight, over all tenants, from which on no further submission is taken. */
  readonly maxBacklog: number;
}

interface Upload {
  readonly capture: CaptureEntity;
  readonly prefix: string;
  readonly frames: FrameUpload;
}

/** Takes the frames of a started capture, exactly once: blobs first, then one transaction that adopts them. */
export class SubmitCapture {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly keyring: Keyring,
    private readonly blobs: BlobStore,
    private readonly settings: SubmitSettings,
  ) {}

  /**
   * @param receive hands every frame of the request to `add`, in order; its failure leaves nothing behind
   * @throws ProblemError of the upload's limits, capture_not_found, capture_state_conflict, capture_expired,
   *   submission_conflict, capture_in_flight, attempts_exhausted, consent_required, overloaded
   */
  async execute(
    caller: Caller,
    captureId: string,
    receive: (upload: FrameUpload) => Promise<void>,
  ): Promise<void> {
    const upload = await this.begin(caller, captureId);
    let adopted = false;
    try {
      await receive(upload.frames);
      const digests = await digestSubmission(this.keyring, upload.capture, upload.frames.finish());
      adopted = await this.unitOfWork.inTenant(caller.tenantId, (manager) =>
        this.commit(manager, caller, upload, digests),
      );
    } finally {
      upload.frames.dispose();
      if (!adopted) await this.discard(caller.tenantId, upload.prefix);
    }
  }

  private async begin(caller: Caller, captureId: string): Promise<Upload> {
    const { tenantId } = caller;
    await this.refuseWhenOverloaded();
    const { capture, storedKey, prefix } = await this.unitOfWork.inTenant(tenantId, async (manager) => {
      const capture = await findCapture(manager, captureId);
      const prefix = `${capturePrefix(capture)}u/${uuid()}/`;
      if (capture.state === 'cancelled') throw new ProblemError('capture_state_conflict');
      if (capture.submissionDigest) return { capture, prefix, storedKey: null };
      requireOpen(capture);
      await deferBlobRemoval(manager, tenantId, prefix, new Date(Date.now() + 2 * UPLOAD_GRACE_MS));
      return { capture, prefix, storedKey: await storedKeyOf(manager, capture) };
    });
    const key = storedKey && (await unwrapCaptureKey(this.keyring, capture, storedKey));
    return { capture, prefix, frames: new FrameUpload(capture, prefix, this.blobs, key) };
  }

  /** True when this submission's blobs were adopted; false when the very same frames had been submitted before. */
  private async commit(
    manager: EntityManager,
    caller: Caller,
    upload: Upload,
    digests: SubmissionDigests,
  ): Promise<boolean> {
    const { id, subjectId } = upload.capture;
    if (subjectId) await tryLockSubject(manager, subjectId);
    const capture = await lockCapture(manager, id);
    if (!capture) throw new ProblemError('capture_not_found');
    if (capture.submissionDigest) {
      if (!constantTimeEqual(capture.submissionDigest, digests.submission))
        throw new ProblemError('submission_conflict');
      return false;
    }
    if (subjectId) {
      await requireConsent(manager, subjectId, capture.purpose);
      if (capture.purpose === 'verification') await reserveAttempt(manager, subjectId);
    }
    if (!(await adoptBlobs(manager, upload.prefix))) throw new ProblemError('capture_expired');
    await manager.insert(
      CaptureFrameEntity,
      upload.frames.frames.map((frame) => ({ ...frame, captureId: id, tenantId: capture.tenantId })),
    );
    const duplicateFrames = await rememberFrames(manager, capture, digests.frames);
    const now = Date.now();
    const moved = await moveCapture(manager, id, 'submitted', {
      submissionDigest: digests.submission,
      duplicateFrames,
      submittedAt: new Date(now),
      flowGeneration: 1,
      correlationId: caller.correlationId,
      stage: 'extraction',
      stageQueuedAt: new Date(now),
      nextCheckAt: new Date(now + this.settings.checkAfterMs),
      deadlineAt: new Date(now + this.settings.deadlineMs),
    });
    if (!moved) throw new ProblemError('capture_state_conflict');
    await addToOutbox(manager, capture.tenantId, {
      topic: CAPTURE_SUBMITTED,
      aggregateId: id,
      payloadVersion: 1,
    });
    await recordAudit(manager, capture.tenantId, {
      action: 'capture.submitted',
      outcome: 'success',
      actor: caller.actor,
      target: { kind: 'capture', id },
      correlationId: caller.correlationId,
      detail: { frames: upload.frames.frames.length },
    });
    return true;
  }

  private async discard(tenantId: string, prefix: string): Promise<void> {
    await this.blobs.deletePrefix(prefix);
    await this.unitOfWork.inTenant(tenantId, (manager) => forgetBlobRemoval(manager, prefix));
  }

  private async refuseWhenOverloaded(): Promise<void> {
    const { maxBacklog } = this.settings;
    const [row] = await this.unitOfWork.inSystem((manager) =>
      manager.query<{ waiting: number }[]>(
        `SELECT count(*)::int AS waiting FROM (
           SELECT 1 FROM captures WHERE state IN ('submitted', 'processing') LIMIT $1) AS backlog`,
        [maxBacklog],
      ),
    );
    if ((row?.waiting ?? 0) >= maxBacklog) throw new ProblemError('overloaded');
  }
}

function requireOpen(capture: CaptureEntity): void {
  const late = capture.submitBy !== null && capture.submitBy.getTime() < Date.now();
  if (capture.state === 'expired' || (capture.state === 'started' && late))
    throw new ProblemError('capture_expired');
  if (capture.state !== 'started') throw new ProblemError('capture_state_conflict');
}

/**
 * The subject's lock is held, so of two verifications submitted at once the second sees the first. The capture in flight is the
 * reservation: its decision counts it under the same lock, and whatever else ends it gives the attempt back.
 */
async function reserveAttempt(manager: EntityManager, subjectId: string): Promise<void> {
  if (await isVerificationInFlight(manager, subjectId)) throw new ProblemError('capture_in_flight');
  await requireAttempt(manager, subjectId, (await currentPolicy(manager)).attempts);
}
