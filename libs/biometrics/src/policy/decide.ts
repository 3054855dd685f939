import { type PadReason } from '../pad/gates.js';
import { type FaceQuality } from '../quality/face-quality.js';
import { failedComponent } from '../quality/quality-limits.js';
import { type EnrolmentEvidence } from './enrolment.js';
import { type PadLevel, type Policy, type Purpose, reachesPadLevel } from './policy.js';
import { type CoarseCode, type Outcome, type Reason, meaningOf } from './reasons.js';

/** All that a decision rests on; gathered by the stages, none of it optional. */
export interface Evidence {
  readonly purpose: Purpose;
  /** True when a stage the decision needs has no result: infrastructure trouble, never the person's fault. */
  readonly incomplete: boolean;
  /** The first business verdict of a stage that ended the chain early. */
  readonly halt: Reason | null;
  /** The level that presentation attack detection reached. */
  readonly padLevel: PadLevel;
  /** What the first failed gate means; null when none failed. Judged unless the policy requires no PAD at all. */
  readonly padReason: PadReason | null;
  /** True when a probe template was extracted. */
  readonly hasProbe: boolean;
  /** Quality of the frames the probe was made of; null when it was not measured, which never passes for good. */
  readonly quality: FaceQuality | null;
  /** True when the subject has a reference at the moment of the decision. */
  readonly isEnrolled: boolean;
  /** True when it has references, and all of them are of other models than the probe. */
  readonly isOutdated: boolean;
  /** Comparison score of probe and references (cosine, −1…1); null when there was nothing to compare. */
  readonly score: number | null;
  /** Of an enrolment; null for the other purposes. */
  readonly enrolment: EnrolmentEvidence | null;
}

export interface Verdict {
  readonly outcome: Outcome;
  readonly reason: Reason;
  readonly code: CoarseCode;
}

/**
 * Fuses the evidence under a policy and fails closed: acceptance is the last line, reached only when nothing was missing.
 * @throws RangeError when the score or the threshold is not a finite number in −1…1
 */
export function decide(evidence: Evidence, policy: Policy): Verdict {
  const reason = reasonFor(evidence, policy);
  const { outcome, code } = meaningOf(reason);
  return { outcome, reason, code };
}

function reasonFor(evidence: Evidence, policy: Policy): Reason {
  if (evidence.incomplete) return 'processing_failed';
  // No stage may accept: one that ends the chain so is broken.
  if (evidence.halt) return evidence.halt === 'accepted' ? 'processing_failed' : evidence.halt;
  if (!evidence.hasProbe) return 'processing_failed';
  if (evidence.padReason && policy.requiredPadLevel !== 'none') return evidence.padReason;
  if (!reachesPadLevel(evidence.padLevel, policy.requiredPadLevel)) return 'pad_level_insufficient';
  if (evidence.purpose === 'liveness') return 'accepted';
  if (!evidence.quality) return 'processing_failed';
  const failed = failedComponent(evidence.quality, policy.quality[evidence.purpose]);
  if (failed) return `low_quality.${failed}`;
  switch (evidence.purpose) {
    case 'enrolment':
      return evidence.enrolment
        ? reasonForEnrolment(evidence, evidence.enrolment, policy)
        : 'processing_failed';
    case 'verification':
      return reasonForMatch(evidence, policy);
  }
}

function reasonForMatch(evidence: Evidence, policy: Policy): Reason {
  if (evidence.isOutdated) return 'reference_outdated';
  if (!evidence.isEnrolled || evidence.score === null) return 'processing_failed';
  return cosine(evidence.score) >= cosine(policy.comparisonThreshold) ? 'accepted' : 'no_match';
}

/** Frames agree, the reference is permitted, its face is the enrolled one, and nobody else's. */
function reasonForEnrolment(evidence: Evidence, enrolment: EnrolmentEvidence, policy: Policy): Reason {
  const { mode, basis, consistency, groupConsistency, duplicateCheck } = enrolment;
  if (consistency === null || groupConsistency === null) return 'processing_failed';
  // Also under a policy that requires no PAD: a reference of two people would let both in.
  const { minConsistency, minGroupConsistency } = policy.pad;
  if (!(cosine(consistency) >= minConsistency && cosine(groupConsistency) >= minGroupConsistency))
    return 'identity_inconsistent';
  if (mode === 'first') {
    if (evidence.isEnrolled) return 'already_enrolled';
  } else {
    if (basis === null) return 'enrolment_not_authorised';
    const match = basis === 'override' ? 'accepted' : reasonForMatch(evidence, policy);
    if (match !== 'accepted') return match;
  }
  if (policy.enrolment.duplicates !== 'refuse' || duplicateCheck === 'passed') return 'accepted';
  return duplicateCheck === 'found' ? 'duplicate_subject' : 'processing_failed';
}

function cosine(value: number): number {
  if (!(value >= -1.000001 && value <= 1.000001))
    throw new RangeError('A comparison score lies between -1 and 1');
  return value;
}
