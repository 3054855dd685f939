import type { EntityManager } from 'typeorm';
import { v7 as uuid } from 'uuid';
import { recordAudit } from '#audit';
import type { Policy, Purpose, ReferenceMode } from '#biometrics';
import { generateDataKey, type Keyring, randomToken } from '#crypto';
import type { UnitOfWork } from '#database';
import { ProblemError } from '#errors';
import {
  type Assurance,
  type Caller,
  findReferences,
  lockSubject,
  requireAttempt,
  requireConsent,
  toStoredKey,
} from '#subjects';
import { type EnrolmentPlan, planEnrolment, refuseOutdated } from './enrolment/plan-enrolment.js';
import { CaptureEntity } from './entities/capture.entity.js';
import { hashPageCode, pageCode } from './page-code.js';
import { currentPolicy } from './policies.js';

export interface CreateCaptureCommand {
  readonly purpose: Purpose;
  readonly subjectId?: string;
  /** Of an enrolment; default: that of the subject's first reference, or `self_asserted`. */
  readonly assurance?: Assurance;
  /** Of an enrolment; default `first`. */
  readonly reference?: ReferenceMode;
  /** Of an enrolment that is not a first one: why there is no recent verification. The caller has checked that it may override. */
  readonly overrideReason?: string;
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
    private readonly settings: {
      readonly expiresMs: number;
      /** Ids of the models that the running workers make templates with; null when no worker says so. */
      readonly usableModels: () => Promise<ReadonlySet<string> | null>;
    },
  ) {}

  /**
   * @throws ProblemError validation_failed, subject_not_found, consent_required, not_enrolled, already_enrolled, references_full,
   *   reference_outdated, recent_verification_required, attempts_exhausted
   */
  async execute(caller: Caller, command: CreateCaptureCommand): Promise<CreatedCapture> {
    const { tenantId } = caller;
    const { purpose, subjectId } = command;
    refuseContradictions(command);
    const id = uuid();
    const secret = randomToken(32);
    const wrappedKey = subjectId ? null : toStoredKey(await this.newKey(tenantId, id));
    const latest = Date.now() + this.settings.expiresMs;
    const usableModels = await this.settings.usableModels();
    return this.unitOfWork.inTenant(tenantId, async (manager) => {
      const policy = await currentPolicy(manager);
      const plan = subjectId ? await requireReady(manager, subjectId, command, policy, usableModels) : null;
      const expiresAt = new Date(Math.min(latest, plan?.notAfter?.getTime() ?? Infinity));
      await manager.insert(CaptureEntity, {
        id,
        tenantId,
        purpose,
        wrappedKey,
        expiresAt,
        subjectId: subjectId ?? null,
        assurance: plan?.assurance ?? null,
        referenceMode: plan?.mode ?? null,
        authorisedBy: plan?.authorisedBy ?? null,
        overrideReason: plan?.overrideReason ?? null,
        relyingPartyNonce: command.relyingPartyNonce ?? null,
        state: 'created',
        policyVersion: policy.version,
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
        detail: { purpose, ...(plan && { reference: plan.mode }) },
      });
      if (subjectId && plan?.overrideReason) await recordOverride(manager, caller, subjectId, id, plan);
      return { id, pageCode: pageCode(id, secret), expiresAt };
    });
  }

  private async newKey(tenantId: string, ownerId: string) {
    const key = generateDataKey();
    const wrapped = await this.keyring.wrap(key, { tenantId, ownerKind: 'capture', ownerId });
    key.dispose();
    return wrapped;
  }
}

/** @throws ProblemError validation_failed for members that do not go together */
function refuseContradictions(command: CreateCaptureCommand): void {
  const { purpose, subjectId, reference = 'first', overrideReason } = command;
  const errors = [];
  if (!subjectId && purpose !== 'liveness')
    errors.push({ member: 'subjectId', rule: `is required for ${purpose}` });
  if (reference !== 'first' && purpose !== 'enrolment')
    errors.push({ member: 'reference', rule: 'is of an enrolment only' });
  if (overrideReason !== undefined && (purpose !== 'enrolment' || reference === 'first'))
    errors.push({ member: 'overrideReason', rule: 'is of an additional or replacing reference only' });
  if (errors.length > 0) throw new ProblemError('validation_failed', { errors });
}

/** @returns the plan of an enrolment */
async function requireReady(
  manager: EntityManager,
  subjectId: string,
  command: CreateCaptureCommand,
  policy: Policy,
  usableModels: ReadonlySet<string> | null,
): Promise<EnrolmentPlan | null> {
  const { purpose, reference: mode = 'first' } = command;
  await lockSubject(manager, subjectId);
  await requireConsent(manager, subjectId, purpose);
  if (purpose === 'enrolment')
    return planEnrolment(manager, subjectId, { ...command, mode }, policy.enrolment, usableModels);
  if (purpose === 'verification') {
    const references = await findReferences(manager, subjectId);
    if (references.length === 0) throw new ProblemError('not_enrolled');
    refuseOutdated(references, usableModels);
    await requireAttempt(manager, subjectId, policy.attempts);
  }
  return null;
}

function recordOverride(
  manager: EntityManager,
  caller: Caller,
  subjectId: string,
  captureId: string,
  { mode, overrideReason }: EnrolmentPlan,
): Promise<void> {
  return recordAudit(manager, caller.tenantId, {
    action: 'enrolment.overridden',
    outcome: 'success',
    actor: caller.actor,
    target: { kind: 'subject', id: subjectId },
    correlationId: caller.correlationId,
    detail: { captureId, reference: mode, reason: overrideReason },
  });
}
