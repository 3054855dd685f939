import { dictionary } from '@zxcvbn-ts/language-common';
import { MAX_PASSWORD_LENGTH, normalizePassword, passwordObjection } from './password-policy.js';

const objection = (password: string, name = 'alice@example.org') => passwordObjection(password, name);

describe('length', () => {
  it.each([
    ['14 characters', 'k7-mauve-otter'],
    ['14 code points of two units each', '🦦'.repeat(13) + 'x'],
    ['nothing', ''],
  ])('%s are too few', (_what, password) => {
    expect(objection(password)).toMatch(/^has \d+ characters; at least 15/);
  });

  it('15 are enough, and so is any length up to the longest', () => {
    expect(objection('k7-mauve-otter!')).toBeUndefined();
    expect(objection('x9Qm'.repeat(16))).toMatch(/many people/);
    for (const length of [64, 128, MAX_PASSWORD_LENGTH])
      expect(
        objection('correct horse battery staple '.repeat(10).slice(0, length - 1) + 'Z'),
      ).toBeUndefined();
    expect(objection('correct horse battery staple '.repeat(10).slice(0, MAX_PASSWORD_LENGTH + 1))).toMatch(
      /more than 256/,
    );
  });

  it('is counted in code points after normalization', () => {
    const decomposed = 'e\u0301'.repeat(14);
    expect(decomposed).toHaveLength(28);
    expect(objection(decomposed)).toMatch(/^has 14 characters/);
  });
});

it.each([
  ['only letters', 'correct horse battery staple'],
  ['only lower case without spaces', 'mauveotterlampionquay'],
  ['a listed word behind many digits', '840298347120598dog'],
  ['only digits', '840298347120598'],
  ['other scripts', 'правильная лошадь батарея'],
  ['spaces at its ends', '  otter lampion quay  '],
  ['emoji', '🦦🌧️🪁🥁🧭🗝️🌵🛶🧊🎐🪐🦀🍋🧵🔭'],
  ['a listed word among others', 'my password is a mauve otter'],
])('needs no kind of character: %s will do', (_what, password) => {
  expect(objection(password)).toBeUndefined();
});

describe('what attackers try first is refused', () => {
  const long = dictionary['passwords-common'].filter((entry) => [...entry].length >= 15);

  it('every entry of the list that is long enough', () => {
    expect(long.length).toBeGreaterThan(30);
    for (const entry of long) {
      expect([entry, objection(entry)]).toEqual([
        entry,
        expect.stringContaining('attackers try these first'),
      ]);
      expect(objection(entry.toUpperCase())).toBeDefined();
    }
  });

  it.each([
    'passwordpassword',
    'password12345678',
    'Password-Password!',
    '123456789012345',
    '1234567890qwertyuiop',
    'iloveyouiloveyouil',
    'aaaaaaaaaaaaaaaa',
    'abcabcabcabcabcabc',
    'secure-biometric',
    'SecureBiometric2026!',
    'alice@example.org',
    'alice@example.org1',
    'administrator123',
  ])('%s', (password) => {
    expect(objection(password)).toMatch(/attackers try these first/);
  });
});

it('changes nothing about a password but its encoding', () => {
  expect(normalizePassword(' Ａ\u0065\u0301 ')).toBe(' Aé ');
});
