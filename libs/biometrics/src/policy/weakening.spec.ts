import {
  DEFAULT_PAD_THRESHOLDS,
  DEFAULT_POLICY,
  type PadThresholds,
  type Policy,
  weakenings,
} from './index.js';

const changed = (changes: object): readonly string[] =>
  weakenings(DEFAULT_POLICY, { ...DEFAULT_POLICY, ...changes });
const pad = (changes: Partial<PadThresholds>): object => ({ pad: { ...DEFAULT_PAD_THRESHOLDS, ...changes } });

it.each<[object, object, string]>([
  [{ requiredPadLevel: 'none' }, { requiredPadLevel: 'challenge_flash' }, 'requiredPadLevel'],
  [{ comparisonThreshold: 0.54 }, { comparisonThreshold: 0.56 }, 'comparisonThreshold'],
  [{ submissionWindowSeconds: 61 }, { submissionWindowSeconds: 59 }, 'submissionWindowSeconds'],
  [{ challengeLength: 2 }, { challengeLength: 4 }, 'challengeLength'],
  [pad({ minTurnDegrees: 11 }), pad({ minTurnDegrees: 13 }), 'pad.minTurnDegrees'],
  [pad({ maxForeshortening: 0.2 }), pad({ maxForeshortening: 0.1 }), 'pad.maxForeshortening'],
  [pad({ replayedFrames: 5 }), pad({ replayedFrames: 3 }), 'pad.replayedFrames'],
  [pad({ nearDuplicateBits: 20 }), pad({ nearDuplicateBits: 30 }), 'pad.nearDuplicateBits'],
])('%o is weaker, %o is not', (weaker, stricter, path) => {
  expect(changed(weaker)).toEqual([path]);
  expect(changed(stricter)).toEqual([]);
});

it('knows of every member of a policy on which side it is stricter', () => {
  const ABOVE: Readonly<Record<string, string>> = { challenge: 'challenge_flash', flag: 'refuse' };
  const BELOW: Readonly<Record<string, string>> = { challenge: 'none', flag: 'off' };
  const middle: Policy = {
    ...DEFAULT_POLICY,
    enrolment: { ...DEFAULT_POLICY.enrolment, duplicates: 'flag' },
  };
  const raised = (value: unknown): unknown =>
    typeof value === 'number' ? value + 1 : (ABOVE[String(value)] ?? value);
  const lowered = (value: unknown): unknown =>
    typeof value === 'number' ? value - 1 : (BELOW[String(value)] ?? value);
  const all = (change: (value: unknown) => unknown): Policy => {
    const of = (members: object): object =>
      Object.fromEntries(
        Object.entries(members).map(([name, value]: [string, unknown]) => [
          name,
          typeof value === 'object' && value !== null ? of(value) : change(value),
        ]),
      );
    return of(middle) as Policy;
  };
  const [up, down] = [weakenings(middle, all(raised)), weakenings(middle, all(lowered))];
  const leaves = (value: unknown): number =>
    typeof value === 'object' && value !== null
      ? Object.values(value).reduce((sum: number, each: unknown) => sum + leaves(each), 0)
      : 1;
  const members = leaves(DEFAULT_POLICY) - 1;
  // Each member weakens in exactly one of the two directions, so none is unknown.
  expect(up.filter((path) => down.includes(path))).toEqual([]);
  expect(up.length + down.length).toBe(members);
});

it('what it cannot compare counts as weaker', () => {
  expect(changed({ unheardOf: true })).toEqual(['unheardOf']);
  expect(changed({ pad: { ...DEFAULT_PAD_THRESHOLDS, wobble: 3 } })).toEqual(['pad.wobble']);
  expect(changed({ comparisonThreshold: undefined })).toEqual(['comparisonThreshold']);
  expect(changed({ requiredPadLevel: 'toString' })).toEqual(['requiredPadLevel']);
  expect(changed({ version: 7 })).toEqual([]);
});
