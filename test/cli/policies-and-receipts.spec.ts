import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { JSONWebKeySet } from 'jose';
import { newTokenKeys } from '#config';
import { builtEntry } from '#supervisor';
import { Fixtures } from '../api/support/fixtures.js';
import { pictures } from '../api/support/pictures.js';
import { type RelyingParty, TestApi } from '../api/support/test-api.js';

let folder: string;
let api: TestApi;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'secure-biometric-cli-'));
  api = await TestApi.start();
});
afterAll(async () => {
  await api?.close();
  await rm(folder, { recursive: true, force: true });
});

function cli(args: string[], env: NodeJS.ProcessEnv = {}, input?: string) {
  const { DATABASE_URL } = api.config;
  const running = promisify(execFile)(process.execPath, [builtEntry('apps/cli/src/main.ts'), ...args], {
    env: { PATH: process.env.PATH, DATA_DIR: folder, DATABASE_URL, ...env },
  });
  running.child.stdin?.end(input ?? '');
  return running;
}

describe('receipt', () => {
  let party: RelyingParty;
  let file: string;
  let keys: string;
  let captureId: string;

  beforeAll(async () => {
    party = await api.relyingParty();
    captureId = await api.as(party.token).submitted({ purpose: 'liveness' }, await pictures(5));
    await new Fixtures(api).decide(captureId);
    const receipt = await api.call('GET', `/v1/captures/${captureId}/receipt`, { token: party.token });
    file = join(folder, 'receipt.jwt');
    await writeFile(file, `${receipt.text}\n`);
    keys = join(folder, 'receipt-jwks.json');
    await writeFile(keys, (await api.call('GET', '/.well-known/receipt-jwks.json')).text);
  });

  const verify = (...more: string[]) => cli(['receipt', 'verify', ...more]);

  it('verify prints what a valid one says: from a file or a pipe, with keys from a file or the network', async () => {
    const audience = ['--audience', party.clientId];
    const offline = await verify(file, ...audience, '--jwks', keys, '--issuer', 'secure-biometric');
    expect(JSON.parse(offline.stdout)).toMatchObject({
      jti: captureId,
      outcome: 'rejected',
      aud: party.clientId,
    });
    const online = await cli(
      ['receipt', 'verify', '-', ...audience],
      { PUBLIC_URL: api.url },
      await readFile(file, 'utf8'),
    );
    expect(online.stdout).toBe(offline.stdout);
  });

  it.each<[string, () => Promise<unknown>]>([
    ['wrong_audience', () => verify(file, '--audience', 'somebody-else', '--jwks', keys)],
    ['wrong_nonce', () => verify(file, '--audience', party.clientId, '--jwks', keys, '--nonce', 'another')],
    [
      'bad_signature',
      async () => {
        const text = (await readFile(file, 'utf8')).trim();
        const [header, payload, signature] = text.split('.') as [string, string, string];
        const other = join(folder, 'changed.jwt');
        await writeFile(
          other,
          [header, payload, `${signature[0] === 'A' ? 'B' : 'A'}${signature.slice(1)}`].join('.'),
        );
        return verify(other, '--audience', party.clientId, '--jwks', keys);
      },
    ],
  ])('verify ends with 1 on %s', async (fault, attempt) => {
    const refused = await attempt().catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 1, stderr: `error: The receipt is not valid: ${fault}\n` });
  });

  it('rotate-keys draws a new key and keeps the public half of the one before, for its owner only', async () => {
    const set = join(folder, 'receipt-keys.json');
    await writeFile(set, newTokenKeys(), { mode: 0o600 });
    const [before] = (JSON.parse(await readFile(set, 'utf8')) as JSONWebKeySet).keys;
    const { stdout } = await cli(['receipt', 'rotate-keys', set]);
    const after = (JSON.parse(await readFile(set, 'utf8')) as JSONWebKeySet).keys;
    expect(after.map(({ kid, d }) => [kid === before?.kid, d === undefined])).toEqual([
      [false, false],
      [true, true],
    ]);
    expect((await stat(set)).mode & 0o777).toBe(0o600);
    expect(stdout).not.toContain(after[0]?.d);
    await expect(cli(['receipt', 'rotate-keys', keys])).rejects.toThrow('the first key must be private');
  });
});

describe('policies', () => {
  it('are added at once, listed, and activated with every weakening named', async () => {
    const added = await cli(['policies', 'add', '--comparison-threshold', '0.7']);
    expect(JSON.parse(added.stdout)).toMatchObject({ version: 1, comparisonThreshold: 0.7 });
    await expect(cli(['policies', 'activate', '0'])).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining('comparisonThreshold') as string,
    });
    const { stdout } = await cli(['policies', 'activate', '0', '--accept-weakening', 'comparisonThreshold']);
    expect(stdout).toBe('version 0 is active\n');
    const lines = (await cli(['policies', 'list'])).stdout.trim().split('\n');
    expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([
      { version: 1, active: false },
      { version: 0, active: true },
    ]);
  });

  it('warn of one that judges no liveness', async () => {
    const { stdout } = await cli(['policies', 'add', '--required-pad-level', 'none']);
    expect(stdout).toContain('WARNING');
  });
});
