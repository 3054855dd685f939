import { Revocations } from '#access';
import { Platform } from '#platform';
import { BreakableProxy } from '../api/support/breakable-proxy.js';
import { callElsewhere } from '../api/support/call.js';
import { createPerson, listSessions } from '../api/support/person.js';
import { refusedWithin } from '../api/support/refused-within.js';
import { TestApi } from '../api/support/test-api.js';
import { until } from '../support/wait.js';

/** What the issue promises, on every node. */
const WITHIN_MS = 5_000;

let one: TestApi;
let other: TestApi;

beforeAll(async () => {
  one = await TestApi.start();
  const env = { TOKEN_KEYS_FILE: (one.config.tokenKeys as { file: string }).file };
  other = await TestApi.start({ env, databaseUrl: one.config.DATABASE_URL });
});
afterAll(async () => {
  await other?.close();
  await one?.close();
});

it('a session ended on one node is refused by every node within five seconds', async () => {
  const person = await createPerson(one);
  expect((await listSessions(other, person.token)).status).toBe(200);
  expect((await one.call('POST', '/v1/auth/logout', { token: person.token })).status).toBe(204);
  await Promise.all(
    [one, other].map((node) => refusedWithin(WITHIN_MS, () => listSessions(node, person.token))),
  );
});

it('beyond what a process holds in memory each token is looked up', async () => {
  const people = [await createPerson(one), await createPerson(one), await createPerson(one)];
  const sessionOf = ({ token }: { token: string }) =>
    (JSON.parse(Buffer.from(token.split('.')[1] as string, 'base64url').toString()) as { sid: string }).sid;
  for (const { token } of people.slice(0, 2)) await one.call('POST', '/v1/auth/logout', { token });
  const small = new Revocations(one.app.get(Platform).unitOfWork, 1);
  expect(await Promise.all(people.map((person) => small.includes(sessionOf(person))))).toEqual([
    true,
    true,
    false,
  ]);
});

it('where revocation cannot be known no token is good', async () => {
  const admin = new URL(process.env['TEST_PG_ADMIN_URL'] as string);
  const proxy = await BreakableProxy.to({ host: admin.hostname, port: Number(admin.port || 5432) });
  const node = await TestApi.start({
    env: { TOKEN_KEYS_FILE: (one.config.tokenKeys as { file: string }).file },
    databaseUrl: one.config.DATABASE_URL,
    reach: (url) => Object.assign(new URL(url), { host: `127.0.0.1:${proxy.port}` }).href,
  });
  try {
    const person = await createPerson(node);
    // An address that needs nothing else of the database.
    const nowhere = (token: string) => callElsewhere(`${node.url}/v1/nothing`, 'GET', { token });
    const tokens = [person.token, (await node.relyingParty()).token];
    for (const token of tokens) expect((await nowhere(token)).status).toBe(404);
    proxy.break();
    for (const token of tokens) await until(async () => (await nowhere(token)).code === 'unavailable');
    proxy.mend();
    for (const token of tokens) await until(async () => (await nowhere(token)).status === 404);
  } finally {
    await node.close();
    await proxy.close();
  }
});
