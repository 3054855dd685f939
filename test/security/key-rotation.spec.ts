import fs, { copyFile, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeProtectedHeader } from 'jose';
import { JWKS_MAX_AGE_SECONDS, rotateTokenKeysFile, TokenKeys } from '#access';
import { newTokenKeys } from '#config';
import { createPerson, listSessions, refresh } from '../api/support/person.js';
import { type RelyingParty, TestApi } from '../api/support/test-api.js';
import { until } from '../support/wait.js';

let folder: string;
let file: string;
let nodes: [TestApi, TestApi];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'secure-biometric-rotation-'));
  file = join(folder, 'token-keys.json');
  await writeFile(file, newTokenKeys(), { mode: 0o600 });
  const env = {
    TOKEN_KEYS_FILE: file,
    RATE_LIMIT_PER_MINUTE: '1000000',
    TOKEN_RATE_LIMIT_PER_MINUTE: '1000000',
  };
  const first = await TestApi.start({ env });
  nodes = [first, await TestApi.start({ env, databaseUrl: first.config.DATABASE_URL })];
});
afterAll(async () => {
  await nodes?.[1].close();
  await nodes?.[0].close();
  await rm(folder, { recursive: true, force: true });
});

/** Replaced as a whole, as orchestrators do. */
async function put(text: string): Promise<void> {
  await writeFile(`${file}.new`, text);
  await rename(`${file}.new`, file);
}

const kidOf = (token: string): string => String(decodeProtectedHeader(token).kid);
async function published(node: TestApi): Promise<string[]> {
  const { body } = await node.call('GET', '/.well-known/jwks.json');
  return (body['keys'] as { kid: string }[]).map(({ kid }) => kid);
}
async function fetchToken(node: TestApi, { clientId, clientSecret }: RelyingParty): Promise<string> {
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: clientId,
    client_secret: clientSecret,
  });
  const answer = await node.call('POST', '/v1/oauth/token', { body });
  return String(answer.body['access_token']);
}

it('JWKS says how long it may be kept', async () => {
  const { headers } = await nodes[0].call('GET', '/.well-known/jwks.json');
  expect(headers.get('cache-control')).toBe(`public, max-age=${JWKS_MAX_AGE_SECONDS}`);
});

it('keys rotate twice under load: nothing is refused, on either node, and nobody is logged out', async () => {
  const party = await nodes[0].relyingParty();
  let { refreshToken, token: held } = await createPerson(nodes[0]);
  const refused: unknown[] = [];
  const signedBy = new Set<string>();
  const [oldClient, oldPerson] = [await fetchToken(nodes[0], party), held];
  let answered = 0;
  let over = false;
  const note = (what: string, status: number, wanted: number) => {
    answered += 1;
    if (status !== wanted) refused.push([what, status]);
  };

  /** A service that fetches a token from one node and uses it, and the very first one, on the other. */
  const service = async (at: 0 | 1) => {
    while (!over) {
      const token = await fetchToken(nodes[at], party);
      signedBy.add(kidOf(token));
      for (const each of [token, oldClient])
        note('client', (await nodes[1 - at]!.call('GET', '/v1/captures', { token: each })).status, 200);
    }
  };
  const person = async () => {
    for (let turn = 0; !over; turn++) {
      const { status, body } = await refresh(nodes[turn % 2]!, refreshToken);
      note('refresh', status, 200);
      ({ refreshToken, accessToken: held } = body as { refreshToken: string; accessToken: string });
      for (const each of [held, oldPerson])
        note('person', (await listSessions(nodes[(turn + 1) % 2]!, each)).status, 200);
    }
  };
  const rotate = async () => {
    for (let rotation = 0; rotation < 2; rotation++) {
      const before = new Set(await published(nodes[0]));
      await rotateTokenKeysFile(file, { aheadSeconds: 6 });
      const { keys } = JSON.parse(await readFile(file, 'utf8')) as { keys: [{ kid: string }] };
      const added = keys[0].kid;
      expect(before.has(added)).toBe(false);
      for (const node of nodes) await until(async () => (await published(node)).includes(added));
      await until(() => signedBy.has(added));
    }
  };
  const load = [service(0), service(1), person()];
  try {
    await rotate();
  } finally {
    over = true;
    await Promise.all(load);
  }
  expect(refused).toEqual([]);
  expect(signedBy.size).toBe(3);
  expect(answered).toBeGreaterThan(50);
});

it('a file that is wrong or gone for a while changes nothing, and is told once', async () => {
  const [node] = nodes;
  const party = await node.relyingParty();
  const before = await published(node);
  const changes = node.log.split('token keys changed').length - 1;
  await copyFile(file, `${file}.kept`);
  await put('{"keys": "half');
  const told = (line: string) => node.log.split(`token keys ${line}`).length - 1;
  await until(() => told('not read again') > 0);
  const reads = jest.spyOn(fs, 'readFile');
  await until(() => reads.mock.calls.filter(([path]) => path === file).length >= 4);
  expect(told('not read again')).toBe(1);
  await put('{"keys": "another half');
  await until(() => told('not read again') === 2);
  await rm(file);
  await until(() => told('not read again') === 3);
  expect((await node.call('POST', '/v1/subjects', { token: await fetchToken(node, party) })).status).toBe(
    201,
  );
  expect(await published(node)).toEqual(before);
  expect(told('read again')).toBe(0);
  await rename(`${file}.kept`, file);
  await until(() => told('read again') === 1);
  expect([told('not read again'), told('changed')]).toEqual([3, changes]);
  reads.mockRestore();
});

it('stolen keys are of no use within seconds, and people refresh and go on', async () => {
  const person = await createPerson(nodes[0]);
  await rotateTokenKeysFile(file, { compromised: true });
  for (const node of nodes) await until(async () => (await listSessions(node, person.token)).status === 401);
  const { body } = await refresh(nodes[1], person.refreshToken);
  for (const node of nodes) expect((await listSessions(node, String(body['accessToken']))).status).toBe(200);
});

it('with TOKEN_KEYS_ROTATE_DAYS the API rotates old keys itself, once', async () => {
  const old = join(folder, 'old.json');
  const { keys } = JSON.parse(newTokenKeys()) as { keys: object[] };
  await writeFile(
    old,
    JSON.stringify({ keys: keys.map((key) => ({ ...key, signsFrom: '2026-01-01T00:00:00Z' })) }),
  );
  const env = { TOKEN_KEYS_FILE: old, TOKEN_KEYS_ROTATE_DAYS: '30' };
  const first = await TestApi.start({ env });
  const second = await TestApi.start({ env, databaseUrl: first.config.DATABASE_URL });
  try {
    for (const node of [first, second]) await until(async () => (await published(node)).length === 2);
    expect(TokenKeys.parse(await readFile(old, 'utf8')).published).toHaveLength(2);
    expect([first, second].filter(({ log }) => log.includes('token keys rotated'))).toHaveLength(1);
  } finally {
    await second.close();
    await first.close();
  }
});
