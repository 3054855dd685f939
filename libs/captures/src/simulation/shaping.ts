import { type AttemptLimits, DEFAULT_ATTEMPT_LIMITS, type Policy } from '#biometrics';

type Shaping = (policy: Policy) => readonly [member: string, value: unknown];

/** Whether there was a capture at all. */
const ATTEMPTS = (Object.keys(DEFAULT_ATTEMPT_LIMITS) as (keyof AttemptLimits)[]).map(
  (limit): Shaping =>
    ({ attempts }) => [`attempts.${limit}`, attempts[limit]],
);

/**
 * Settings that shape a capture before its decision: what is stored of it was measured under those of its own policy. Every other member
 * of a policy is judged again; whether anybody had to be looked for as a duplicate is seen decision by decision.
 */
const SHAPING: readonly Shaping[] = [
  ({ submissionWindowSeconds }) => ['submissionWindowSeconds', submissionWindowSeconds],
  ({ challengeLength }) => ['challengeLength', challengeLength],
  ({ pad }) => ['pad.nearDuplicateBits', pad.nearDuplicateBits],
  ({ requiredPadLevel }) => ['requiredPadLevel', requiredPadLevel === 'challenge_flash'],
  ({ enrolment }) => ['enrolment.maxReferences', enrolment.maxReferences],
  ({ enrolment }) => ['enrolment.verificationWindowSeconds', enrolment.verificationWindowSeconds],
  ({ enrolment }) => ['enrolment.duplicateThreshold', enrolment.duplicateThreshold],
  ...ATTEMPTS,
];

/** The members, by path, by which captures made under `own` would have been others under `policy`. */
export function shapedOtherwise(policy: Policy, own: Policy): string[] {
  return SHAPING.map((shape) => [shape(policy), shape(own)] as const)
    .filter(([[, ours], [, theirs]]) => ours !== theirs)
    .map(([[member]]) => member);
}
