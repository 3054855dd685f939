import { DEFAULT_POLICY, DUPLICATE_RULES, PAD_LEVELS, type Policy } from '#biometrics';
import { shapedOtherwise } from './shaping.js';

const OTHER_WORDS: Readonly<Record<string, readonly string[]>> = {
  requiredPadLevel: PAD_LEVELS,
  'enrolment.duplicates': DUPLICATE_RULES,
};

/** Members that a simulation judges again from stored signals, scores and findings. */
const JUDGED =
  /^(comparisonThreshold|pad\.(?!nearDuplicateBits$)\w+|quality\.\w+\.\w+|enrolment\.duplicates)$/;

it.each(membersOf(DEFAULT_POLICY))('%s is judged again or named', (path, value) => {
  const others = OTHER_WORDS[path]?.filter((word) => word !== value) ?? [Number(value) + 1];
  const named = others.flatMap((other) => shapedOtherwise(withMember(path, other), DEFAULT_POLICY));
  expect(named).toEqual(JUDGED.test(path) ? [] : [path]);
});

it('names a flash whichever of the two asks for it, and no level without one', () => {
  const level = (requiredPadLevel: Policy['requiredPadLevel']) => ({ ...DEFAULT_POLICY, requiredPadLevel });
  expect(shapedOtherwise(level('challenge_flash'), level('none'))).toEqual(['requiredPadLevel']);
  expect(shapedOtherwise(level('challenge'), level('challenge_flash'))).toEqual(['requiredPadLevel']);
  expect(shapedOtherwise(level('none'), level('challenge'))).toEqual([]);
});

function membersOf(policy: object, prefix = ''): [string, unknown][] {
  return Object.entries(policy).flatMap(([name, value]: [string, unknown]): [string, unknown][] => {
    if (prefix + name === 'version') return [];
    return typeof value === 'object' && value !== null
      ? membersOf(value, `${prefix}${name}.`)
      : [[prefix + name, value]];
  });
}

function withMember(path: string, value: unknown): Policy {
  const policy = structuredClone(DEFAULT_POLICY) as unknown as Record<string, unknown>;
  const names = path.split('.');
  const last = names.pop() as string;
  const holder = names.reduce((object, name) => object[name] as Record<string, unknown>, policy);
  holder[last] = value;
  return policy as unknown as Policy;
}
