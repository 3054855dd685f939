import { randomInt } from 'node:crypto';
import { recordAudit } from '#audit';
import {
  type Action,
  drawChallenge,
  drawFlash,
  FLASH_FRAME_MS,
  FLASH_FRAMES,
  type FlashColour,
  type FrameSlot,
  prescribedSlots,
} from '#biometrics';
import { randomToken } from '#crypto';
import type { UnitOfWork } from '#database';
import { ProblemError } from '#errors';
import type { Caller } from '#subjects';
import { findCapture, moveCapture } from './capture.repository.js';
import { policyOfVersion } from './policies.js';

export interface StartedCapture {
  readonly nonce: string;
  readonly actions: readonly Action[];
  /** What the screen shows; `null` when the capture was created without a flash. */
  readonly flash: { readonly frameMs: number; readonly colours: readonly FlashColour[] } | null;
  /** What each frame shows: with a flash exactly these; without, other numbers of frames divide the actions alike. */
  readonly slots: readonly FrameSlot[];
  /** The submission must begin before this moment of the server's clock. */
  readonly submitBy: Date;
}

/** Enough for three actions, and quick to decide. */
const FRAMES_WITHOUT_FLASH = 8;

/** An upload that began in time may end this much later before the sweeper expires the capture. */
export const UPLOAD_GRACE_MS = 60_000;

/** Reveals the challenge, once, and starts the server's clock: what was recorded earlier cannot answer it. */
export class StartCapture {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** @throws ProblemError capture_not_found, capture_expired, capture_state_conflict */
  execute(caller: Caller, captureId: string): Promise<StartedCapture> {
    return this.unitOfWork.inTenant(caller.tenantId, async (manager) => {
      const capture = await findCapture(manager, captureId);
      const now = Date.now();
      if (
        capture.state === 'expired' ||
        (capture.state === 'created' && capture.expiresAt.getTime() <= now)
      ) {
        throw new ProblemError('capture_expired');
      }
      const policy = await policyOfVersion(manager, capture.policyVersion);
      const nonce = randomToken(16);
      const actions = drawChallenge(policy.challengeLength, randomInt);
      const colours = capture.flash ? drawFlash(FLASH_FRAMES, randomInt) : null;
      const submitBy = new Date(now + policy.submissionWindowSeconds * 1_000);
      const nextCheckAt = new Date(submitBy.getTime() + UPLOAD_GRACE_MS);
      const moved = await moveCapture(manager, captureId, 'started', {
        nonce,
        actions,
        colours,
        submitBy,
        startedAt: new Date(now),
        nextCheckAt,
      });
      if (!moved) throw new ProblemError('capture_state_conflict');
      await recordAudit(manager, caller.tenantId, {
        action: 'capture.started',
        outcome: 'success',
        actor: caller.actor,
        target: { kind: 'capture', id: captureId },
        correlationId: caller.correlationId,
      });
      return {
        nonce,
        actions,
        flash: colours && { frameMs: FLASH_FRAME_MS, colours },
        slots: prescribedSlots(colours?.length ?? FRAMES_WITHOUT_FLASH, actions, colours),
        submitBy,
      };
    });
  }
}
