import { type EntityManager, IsNull } from 'typeorm';
import { recordAudit, SYSTEM_ACTOR } from '#audit';
import {
  type Calibration,
  type CoarseCode,
  decide,
  type Evidence,
  fmrUpperAt,
  type Outcome,
  type Policy,
  policyFor,
  type Purpose,
  type Verdict,
} from '#biometrics';
import type { Keyring } from '#crypto';
import { afterCommit, deferBlobRemoval, type UnitOfWork } from '#database';
import {
  type Assurance,
  ConsentEntity,
  enrolmentAssurance,
  type OnReferencesDeleted,
  settleAttempt,
  tryLockSubject,
} from '#subjects';
import { cancel } from '../cancel-capture.js';
import { capturePrefix } from '../capture-blobs.js';
import { moveCapture } from '../capture.repository.js';
import type { CaptureEntity } from '../entities/capture.entity.js';
import { DecisionDuplicateEntity } from '../entities/decision-duplicate.entity.js';
import { type Comparison, DecisionEntity } from '../entities/decision.entity.js';
import { enrolmentEvidence } from '../enrolment/enrolment-evidence.js';
import { type FrameRetention, retentionOfTenant } from '../frame-retention.js';
import { currentPolicy, policyOfVersion } from '../policies.js';
import { currentCapture, insertResult, stageChannel, type StageInput } from '../stage-transaction.js';
import { compareWithSubject } from './comparison.js';
import { DecisionMaterial } from './decision-material.js';
import { NO_DUPLICATES, searchDuplicates, type DuplicateFindings } from './duplicates.js';
import { enrol } from './enrol.js';
import { gatherFindings } from './findings.js';
import { judgePad, NO_PAD, type PadRecord } from './pad-record.js';
import { scalarsToQuality } from './quality-scalars.js';
import type { SealedOutputs } from './sealed-outputs.js';

/** What may be counted of a decision: of what kind it was, never whose. */
export interface DecisionFacts {
  readonly purpose: Purpose;
  readonly outcome: Outcome;
  readonly code: CoarseCode;
  /** Comparison score (cosine) of a verification; null when nothing was compared. */
  readonly score: number | null;
  /** Milliseconds since the submission. */
  readonly totalMs: number;
}

export interface DecisionSettings {
  /** How long frames and probes are kept after the decision. */
  readonly frameRetention: FrameRetention;
  /** What ends with references that an enrolment replaces. */
  readonly onReferencesReplaced: OnReferencesDeleted;
  /** What is known of the scores of a model's templates; without it nothing is said of them. */
  readonly calibrationOf?: (modelId: string) => Calibration | null;
  /** Called for each decision once it has committed. */
  readonly onDecided?: (facts: DecisionFacts) => void;
}

/** What the decision keeps beside its evidence, for reviewers. */
interface DecisionRecord {
  readonly models: DecisionEntity['models'];
  readonly pad: PadRecord;
  readonly calibration?: Calibration | null | undefined;
  readonly comparisons: readonly Comparison[];
  readonly duplicates: DuplicateFindings;
}

