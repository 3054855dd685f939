import {
  decide,
  DEFAULT_POLICY,
  type DuplicateCheck,
  type DuplicateRule,
  type Evidence,
  type FaceQuality,
  type Policy,
  QUALITY_COMPONENTS,
} from '#biometrics';
import { decideAgain, type TakenDecision } from './decide-again.js';

const quality = (value: number) =>
  Object.fromEntries(QUALITY_COMPONENTS.map((component) => [component, value])) as FaceQuality;

const policyWith = (duplicates: DuplicateRule, floor = 0): Policy => ({
  ...DEFAULT_POLICY,
  requiredPadLevel: 'none',
  enrolment: { ...DEFAULT_POLICY.enrolment, duplicates },
  quality: { ...DEFAULT_POLICY.quality, enrolment: quality(floor) },
});

/** A first enrolment with nothing to object to but what the search found. */
const evidence = (duplicateCheck: DuplicateCheck): Evidence => ({
  purpose: 'enrolment',
  incomplete: false,
  halt: null,
  padLevel: 'none',
  padReason: null,
  hasProbe: true,
  quality: quality(50),
  isEnrolled: false,
  isOutdated: false,
  score: null,
  enrolment: { mode: 'first', basis: null, consistency: 0.9, groupConsistency: 0.95, duplicateCheck },
});

const takenUnder = (check: DuplicateCheck, own: Policy): TakenDecision => ({
  reason: decide(evidence(check), own).reason,
  threshold: own.comparisonThreshold,
  requiredPadLevel: own.requiredPadLevel,
  policyVersion: own.version,
  evidence: evidence(check),
  actions: [],
  flash: false,
  liveness: undefined,
  label: null,
  species: null,
});

const again = (check: DuplicateCheck, own: Policy, another: Policy) => {
  const taken = takenUnder(check, own);
  const decided = decideAgain(taken, another);
  return [taken.reason, decided?.judgement.reason, decided?.unjudged];
};

it('a decision from before a signal was measured is not judged again', () => {
  const taken = takenUnder('passed', policyWith('off'));
  const signals = { stillness: 4, tH: 0.03, tQ: 0.02, lrA: 1, fore: 0, consistency: 0.8, nearDuplicates: 0 };
  const all = { ...signals, groupConsistency: 0.9, trajectoryDistance: null };
  const liveness = (scalars: Record<string, number | null>) => ({ status: 'done' as const, scalars });
  expect(decideAgain({ ...taken, liveness: liveness(signals) }, policyWith('off'))).toBeNull();
  expect(decideAgain({ ...taken, liveness: liveness(all) }, policyWith('off'))).not.toBeNull();
  const enrolment = { mode: 'first', basis: null, consistency: 0.9, duplicateCheck: 'off' };
  const older = { ...taken.evidence, enrolment } as unknown as TakenDecision['evidence'];
  expect(decideAgain({ ...taken, evidence: older }, policyWith('off'))).toBeNull();
});

describe('an enrolment that nobody was searched for', () => {
  it('is not counted as a failure by a policy that refuses duplicates, but said to be unjudged', () => {
    expect(again('off', policyWith('off'), policyWith('refuse'))).toEqual([
      'accepted',
      'accepted',
      ['enrolment.duplicates'],
    ]);
  });

  it('because it was refused for its quality, neither', () => {
    expect(again('off', policyWith('refuse', 80), policyWith('refuse', 20))).toEqual([
      expect.stringMatching(/^low_quality\./),
      'accepted',
      ['enrolment.duplicates'],
    ]);
    expect(again('off', policyWith('refuse', 80), policyWith('flag', 20))[2]).toEqual([]);
    expect(again('off', policyWith('refuse', 80), policyWith('refuse', 60)).slice(1)).toEqual([
      expect.stringMatching(/^low_quality\./),
      [],
    ]);
  });
});

it.each<[DuplicateCheck, DuplicateRule, DuplicateRule, string, string]>([
  ['found', 'flag', 'refuse', 'accepted', 'duplicate_subject'],
  ['found', 'refuse', 'off', 'duplicate_subject', 'accepted'],
  ['incomplete', 'flag', 'refuse', 'accepted', 'processing_failed'],
  ['passed', 'flag', 'refuse', 'accepted', 'accepted'],
])('what a search found (%s) is judged again: %s to %s', (check, own, another, from, to) => {
  expect(again(check, policyWith(own), policyWith(another))).toEqual([from, to, []]);
});
