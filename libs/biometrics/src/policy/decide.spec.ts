import { type FaceQuality, QUALITY_COMPONENTS } from '../quality/face-quality.js';
import {
  decide,
  DEFAULT_POLICY,
  DUPLICATE_CHECKS,
  DUPLICATE_RULES,
  type EnrolmentEvidence,
  type Evidence,
  isReason,
  meaningOf,
  PAD_LEVELS,
  type PadLevel,
  type Policy,
  reachesPadLevel,
  type Reason,
  REASONS,
  REFERENCE_MODES,
} from './index.js';

const PERFECT = Object.fromEntries(QUALITY_COMPONENTS.map((component) => [component, 100])) as FaceQuality;
const POLICY: Policy = { ...DEFAULT_POLICY, requiredPadLevel: 'challenge', comparisonThreshold: 0.5 };
const GENUINE: Evidence = {
  purpose: 'verification',
  incomplete: false,
  halt: null,
  padLevel: 'challenge',
  padReason: null,
  hasProbe: true,
  quality: PERFECT,
  isEnrolled: true,
  isOutdated: false,
  score: 0.9,
  enrolment: null,
};
const FIRST: EnrolmentEvidence = {
  mode: 'first',
  basis: null,
  consistency: 0.9,
  groupConsistency: 0.95,
  duplicateCheck: 'off',
};
const enrolment = (changes: Partial<EnrolmentEvidence> = {}): Partial<Evidence> => ({
  purpose: 'enrolment',
  enrolment: { ...FIRST, ...changes },
});
const FIRST_ENROLMENT = { ...enrolment(), isEnrolled: false, score: null };
const reasonOf = (changes: Partial<Evidence>, policy: Partial<Policy> = {}): Reason =>
  decide({ ...GENUINE, ...changes }, { ...POLICY, ...policy }).reason;

