import type { EntityManager } from 'typeorm';
import { v7 as uuid } from 'uuid';
import { recordAudit } from '#audit';
import type { Purpose } from '#biometrics';
import { generateDataKey, type Keyring, randomToken } from '#crypto';
import type { UnitOfWork } from '#database';
import { ProblemError } from '#errors';
import {
  type Assurance,
  type Caller,
  isEnrolled,
  lockSubject,
  requireAttempt,
  requireConsent,
  toStoredKey,
} from '#subjects';
import { CaptureEntity } from './entities/capture.entity.js';
import { hashPageCode, pageCode } from './page-code.js';
import { currentPolicy } from './policies.js';

export interface CreateCaptureCommand {
  readonly purpose: Purpose;
  readonly subjectId?: string;
  readonly assurance?: Assurance;
  readonly relyingPartyNonce?: string;
}

export interface CreatedCapture {
  readonly id: string;
  /** One-time code for the page's link; exchanged for a capture credential. */
  readonly pageCode: string;
  readonly expiresAt: Date;
}

/** Opens a capture after checking everything that can be refused before a camera is switched on. */
export class CreateCapture {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly keyring: Keyring,
    private readonly settings: { readonly expiresMs: number },
  ) {}

  /** @throws ProblemError validation_failed, subject_not_found, consent_required, not_enrolled, already_enrolled, attempts_exhausted */
  async execute(caller: Caller, command: CreateCaptureCommand): Promise<CreatedCapture> {
    const { tenantId } = caller;
    const { purpose, subjectId } = command;
    if (!subjectId && purpose !== 'liveness') {
      throw new ProblemError('validation_failed', {
        errors: [{ member: 'subjectId', rule: `is required for ${purpose}` }],
      });
    }
    const id = uuid();
    const secret = randomToken(32);
    const wrappedKey = subjectId ? null : toStoredKey(await this.newKey(tenantId, id));
    const expiresAt = new Date(Date.now() + this.settings.expiresMs);
    await this.unitOfWork.inTenant(tenantId, async (manager) => {
      if (subjectId) await requireReady(manager, subjectId, purpose);
      await manager.insert(CaptureEntity, {
        id,
        tenantId,
        purpose,
        wrappedKey,
        expiresAt,
        subjectId: subjectId ?? null,
        assurance: purpose === 'enrolment' ? (command.assurance ?? 'self_asserted') : null,
        relyingPartyNonce: command.relyingPartyNonce ?? null,
        state: 'created',
        policyVersion: (await currentPolicy(manager)).version,
        correlationId: caller.correlationId,
        createdBy: caller.actor.id ?? caller.actor.kind,
        pageCodeHash: hashPageCode(secret),
        nextCheckAt: expiresAt,
      });
      await recordAudit(manager, tenantId, {
        action: 'capture.created',
        outcome: 'success',
        actor: caller.actor,
        target: { kind: 'capture', id },
        correlationId: caller.correlationId,
        detail: { purpose },
      });
    });
    return { id, pageCode: pageCode(id, secret), expiresAt };
  }

  private async newKey(tenantId: string, ownerId: string) {
    const key = generateDataKey();
    const wrapped = await this.keyring.wrap(key, { tenantId, ownerKind: 'capture', ownerId });
    key.dispose();
    return wrapped;
  }
}

async function requireReady(manager: EntityManager, subjectId: string, purpose: Purpose): Promise<void> {
  await lockSubject(manager, subjectId);
  await requireConsent(manager, subjectId, purpose);
  const enrolled = await isEnrolled(manager, subjectId);
  if (purpose === 'verification') {
    if (!enrolled) throw new ProblemError('not_enrolled');
    await requireAttempt(manager, subjectId, (await currentPolicy(manager)).attempts);
  }
  if (purpose === 'enrolment' && enrolled) throw new ProblemError('already_enrolled');
}
