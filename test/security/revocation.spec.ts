import { ClientAdministration, ClientStandings, Revocations, SCOPES } from '#access';
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

it('a token of a client that was disabled is refused without a query each time', async () => {
  const { unitOfWork } = one.app.get(Platform);
  const { tenantId, clientId } = await one.relyingParty();
  const administration = one.app.get(ClientAdministration);
  const by = { tenantId, actor: { kind: 'system' as const }, scopes: new Set(SCOPES) };
  const queries = jest.spyOn(unitOfWork, 'inTenant');
  try {
    const standings = new ClientStandings(unitOfWork);
    const admit = (tokenGeneration: number) =>
      standings.admit({ kind: 'client', tenantId, clientId, scopes: new Set(), tokenGeneration });
    await admit(0);
    await administration.disable(by, clientId);
    const isRefused = () =>
      admit(0).then(
        () => false,
        () => true,
      );
    await until(isRefused);
    queries.mockClear();
    for (let i = 0; i < 200; i++) await expect(admit(0)).rejects.toMatchObject({ code: 'unauthenticated' });
    expect(queries.mock.calls.length).toBeLessThan(20);
    await administration.enable(by, clientId);
    await admit(1);
    await expect(admit(0)).rejects.toMatchObject({ code: 'unauthenticated' });
  } finally {
    queries.mockRestore();
  }
});

it('a token of an ended session is refused from memory, however often it is sent', async () => {
  const person = await createPerson(one);
  await one.call('POST', '/v1/auth/logout', { token: person.token });
  await refusedWithin(WITHIN_MS, () => listSessions(one, person.token));
  const { unitOfWork } = one.app.get(Platform);
  const inTenant = jest.spyOn(unitOfWork, 'inTenant');
  const inSystem = jest.spyOn(unitOfWork, 'inSystem');
  try {
    for (let i = 0; i < 200; i++) expect((await listSessions(one, person.token)).status).toBe(401);
    // What the process reads every second, whoever calls.
    expect(inTenant.mock.calls.length + inSystem.mock.calls.length).toBeLessThan(100);
  } finally {
    inTenant.mockRestore();
    inSystem.mockRestore();
  }
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
