import { DEFAULT_POLICY } from '#biometrics';
import { policyBody, policyChanges } from './policy-body.js';

it.each([
  {},
  { pad: {} },
  { pad: { minTurnDegrees: 15 } },
  { pad: { maxFlashP: 0.001 } },
  { enrolment: { duplicates: 'refuse' } },
  { quality: { enrolment: { sharpness: 50 } } },
  { attempts: { failures: 3 } },
])('what is to change is what was named, and no default beside it: %j', (changes) => {
  expect(policyChanges.parse(changes)).toEqual(changes);
});

it('changes are held to the bounds of a policy', () => {
  for (const wrong of [{ maxFlashP: 2 }, { minFlashSectors: 0.5 }, { minTurnDegrees: 0 }, { maxFlash: 1 }])
    expect(policyChanges.safeParse({ pad: wrong }).success).toBe(false);
});

it('a stored version from before there was a flash, a score, or anything else that came later, has the default thresholds', () => {
  const without = (object: object, pattern: RegExp) =>
    Object.fromEntries(Object.entries(object).filter(([name]) => !pattern.test(name)));
  const { pad } = DEFAULT_POLICY;
  const stored = {
    ...without(DEFAULT_POLICY, /^version$/),
    pad: without(pad, /flash|trajectory|score|group/i),
  };
  expect(policyBody.parse(stored).pad).toEqual(pad);
});
