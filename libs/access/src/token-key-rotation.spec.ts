import { chmod, lstat, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newTokenKeys } from '#config';
import {
  JWKS_MAX_AGE_SECONDS,
  PUBLISHED_AHEAD_SECONDS,
  rotateTokenKeys,
  rotateTokenKeysFile,
} from './token-key-rotation.js';
import { TokenKeys } from './token-keys.js';

const DAY_MS = 86_400_000;
const AHEAD_MS = PUBLISHED_AHEAD_SECONDS * 1_000;

/** As it was made by the version before: no times. */
function withoutTimes(): string {
  const { keys } = JSON.parse(newTokenKeys()) as { keys: object[] };
  return JSON.stringify({ keys: keys.map((key) => ({ ...key, signsFrom: undefined })) });
}
const kids = (keys: TokenKeys): string[] => keys.published.map(({ kid }) => kid);

function atTime(ms: number): number {
  jest.useFakeTimers({ now: ms });
  return ms;
}
afterEach(() => jest.useRealTimers());

it.each([
  ['drawn now', newTokenKeys],
  ['of the version before', withoutTimes],
])(
  'a key %s goes on signing until the new one was published long enough, and stays a day',
  (_which, make) => {
    jest.useFakeTimers({ now: Date.now(), doNotFake: ['nextTick', 'setImmediate'] });
    const start = Date.now() + 1_000;
    atTime(start);
    const json = make();
    const before = TokenKeys.parse(json).signing.kid;
    const keys = TokenKeys.parse(rotateTokenKeys(json) as string);
    const [added] = kids(keys).filter((kid) => kid !== before) as [string];
    expect(kids(keys)).toHaveLength(2);
    expect(keys.signing.kid).toBe(before);
    atTime(start + AHEAD_MS - 1);
    expect(keys.signing.kid).toBe(before);
    atTime(start + AHEAD_MS);
    expect(keys.signing.kid).toBe(added);
    expect(keys.verificationKey(before)).toBeDefined();
    atTime(start + AHEAD_MS + DAY_MS - 1);
    expect(kids(keys)).toContain(before);
    atTime(start + AHEAD_MS + DAY_MS);
    expect(kids(keys)).toEqual([added]);
    expect(keys.verificationKey(before)).toBeUndefined();
    expect(keys.signing.kid).toBe(added);
  },
);

it('a new key is published longer than any cache keeps the old set', () => {
  expect(PUBLISHED_AHEAD_SECONDS).toBeGreaterThanOrEqual(2 * JWKS_MAX_AGE_SECONDS);
});

it('rotating again and again loses no key before its time, and leaves out what is past it', () => {
  const start = atTime(Date.now());
  let json = newTokenKeys();
  for (let week = 1; week <= 3; week++) {
    atTime(start + week * 7 * DAY_MS);
    json = rotateTokenKeys(json) as string;
  }
  expect((JSON.parse(json) as { keys: unknown[] }).keys).toHaveLength(2);
  json = newTokenKeys();
  for (let times = 0; times < 3; times++) json = rotateTokenKeys(json) as string;
  expect(kids(TokenKeys.parse(json))).toHaveLength(4);
});

it('what is young enough is left as it is', () => {
  const json = newTokenKeys();
  expect(rotateTokenKeys(json, { ifOlderThanDays: 30 })).toBeUndefined();
  expect(rotateTokenKeys(withoutTimes(), { ifOlderThanDays: 30 })).toBeDefined();
  atTime(Date.now() + 31 * DAY_MS);
  expect(rotateTokenKeys(json, { ifOlderThanDays: 30 })).toBeDefined();
});

it('after a theft the new key alone is left, and signs at once', () => {
  const json = newTokenKeys();
  const keys = TokenKeys.parse(rotateTokenKeys(json, { compromised: true }) as string);
  expect(kids(keys)).toHaveLength(1);
  expect(keys.signing.kid).not.toBe(TokenKeys.parse(json).signing.kid);
});

describe('the file', () => {
  let folder: string;
  let path: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'secure-biometric-keys-'));
    path = join(folder, 'token-keys.json');
    await writeFile(path, newTokenKeys(), { mode: 0o600 });
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('is replaced as a whole, with its rights, and nothing lies about', async () => {
    await chmod(path, 0o640);
    expect(await rotateTokenKeysFile(path)).toBe(true);
    expect((await stat(path)).mode & 0o777).toBe(0o640);
    expect(kids(TokenKeys.parse(await readFile(path, 'utf8')))).toHaveLength(2);
    expect(await readdir(folder)).toEqual(['token-keys.json']);
  });

  it('rotated by several at once gains a key for each, or one for all who ask only when it is old', async () => {
    await Promise.all(Array.from({ length: 4 }, () => rotateTokenKeysFile(path)));
    expect(kids(TokenKeys.parse(await readFile(path, 'utf8')))).toHaveLength(5);
    await writeFile(path, withoutTimes());
    const outcomes = await Promise.all(
      Array.from({ length: 4 }, () => rotateTokenKeysFile(path, { ifOlderThanDays: 1 })),
    );
    expect(outcomes.filter(Boolean)).toHaveLength(1);
  });

  it('behind a link is replaced where it lies', async () => {
    const link = join(folder, 'link.json');
    await symlink(path, link);
    expect(await rotateTokenKeysFile(link)).toBe(true);
    expect((await lstat(link)).isSymbolicLink()).toBe(true);
    expect(kids(TokenKeys.parse(await readFile(path, 'utf8')))).toHaveLength(2);
  });

  it('that is none is left alone', async () => {
    await writeFile(path, '{"keys":[]}');
    await expect(rotateTokenKeysFile(path)).rejects.toThrow(/^Token keys: /);
    expect(await readFile(path, 'utf8')).toBe('{"keys":[]}');
    expect(await readdir(folder)).toEqual(['token-keys.json']);
  });
});
