import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { pictures } from '../api/support/pictures.js';
import { type RelyingParty, TestApi } from '../api/support/test-api.js';

/** Where hashes, wrapped keys and sealed bytes belong; everything else of a row is searched as text. */
const SEALED_COLUMNS = [
  'secret_hash',
  'page_code_hash',
  'submission_digest',
  'wrapped_key',
  'sealed_template',
];

let api: TestApi;
let party: RelyingParty;
let frames: Buffer[];
/** Everything that must be found nowhere, by name. */
const planted = new Map<string, string>();

beforeAll(async () => {
  api = await TestApi.start({ env: { LOG_LEVEL: 'trace' } });
  party = await api.relyingParty();
  frames = await pictures(6);
  await run();
});
afterAll(() => api.close());

/** A whole run through the API, with every secret once where it belongs and once where it does not. */
async function run(): Promise<void> {
  const basic = Buffer.from(`${party.clientId}:${party.clientSecret}`).toString('base64');
  const body = new URLSearchParams({ grant_type: 'client_credentials' });
  const granted = await api.call('POST', '/v1/oauth/token', {
    body,
    headers: { authorization: `Basic ${basic}` },
  });
  const token = String(granted.body['access_token']);
  const client = api.as(token);
  const subjectId = await client.consentingSubject();
  const created = await client.create({ purpose: 'liveness', subjectId });
  const exchanged = await api.call('POST', '/v1/capture-credentials', { json: { code: created.pageCode } });
  const credential = String(exchanged.body['credential']);
  await api.as(credential).start(created.id);

  const { clientSecret } = party;
  const [, pageSecret] = created.pageCode.split('.') as [string, string];
  for (const [name, value] of Object.entries({ basic, token, credential, clientSecret, pageSecret }))
    planted.set(name, value);
  planted.set('signature of the token', token.split('.')[2] as string);
  for (const encoding of ['base64', 'hex', 'latin1'] as const)
    planted.set(`a frame as ${encoding}`, (frames[2] as Buffer).subarray(40, 80).toString(encoding));
  const { keys } = JSON.parse(readFileSync((api.config.tokenKeys as { file: string }).file, 'utf8')) as {
    keys: [{ d: string }];
  };
  planted.set('the signing key', keys[0].d);

  await api.as(credential).sendFrames(created.id, frames);
  await api.as(credential).sendFrames(created.id, [...frames].reverse());
  await api.call('POST', '/v1/capture-credentials', { json: { code: created.pageCode } });
  await api.call('POST', '/v1/capture-credentials', {
    json: { code: created.pageCode, [clientSecret]: token },
  });
  await api.call('GET', `/v1/captures/${created.id}?token=${token}&code=${created.pageCode}`, { token });
  await api.call('GET', `/v1/${clientSecret}/${pageSecret}`, {
    headers: { cookie: `session=${credential}` },
  });
  await api.call('GET', `/v1/captures/%zz${clientSecret}`);
  await api.call('POST', '/v1/captures', { token, json: { purpose: clientSecret, subjectId: pageSecret } });
  await api.call('POST', '/v1/captures', {
    token,
    body: `{"secret":"${clientSecret}`,
    headers: { 'content-type': 'application/json' },
  });
  await api.call('POST', '/v1/oauth/token', {
    json: { grant_type: clientSecret, client_id: clientSecret, client_secret: clientSecret, scope: token },
  });
  await api.call('POST', '/v1/oauth/token', {
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: party.clientId,
      client_secret: pageSecret,
    }),
  });
  await api.sql('ALTER TABLE subjects RENAME TO subjects_away');
  await api.call('POST', '/v1/subjects', { token });
  await api.call('POST', '/v1/captures', { token, json: { purpose: 'liveness', subjectId } });
  await api.sql('ALTER TABLE subjects_away RENAME TO subjects');
}

function expectNothingPlantedIn(text: string): void {
  const found = [...planted].filter(([, value]) => text.includes(value)).map(([name]) => name);
  expect(found).toEqual([]);
}

it('the logs were written, also of refusals and failures', () => {
  expect(api.log).toMatch('"msg":"request"');
  expect(api.log).toMatch('"msg":"request refused"');
  expect(api.log).toMatch('"msg":"request failed"');
  expect(planted.size).toBeGreaterThan(8);
});

it('no log line holds a secret, a token or a frame', () => {
  expectNothingPlantedIn(api.log);
  expectNothingPlantedIn(JSON.stringify(api.log));
});

it('no row holds one, except as a hash or sealed', async () => {
  const tables = await api.sql<{ name: string }>(
    `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'`,
  );
  let rows = 0;
  for (const { name } of tables) {
    const found = await api.sql<{ row: string }>(
      `SELECT (to_jsonb(entry) - $1::text[])::text AS row FROM "${name}" AS entry`,
      [SEALED_COLUMNS],
    );
    rows += found.length;
    expectNothingPlantedIn(found.map(({ row }) => row).join('\n'));
  }
  expect(rows).toBeGreaterThan(20);
});

it('a hash column holds no secret in clear', async () => {
  const [client] = await api.sql<{ secret_hash: Buffer }>('SELECT secret_hash FROM clients WHERE id = $1', [
    party.clientId,
  ]);
  const [capture] = await api.sql<{ page_code_hash: Buffer }>('SELECT page_code_hash FROM captures LIMIT 1');
  expect(client?.secret_hash).toHaveLength(32);
  expect(capture?.page_code_hash).toHaveLength(32);
  for (const bytes of [client?.secret_hash, capture?.page_code_hash] as Buffer[])
    expectNothingPlantedIn(bytes.toString('latin1'));
});

it('no blob holds a frame in clear', async () => {
  const { files } = await api.footprint();
  expect(files).toHaveLength(frames.length);
  for (const file of files) {
    const bytes = await readFile(String(file));
    for (const frame of frames) expect(bytes.includes(frame.subarray(20, 40))).toBe(false);
  }
});
