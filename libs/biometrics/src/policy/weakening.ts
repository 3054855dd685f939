import { DUPLICATE_RULES } from './enrolment.js';
import { PAD_LEVELS, type Policy } from './policy.js';

type Direction = 'higher' | 'lower';

/** On which side each member is the stricter one, where its name does not say so with `min…` or `max…`. */
const STRICTER: Readonly<Record<string, Direction>> = {
  requiredPadLevel: 'higher',
  comparisonThreshold: 'higher',
  submissionWindowSeconds: 'lower',
  challengeLength: 'higher',
  'enrolment.verificationWindowSeconds': 'lower',
  'enrolment.duplicates': 'higher',
  'enrolment.duplicateThreshold': 'lower',
  'pad.replayedFrames': 'lower',
  'pad.nearDuplicateBits': 'higher',
  'attempts.failures': 'lower',
  'attempts.inconclusive': 'lower',
  'attempts.windowSeconds': 'higher',
  'attempts.pauseSeconds': 'higher',
  'attempts.disableAfter': 'lower',
  'attempts.disableSeconds': 'higher',
};

/** Values that are no numbers, from the weakest on. */
const RANKS: Readonly<Record<string, readonly unknown[]>> = {
  requiredPadLevel: PAD_LEVELS,
  'enrolment.duplicates': DUPLICATE_RULES,
};

/**
 * The members in which `next` is weaker than `current`, by path (`pad.minTurnDegrees`). A difference of which nobody has written down
 * what is stricter counts as one: forgetting it must not open a way round.
 */
export function weakenings(
  current: Omit<Policy, 'version'>,
  next: Omit<Policy, 'version'>,
): readonly string[] {
  const [before, after] = [membersOf(current), membersOf(next)];
  return [...new Set([...before.keys(), ...after.keys()])]
    .filter((path) => isWeaker(path, before.get(path), after.get(path)))
    .sort();
}

function isWeaker(path: string, before: unknown, after: unknown): boolean {
  if (before === after) return false;
  const [from, to] = [rankOf(path, before), rankOf(path, after)];
  const direction = directionOf(path);
  if (from === null || to === null || direction === null) return true;
  return direction === 'higher' ? to < from : to > from;
}

function directionOf(path: string): Direction | null {
  if (Object.hasOwn(STRICTER, path)) return STRICTER[path] ?? null;
  const name = path.slice(path.lastIndexOf('.') + 1);
  if (/^min[A-Z]/.test(name)) return 'higher';
  return /^max[A-Z]/.test(name) ? 'lower' : null;
}

function rankOf(path: string, value: unknown): number | null {
  if (typeof value === 'number') return value;
  const rank = RANKS[path]?.indexOf(value) ?? -1;
  return rank < 0 ? null : rank;
}

/** Every value that is no object, by its path; the version is a name and no setting. */
function membersOf(policy: object, prefix = ''): Map<string, unknown> {
  return new Map(
    Object.entries(policy).flatMap(([name, value]: [string, unknown]): [string, unknown][] => {
      if (prefix === '' && name === 'version') return [];
      const path = prefix + name;
      return typeof value === 'object' && value !== null
        ? [...membersOf(value, `${path}.`)]
        : [[path, value]];
    }),
  );
}
