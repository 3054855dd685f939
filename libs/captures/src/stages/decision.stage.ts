import { type EntityManager, IsNull } from 'typeorm';
import { recordAudit, SYSTEM_ACTOR } from '#audit';
import {
  type CoarseCode,
  compareTemplates,
  decide,
  decodeTemplate,
  type Evidence,
  type Outcome,
  type Policy,
  type Purpose,
  type Template,
  type Verdict,
} from '#biometrics';
import { type DataKey } from '#crypto';
import { afterCommit, deferBlobRemoval, type UnitOfWork } from '#database';
import type { StageJob } from '#queue';
import {
  type Assurance,
  ConsentEntity,
  openReference,
  settleAttempt,
  storeFirstReference,
  tryLockSubject,
} from '#subjects';
import { cancel } from '../cancel-capture.js';
import { capturePrefix } from '../capture-blobs.js';
import { moveCapture } from '../capture.repository.js';
import type { CaptureEntity } from '../entities/capture.entity.js';
import { DecisionEntity } from '../entities/decision.entity.js';
import { type FrameRetention, retentionOfTenant } from '../frame-retention.js';
import { currentPolicy, policyOfVersion } from '../policies.js';
import { currentCapture, insertResult, stageChannel, type StageInput } from '../stage-transaction.js';
import { gatherFindings } from './findings.js';
import { PROBE, TEMPLATE_MODEL } from './output-names.js';
import { judgePad, NO_PAD, type PadRecord } from './pad-record.js';
import type { SealedOutputs } from './sealed-outputs.js';

/** What may be counted of a decision: of what kind it was, never whose. */
export interface DecisionFacts {
  readonly purpose: Purpose;
  readonly outcome: Outcome;
  readonly code: CoarseCode;
  /** Comparison score (cosine); null when nothing was compared. */
  readonly score: number | null;
  /** Milliseconds since the submission. */
  readonly totalMs: number;
}

export interface DecisionSettings {
  /** How long frames and probes are kept after the decision. */
  readonly frameRetention: FrameRetention;
  /** Called for each decision once it has committed. */
  readonly onDecided?: (facts: DecisionFacts) => void;
}

/** Turns the stages' results into the one decision of a capture, in one transaction with everything that follows from it. */
export class DecisionStage {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly outputs: SealedOutputs,
    private readonly settings: DecisionSettings,
  ) {}

  /** @returns false when the job was stale or the capture had ended: then nothing was written */
  run(input: StageInput): Promise<boolean> {
    return this.outputs.withKey(input, async (key) => {
      const probe = await this.probe(input, key);
      stageChannel.publish({ captureId: input.job.captureId, stage: 'decision', phase: 'before-commit' });
      const decided = await this.unitOfWork.inTenant(input.job.tenantId, (manager) =>
        this.commit(manager, input, key, probe),
      );
      stageChannel.publish({ captureId: input.job.captureId, stage: 'decision', phase: 'after-commit' });
      return decided;
    });
  }

  /**
   * Ends a capture whose absolute deadline has passed with `inconclusive (processing_failed)`, whatever its stages say.
   * The caller holds the subject's lock, if there is a subject, and the capture's.
   */
  async giveUp(manager: EntityManager, capture: CaptureEntity): Promise<void> {
    if (capture.state === 'submitted') await moveCapture(manager, capture.id, 'processing');
    const policy = await policyOfVersion(manager, capture.policyVersion);
    const evidence: Evidence = {
      purpose: capture.purpose,
      incomplete: true,
      halt: null,
      padLevel: 'none',
      padReason: null,
      hasProbe: false,
      isEnrolled: false,
      score: null,
    };
    await this.write(manager, capture, policy, evidence, { models: [], pad: NO_PAD });
  }

  private async probe(input: StageInput, key: DataKey): Promise<Template | null> {
    const extraction = input.results.get('extraction');
    const model = extraction?.scalars[TEMPLATE_MODEL];
    if (typeof model !== 'string') return null;
    const bytes = await this.outputs.readOutput(key, input, extraction, PROBE, model);
    return bytes && decodeTemplate(bytes);
  }

  private async commit(
    manager: EntityManager,
    input: StageInput,
    key: DataKey,
    probe: Template | null,
  ): Promise<boolean> {
    const { job } = input;
    const { subjectId } = input.capture;
    if (subjectId && !(await tryLockSubject(manager, subjectId))) return false;
    const capture = await currentCapture(manager, job);
    if (!capture) return false;
    if (subjectId && !(await consentHolds(manager, capture, subjectId)))
      return cancel(manager, capture, SYSTEM_ACTOR, 'consent_withdrawn');

    const policy = await policyOfVersion(manager, capture.policyVersion);
    const reference = subjectId ? await openReference(manager, subjectId, key) : null;
    const findings = gatherFindings(input.results);
    const pad = judgePad(input.results.get('liveness'), capture.actions ?? [], policy);
    const evidence: Evidence = {
      ...findings,
      purpose: capture.purpose,
      padLevel: pad.level,
      padReason: pad.reason,
      hasProbe: probe !== null,
      isEnrolled: reference !== null,
      score:
        probe && reference && capture.purpose === 'verification' ? compareTemplates(probe, reference) : null,
    };
    if (!(await insertResult(manager, { ...input, capture }, 'decision', { status: 'done' }))) return false;
    const models = [...input.results.values()].flatMap((result) => result.models);
    const verdict = await this.write(manager, capture, policy, evidence, { models, pad });
    if (verdict.outcome === 'accepted' && capture.purpose === 'enrolment')
      await this.enrol(manager, job, capture, probe, key);
    return true;
  }

  private async write(
    manager: EntityManager,
    capture: CaptureEntity,
    policy: Policy,
    evidence: Evidence,
    { models, pad }: { models: DecisionEntity['models']; pad: PadRecord },
  ): Promise<Verdict> {
    const verdict = decide(evidence, policy);
    const { id: captureId, tenantId } = capture;
    await manager.insert(DecisionEntity, {
      captureId,
      tenantId,
      ...verdict,
      padLevel: evidence.padLevel,
      requiredPadLevel: policy.requiredPadLevel,
      score: evidence.score,
      threshold: policy.comparisonThreshold,
      policyVersion: policy.version,
      signals: pad.signals,
      gates: pad.gates,
      thresholds: { ...policy.pad },
      models: [...models],
    });
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
    afterCommit(manager, () =>
      this.settings.onDecided?.({ purpose, outcome, code, score: evidence.score, totalMs }),
    );
    return verdict;
  }

  private async enrol(
    manager: EntityManager,
    job: StageJob,
    capture: CaptureEntity,
    probe: Template | null,
    key: DataKey,
  ): Promise<void> {
    if (!probe || !capture.subjectId) throw new Error('An accepted enrolment has a subject and a probe');
    const { tenantId, captureId } = job;
    const owner = {
      tenantId,
      captureId,
      subjectId: capture.subjectId,
      assurance: capture.assurance as Assurance,
    };
    const referenceId = await storeFirstReference(manager, owner, probe, key);
    await recordAudit(manager, tenantId, {
      action: 'reference.created',
      outcome: 'success',
      actor: SYSTEM_ACTOR,
      target: { kind: 'subject', id: capture.subjectId },
      correlationId: capture.correlationId,
      detail: { referenceId, captureId, assurance: owner.assurance, model: probe.modelId },
    });
  }
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
