import { OperatorToken } from './operator-token.js';

const TOKEN = 'operators-token-of-thirty-two-chars';

it('admits whoever shows it, and nobody else', () => {
  const operators = new OperatorToken(TOKEN);
  expect(operators.isSet).toBe(true);
  expect(operators.admits(`Bearer ${TOKEN}`)).toBe(true);
  expect(operators.admits(`bearer ${TOKEN}`)).toBe(true);
  for (const header of [
    undefined,
    '',
    'Bearer',
    'Bearer ',
    TOKEN,
    `Basic ${TOKEN}`,
    `Bearer ${TOKEN}x`,
    `Bearer ${TOKEN.slice(1)}`,
  ])
    expect([header, operators.admits(header)]).toEqual([header, false]);
});

it('admits nobody where none is configured', () => {
  const operators = new OperatorToken(undefined);
  expect(operators.isSet).toBe(false);
  for (const header of [undefined, 'Bearer undefined', 'Bearer '])
    expect([header, operators.admits(header)]).toEqual([header, false]);
});

it('is too long to guess', () => {
  expect(() => new OperatorToken('short')).toThrow(RangeError);
  expect(() => new OperatorToken('')).toThrow(RangeError);
});
