import { v7 as uuid } from 'uuid';
import {
  formatRefreshToken,
  hashRefreshToken,
  newRefreshToken,
  newSuccessorSeed,
  parseRefreshToken,
  successorOf,
} from './refresh-token.js';

const token = newRefreshToken(uuid());

it('is read back as it was written, and nothing else is', () => {
  expect(parseRefreshToken(formatRefreshToken(token))).toEqual(token);
  const text = formatRefreshToken(token);
  for (const other of [
    '',
    text.slice(1),
    `${text}x`,
    text.toUpperCase(),
    `${text}\n`,
    text.replace('.', ':'),
  ])
    expect(parseRefreshToken(other)).toBeUndefined();
});

it('has a successor that needs both the token and the seed', () => {
  const seed = newSuccessorSeed();
  const successor = successorOf(token, seed);
  expect(successorOf(token, seed)).toEqual(successor);
  expect(parseRefreshToken(formatRefreshToken(successor))).toEqual(successor);
  const others = [
    token,
    successorOf(token, newSuccessorSeed()),
    successorOf(newRefreshToken(token.sessionId), seed),
    successorOf(successor, seed),
  ];
  for (const other of others) expect(other.secret).not.toBe(successor.secret);
  expect(hashRefreshToken(successor).includes(successor.secret)).toBe(false);
});
