/** What becomes of an accepted enrolment's template: the first reference, one more beside the others, or the only one instead of them. */
export const REFERENCE_MODES = ['first', 'additional', 'replacement'] as const;
export type ReferenceMode = (typeof REFERENCE_MODES)[number];

/** What permitted a reference: nothing was there before, an accepted verification, or an operator. */
export const REFERENCE_BASES = ['first', 'verification', 'override'] as const;
export type ReferenceBasis = (typeof REFERENCE_BASES)[number];

/** Whether an enrolment looks for other subjects of the same tenant with this face, and what it does when there is one. */
export const DUPLICATE_RULES = ['off', 'flag', 'refuse'] as const;
export type DuplicateRule = (typeof DUPLICATE_RULES)[number];

/** What the search found; `incomplete` when not every reference could be searched. */
export const DUPLICATE_CHECKS = ['off', 'passed', 'found', 'incomplete'] as const;
export type DuplicateCheck = (typeof DUPLICATE_CHECKS)[number];

/** The rules of enrolment. */
export interface EnrolmentPolicy {
  /** References a subject may have (1…10): each one more gives an impostor one more chance. */
  readonly maxReferences: number;
  /** How old an accepted verification may be when it authorises a further reference: seconds (60…3600). */
  readonly verificationWindowSeconds: number;
  readonly duplicates: DuplicateRule;
  /** Least comparison score (cosine, −1…1) of a duplicate: above that of a match, as one probe is compared with everybody. */
  readonly duplicateThreshold: number;
}

export const DEFAULT_ENROLMENT_POLICY: EnrolmentPolicy = Object.freeze({
  maxReferences: 5,
  verificationWindowSeconds: 600,
  duplicates: 'off',
  duplicateThreshold: 0.65,
});

/** What the decision of an enrolment rests on besides. */
export interface EnrolmentEvidence {
  readonly mode: ReferenceMode;
  /** What permits a further reference at the moment of the decision; null when nothing does, or not any longer. */
  readonly basis: Exclude<ReferenceBasis, 'first'> | null;
  /** Least comparison score between two frames of the capture; null when it could not be measured. */
  readonly consistency: number | null;
  /** Least comparison score between two groups of its frames; null when it could not be measured. */
  readonly groupConsistency: number | null;
  readonly duplicateCheck: DuplicateCheck;
}
