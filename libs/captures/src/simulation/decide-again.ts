import {
  type Action,
  decide,
  type Evidence,
  isBonaFide,
  type PadLevel,
  type Policy,
  policyFor,
  type Reason,
} from '#biometrics';
import type { StageResultEntity } from '../entities/stage-result.entity.js';
import type { CaptureLabel } from '../label-capture.js';
import { hasEverySignal } from '../stages/liveness-scalars.js';
import { judgePad } from '../stages/pad-record.js';

/** A decision as it was taken, with all that it rested on. */
export interface TakenDecision {
  readonly reason: Reason;
  readonly threshold: number;
  readonly requiredPadLevel: PadLevel;
  readonly policyVersion: number;
  readonly evidence: Partial<Evidence>;
  readonly actions: readonly Action[];
  /** Whether the capture was to flash. */
  readonly flash: boolean;
  readonly liveness: Pick<StageResultEntity, 'status' | 'scalars'> | undefined;
  readonly label: CaptureLabel | null;
  readonly species: string | null;
}

/** What of a decision is counted, once as it was and once as it would have been. */
export interface Judgement {
  readonly reason: Reason;
  /** Whether attack detection took it for a bona fide presentation. */
  readonly bonaFide: boolean;
  /** Whether probe and reference matched; null where nothing was compared. */
  readonly match: boolean | null;
}

/** A decision as it would have been taken. */
export interface DecidedAgain {
  readonly judgement: Judgement;
  /** Members of the policy, by path, that this decision says nothing of. */
  readonly unjudged: readonly string[];
}

export function asTaken({ reason, threshold, requiredPadLevel, evidence }: TakenDecision): Judgement {
  return judgement(reason, evidence as Evidence, requiredPadLevel, threshold);
}

/**
 * Takes the decision again under another policy by the very functions that took it, from what the stages stored. Null for a decision that
 * is older than its evidence, or than a signal that decisions rest on now.
 */
export function decideAgain(taken: TakenDecision, another: Policy): DecidedAgain | null {
  if (!isComplete(taken.evidence) || isOlderThanSignals(taken.liveness)) return null;
  const policy = policyFor(taken, another);
  const { level, reason: padReason } = judgePad(taken.liveness, taken.actions, policy);
  const evidence: Evidence = { ...unsearchedAsPassed(taken.evidence), padLevel: level, padReason };
  const { reason } = decide(evidence, policy);
  const needsSearch = reason === 'accepted' && policy.enrolment.duplicates === 'refuse';
  return {
    judgement: judgement(reason, evidence, policy.requiredPadLevel, policy.comparisonThreshold),
    unjudged:
      needsSearch && taken.evidence.enrolment?.duplicateCheck === 'off' ? ['enrolment.duplicates'] : [],
  };
}

/** Nobody is looked for where an enrolment is refused anyway, or the policy does not ask: whom a search would have found is not guessed. */
function unsearchedAsPassed(evidence: Evidence): Evidence {
  const { enrolment } = evidence;
  if (enrolment?.duplicateCheck !== 'off') return evidence;
  return { ...evidence, enrolment: { ...enrolment, duplicateCheck: 'passed' } };
}

function isComplete(evidence: Partial<Evidence>): evidence is Evidence {
  const { purpose, enrolment } = evidence;
  return purpose !== undefined && (!enrolment || 'groupConsistency' in enrolment);
}

/** What was not looked for is no reason to refuse: what could not be measured is stored as null. */
function isOlderThanSignals(liveness: TakenDecision['liveness']): boolean {
  return liveness?.status === 'done' && !hasEverySignal(liveness.scalars);
}

function judgement(reason: Reason, evidence: Evidence, required: PadLevel, threshold: number): Judgement {
  const { score } = evidence;
  return {
    reason,
    bonaFide: isBonaFide(evidence, required),
    match: score === null ? null : score >= threshold,
  };
}