describe('the decision', () => {
  it.each<[Reason, Partial<Evidence>]>([
    ['accepted', {}],
    ['accepted', { score: 0.5 }],
    ['no_match', { score: 0.499 }],
    ['no_match', { score: -1 }],
    ['reference_outdated', { isOutdated: true, score: null }],
    ['accepted', FIRST_ENROLMENT],
    ['already_enrolled', { ...FIRST_ENROLMENT, isEnrolled: true }],
    ['processing_failed', { ...FIRST_ENROLMENT, enrolment: null }],
    ['identity_inconsistent', { ...FIRST_ENROLMENT, ...enrolment({ consistency: 0.44 }) }],
    ['processing_failed', { ...FIRST_ENROLMENT, ...enrolment({ consistency: null }) }],
    ['identity_inconsistent', { ...FIRST_ENROLMENT, ...enrolment({ groupConsistency: 0.5 }) }],
    ['processing_failed', { ...FIRST_ENROLMENT, ...enrolment({ groupConsistency: null }) }],
    ['accepted', enrolment({ mode: 'additional', basis: 'verification' })],
    ['accepted', enrolment({ mode: 'replacement', basis: 'verification' })],
    ['enrolment_not_authorised', enrolment({ mode: 'additional' })],
    ['enrolment_not_authorised', enrolment({ mode: 'replacement' })],
    ['no_match', { ...enrolment({ mode: 'additional', basis: 'verification' }), score: 0.49 }],
    ['processing_failed', { ...enrolment({ mode: 'replacement', basis: 'verification' }), score: null }],
    [
      'reference_outdated',
      { ...enrolment({ mode: 'replacement', basis: 'verification' }), isOutdated: true },
    ],
    ['accepted', { ...enrolment({ mode: 'replacement', basis: 'override' }), isOutdated: true, score: null }],
    ['accepted', { ...enrolment({ mode: 'additional', basis: 'override' }), score: 0.1 }],
    ['identity_inconsistent', enrolment({ mode: 'additional', basis: 'override', consistency: 0.1 })],
    ['accepted', { purpose: 'liveness', isEnrolled: false, score: null }],
    ['accepted', { padLevel: 'challenge_flash' }],
    ['pad_level_insufficient', { padLevel: 'none' }],
    ['processing_failed', { incomplete: true }],
    ['processing_failed', { incomplete: true, halt: 'presentation_attack' }],
    ['processing_failed', { hasProbe: false }],
    ['processing_failed', { score: null }],
    ['processing_failed', { isEnrolled: false }],
    ['processing_failed', { halt: 'accepted' }],
  ])('is %s for %o', (reason, changes) => {
    expect(reasonOf(changes)).toBe(reason);
  });

  it.each((Object.keys(REASONS) as Reason[]).filter((reason) => reason !== 'accepted'))(
    'passes a halt for %s on',
    (halt) => {
      const { outcome, code } = REASONS[halt];
      expect(decide({ ...GENUINE, halt }, POLICY)).toEqual({ outcome, code, reason: halt });
      expect(outcome).not.toBe('accepted');
    },
  );

  it('asks more of an enrolment than of a verification, and nothing of a capture for liveness alone', () => {
    const blinking = { quality: { ...PERFECT, eyes_open: 0 } };
    expect(reasonOf({ ...blinking, purpose: 'enrolment', isEnrolled: false })).toBe('low_quality.eyes_open');
    expect(reasonOf(blinking)).toBe('accepted');
    expect(reasonOf({ purpose: 'liveness', quality: null })).toBe('accepted');
    expect(reasonOf({ quality: null })).toBe('processing_failed');
  });

  it('would rather have a better picture than say that a bad one does not match', () => {
    expect(reasonOf({ quality: { ...PERFECT, sharpness: 0 }, score: -1 })).toBe('low_quality.sharpness');
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, 1.1, -1.1])('throws on the score %p', (score) => {
    expect(() => reasonOf({ score })).toThrow(RangeError);
  });

  it('throws on a threshold or a level that is none', () => {
    expect(() => reasonOf({}, { comparisonThreshold: Number.NaN })).toThrow(RangeError);
    expect(() => reasonOf({}, { requiredPadLevel: 'chalenge' as PadLevel })).toThrow(RangeError);
    expect(() => reasonOf({ padLevel: 'high' as PadLevel })).toThrow(RangeError);
  });

  it('refuses a duplicate, and what could not be searched, only under a policy that says so', () => {
    for (const duplicates of DUPLICATE_RULES)
      for (const duplicateCheck of DUPLICATE_CHECKS) {
        const policy = { enrolment: { ...POLICY.enrolment, duplicates } };
        const refused = duplicateCheck === 'found' ? 'duplicate_subject' : 'processing_failed';
        expect(reasonOf({ ...FIRST_ENROLMENT, ...enrolment({ duplicateCheck }) }, policy)).toBe(
          duplicates === 'refuse' && duplicateCheck !== 'passed' ? refused : 'accepted',
        );
      }
  });

  it('accepts a further reference, over all combinations, only with a basis, and by verification only on a match', () => {
    const either = [false, true];
    let accepted = 0;
    for (const mode of REFERENCE_MODES)
      for (const basis of [null, 'verification', 'override'] as const)
        for (const consistency of [null, -0.2, 0.44, 0.45, 1])
          for (const isEnrolled of either)
            for (const isOutdated of either)
              for (const score of [null, 0.49, 0.5]) {
                const evidence = {
                  ...enrolment({ mode, basis, consistency }),
                  isEnrolled,
                  isOutdated,
                  score,
                };
                const matches = isEnrolled && !isOutdated && score !== null && score >= 0.5;
                const may =
                  consistency !== null &&
                  consistency >= POLICY.pad.minConsistency &&
                  (mode === 'first'
                    ? !isEnrolled
                    : basis === 'override' || (basis === 'verification' && matches));
                expect([evidence, reasonOf(evidence) === 'accepted']).toEqual([evidence, may]);
                if (may) accepted++;
              }
    expect(accepted).toBeGreaterThan(0);
  });

  it('accepts, over all combinations, only what is complete, bona fide at the level, and matches', () => {
    const either = [false, true];
    let accepted = 0;
    for (const purpose of ['enrolment', 'verification', 'liveness'] as const)
      for (const incomplete of either)
        for (const halt of [null, 'no_face', 'presentation_attack', 'accepted'] as const)
          for (const padLevel of PAD_LEVELS)
            for (const requiredPadLevel of PAD_LEVELS)
              for (const padReason of [null, 'presentation_attack', 'challenge_not_performed'] as const)
                for (const [hasProbe, quality] of [
                  [false, null],
                  [true, PERFECT],
                  [true, null],
                  [true, { ...PERFECT, sharpness: 0 }],
                ] as const)
                  for (const isEnrolled of either)
                    for (const score of [null, -0.2, 0.49, 0.5, 1]) {
                      const evidence: Evidence = {
                        purpose,
                        incomplete,
                        halt,
                        padLevel,
                        padReason,
                        hasProbe,
                        quality,
                        isEnrolled,
                        isOutdated: false,
                        score,
                        enrolment: purpose === 'enrolment' ? FIRST : null,
                      };
                      const { outcome } = decide(evidence, { ...POLICY, requiredPadLevel });
                      const may =
                        !incomplete &&
                        halt === null &&
                        hasProbe &&
                        (padReason === null || requiredPadLevel === 'none') &&
                        PAD_LEVELS.indexOf(padLevel) >= PAD_LEVELS.indexOf(requiredPadLevel) &&
                        (purpose === 'liveness' || quality === PERFECT) &&
                        (purpose === 'liveness' ||
                          (purpose === 'enrolment' && !isEnrolled) ||
                          (purpose === 'verification' && isEnrolled && score !== null && score >= 0.5));
                      expect([evidence, outcome === 'accepted']).toEqual([evidence, may]);
                      if (may) accepted++;
                    }
    expect(accepted).toBeGreaterThan(0);
  });
});

describe('the reasons', () => {
  const CODES: Record<string, readonly string[]> = {
    accepted: ['accepted'],
    rejected: ['not_accepted'],
    inconclusive: ['capture_quality', 'challenge_incomplete', 'try_again'],
  };

  it.each(Object.entries(REASONS))('%s has a code that fits its outcome', (reason, { outcome, code }) => {
    expect(CODES[outcome]).toContain(code);
    expect(outcome === 'accepted').toBe(reason === 'accepted');
    expect(isReason(reason)).toBe(true);
  });

  it('guide whoever was not decided about, and never whoever was rejected', () => {
    for (const reason of Object.keys(REASONS) as Reason[]) {
      const { outcome, guidance } = meaningOf(reason);
      if (outcome === 'inconclusive') expect(guidance).toMatch(/^[A-Z].*\.$/);
      else expect(guidance).toBeUndefined();
    }
  });

  it('are no others, also none of an object', () => {
    for (const name of ['', 'constructor', '__proto__', 'toString', 'ACCEPTED'])
      expect(isReason(name)).toBe(false);
  });
});

it('by default an acceptance needs a challenge', () => {
  expect(DEFAULT_POLICY).toMatchObject({ requiredPadLevel: 'challenge', version: 0 });
  expect(reachesPadLevel('challenge', 'none')).toBe(true);
  expect(reachesPadLevel('none', 'challenge')).toBe(false);
  expect(reachesPadLevel('challenge', 'challenge_flash')).toBe(false);
});