/** Turns the stages' results into the one decision of a capture, in one transaction with everything that follows from it. */
export class DecisionStage {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly keyring: Keyring,
    private readonly outputs: SealedOutputs,
    private readonly settings: DecisionSettings,
  ) {}

  /** @returns false when the job was stale or the capture had ended: then nothing was written */
  run(input: StageInput): Promise<boolean> {
    const { unitOfWork, keyring, outputs } = this;
    return outputs.withKey(input, async (key) => {
      const material = await DecisionMaterial.prepare(input, key, { unitOfWork, keyring, outputs });
      try {
        stageChannel.publish({ captureId: input.job.captureId, stage: 'decision', phase: 'before-commit' });
        const decided = await unitOfWork.inTenant(input.job.tenantId, (manager) =>
          this.commit(manager, input, material),
        );
        stageChannel.publish({ captureId: input.job.captureId, stage: 'decision', phase: 'after-commit' });
        return decided;
      } finally {
        material.dispose();
      }
    });
  }

  /**
   * Ends a capture whose absolute deadline has passed with `inconclusive (processing_failed)`, whatever its stages say.
   * The caller holds the subject's lock, if there is a subject, and the capture's.
   */
  async giveUp(manager: EntityManager, capture: CaptureEntity): Promise<void> {
    if (capture.state === 'submitted') await moveCapture(manager, capture.id, 'processing');
    const policy = policyFor(capture, await policyOfVersion(manager, capture.policyVersion));
    const evidence: Evidence = {
      purpose: capture.purpose,
      incomplete: true,
      halt: null,
      padLevel: 'none',
      padReason: null,
      hasProbe: false,
      quality: null,
      isEnrolled: false,
      isOutdated: false,
      score: null,
      enrolment: null,
    };
    const record = { models: [], pad: NO_PAD, comparisons: [], duplicates: NO_DUPLICATES };
    await this.write(manager, capture, policy, evidence, record);
  }

  private async commit(
    manager: EntityManager,
    input: StageInput,
    material: DecisionMaterial,
  ): Promise<boolean> {
    const { subjectId } = input.capture;
    const subject = subjectId ? await tryLockSubject(manager, subjectId) : null;
    if (subjectId && !subject) return false;
    const capture = await currentCapture(manager, input.job);
    if (!capture) return false;
    if (subjectId && !(await consentHolds(manager, capture, subjectId)))
      return cancel(manager, capture, SYSTEM_ACTOR, 'consent_withdrawn');

    const policy = policyFor(capture, await policyOfVersion(manager, capture.policyVersion));
    const { references, comparisons, ...compared } = await compareWithSubject(
      manager,
      capture,
      subject,
      material,
    );
    const pad = judgePad(input.results.get('liveness'), capture.actions ?? [], policy);
    const extraction = input.results.get('extraction')?.scalars ?? {};
    const evidence: Evidence = {
      ...gatherFindings(input.results),
      ...compared,
      purpose: capture.purpose,
      padLevel: pad.level,
      padReason: pad.reason,
      hasProbe: material.probe !== null,
      quality: scalarsToQuality(extraction),
      isEnrolled: references > 0,
      enrolment: await enrolmentEvidence(manager, capture, policy.enrolment, { references, extraction }),
    };
    const duplicates = await searchDuplicates(manager, capture, policy, evidence, material);
    if (!(await insertResult(manager, { ...input, capture }, 'decision', { status: 'done' }))) return false;
    const models = [...input.results.values()].flatMap((result) => result.models);
    const calibration = material.probe && this.settings.calibrationOf?.(material.probe.modelId);
    const record = { models, pad, calibration, comparisons, duplicates };
    const verdict = await this.write(manager, capture, policy, withCheck(evidence, duplicates), record);
    if (verdict.outcome === 'accepted' && evidence.enrolment && subject)
      await enrol(
        manager,
        subject,
        capture,
        material,
        evidence.enrolment.basis ?? 'first',
        this.settings.onReferencesReplaced,
      );
    return true;
  }

  private async write(
    manager: EntityManager,
    capture: CaptureEntity,
    policy: Policy,
    evidence: Evidence,
    record: DecisionRecord,
  ): Promise<Verdict> {
    const { models, pad, calibration, comparisons, duplicates } = record;
    const verdict = decide(evidence, policy);
    const { id: captureId, tenantId } = capture;
    await manager.insert(DecisionEntity, {
      captureId,
      tenantId,
      ...verdict,
      padLevel: evidence.padLevel,
      requiredPadLevel: policy.requiredPadLevel,
      score: evidence.score,
      comparisons: [...comparisons],
      duplicateCheck: duplicates.check,
      threshold: policy.comparisonThreshold,
      ...(evidence.score !== null && calibration
        ? { fmrUpper: fmrUpperAt(calibration, evidence.score), calibration: calibration.measuredOn }
        : { fmrUpper: null, calibration: null }),
      policyVersion: policy.version,
      signals: pad.signals,
      gates: pad.gates,
      thresholds: { ...policy.pad },
      evidence: { ...evidence },
      enrolmentAssurance: await assuranceBehind(manager, capture),
      models: [...models],
    });
    for (const { subjectId, score } of duplicates.matches)
      await manager.insert(DecisionDuplicateEntity, { captureId, tenantId, subjectId, score });
    const moved = await moveCapture(manager, captureId, 'decided', { stage: null, stageStartedAt: null });
    if (!moved) throw new Error('A locked capture in processing could not be decided');
    if (capture.purpose === 'verification') await countAttempt(manager, capture, verdict);
    await deferBlobRemoval(
      manager,
      tenantId,
      capturePrefix(capture),
      new Date(Date.now() + (await retentionOfTenant(manager, this.settings.frameRetention))),
    );
    await recordAudit(manager, tenantId, {
      action: 'capture.decided',
      outcome: 'success',
      actor: SYSTEM_ACTOR,
      target: { kind: 'capture', id: captureId },
      correlationId: capture.correlationId,
      detail: {
        outcome: verdict.outcome,
        code: verdict.code,
        padLevel: evidence.padLevel,
        policyVersion: policy.version,
      },
    });
    const { purpose } = capture;
    const totalMs = Math.max(0, Date.now() - (capture.submittedAt?.getTime() ?? Infinity));
    const { outcome, code } = verdict;
    const score = purpose === 'verification' ? evidence.score : null;
    afterCommit(manager, () => this.settings.onDecided?.({ purpose, outcome, code, score, totalMs }));
    return verdict;
  }
}

function withCheck(evidence: Evidence, { check }: DuplicateFindings): Evidence {
  return { ...evidence, enrolment: evidence.enrolment && { ...evidence.enrolment, duplicateCheck: check } };
}

async function assuranceBehind(manager: EntityManager, capture: CaptureEntity): Promise<Assurance | null> {
  const { purpose, assurance, subjectId } = capture;
  if (purpose === 'enrolment') return assurance;
  return purpose === 'verification' && subjectId ? enrolmentAssurance(manager, subjectId) : null;
}

/** Under the limits that hold now: those of the capture's own version may have been tightened since. */
async function countAttempt(manager: EntityManager, capture: CaptureEntity, verdict: Verdict): Promise<void> {
  const { tenantId, subjectId } = capture;
  if (!subjectId) throw new Error('A verification has a subject');
  await settleAttempt(manager, { tenantId, subjectId }, verdict, (await currentPolicy(manager)).attempts);
}

function consentHolds(manager: EntityManager, capture: CaptureEntity, subjectId: string): Promise<boolean> {
  return manager.existsBy(ConsentEntity, { subjectId, purpose: capture.purpose, withdrawnAt: IsNull() });
}
