import { hash } from '@node-rs/argon2';
import { Passwords } from './passwords.js';

const passwords = new Passwords();

it('hashes with argon2id, 19 MiB, two passes, one lane, and a salt of its own each time', async () => {
  const [one, two] = [await passwords.hash('mauve otter'), await passwords.hash('mauve otter')];
  expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/);
  expect(one).not.toBe(two);
});

it('knows the password, however it was typed, and no other', async () => {
  const stored = await passwords.hash('caf\u00e9 au lait');
  expect(await passwords.matches(stored, 'cafe\u0301 au lait')).toBe(true);
  for (const other of ['cafe au lait', 'Café au lait', 'café au lait ', ''])
    expect(await passwords.matches(stored, other)).toBe(false);
});

it('verifies to the last character', async () => {
  const long = 'x'.repeat(255);
  const stored = await passwords.hash(`${long}a`);
  expect(await passwords.matches(stored, `${long}a`)).toBe(true);
  expect(await passwords.matches(stored, `${long}b`)).toBe(false);
});

it('never matches where there is nothing to match', async () => {
  for (const password of ['', 'anything']) expect(await passwords.matches(undefined, password)).toBe(false);
});

it('tells a hash of other parameters', async () => {
  expect(passwords.isOutdated(await passwords.hash('x'))).toBe(false);
  expect(passwords.isOutdated(await hash('x', { memoryCost: 8_192, timeCost: 1, parallelism: 1 }))).toBe(
    true,
  );
});

it('refuses what goes beyond the backlog, and takes up again afterwards', async () => {
  const small = new Passwords({ concurrency: 1, backlog: 5 });
  const check = () => small.admit(() => small.matches(undefined, 'guess'));
  const outcomes = await Promise.allSettled(Array.from({ length: 20 }, check));
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
  for (const outcome of outcomes)
    if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'login_busy' });
  await expect(check()).resolves.toBe(false);
});
