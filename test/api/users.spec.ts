import { ROLE_SCOPES } from '#access';
import { until } from '../support/wait.js';
import { createPerson, listSessions, logIn, type Person, refresh } from './support/person.js';
import { TestApi } from './support/test-api.js';

let api: TestApi;
let admin: Person;

beforeAll(async () => (api = await TestApi.start()));
afterAll(() => api.close());
beforeEach(async () => (admin = await createPerson(api)));

const asAdmin = (method: string, path: string, json?: unknown, token = admin.token) =>
  api.call(method, `/v1/users${path}`, { token, json });
const patch = (id: string, json: unknown) => asAdmin('PATCH', `/${id}`, json);
const trail = async () =>
  (
    await api.sql<{ what: string }>(
      `SELECT action || ' ' || detail::text AS what FROM audit_events WHERE tenant_id = $1 AND actor_id = $2 ORDER BY occurred_at, id`,
      [admin.tenantId, admin.userId],
    )
  ).map(({ what }) => what);

it('a user is made with a password that is shown once and lasts three days', async () => {
  const created = await asAdmin('POST', '', {
    name: 'Carol@Example.org',
    roles: ['reviewer', 'auditor', 'auditor'],
  });
  expect([created.status, created.headers.get('cache-control')]).toEqual([201, 'no-store']);
  expect(created.body).toMatchObject({
    name: 'carol@example.org',
    roles: ['auditor', 'reviewer'],
    disabledAt: null,
  });
  expect(created.body['initialPassword']).toMatch(/^[\w-]{22}$/);
  const read = await asAdmin('GET', `/${String(created.body['id'])}`);
  const { initialPassword, ...rest } = created.body;
  expect(read.body).toEqual(rest);
  const hours = (Date.parse(String(read.body['initialPasswordUntil'])) - Date.now()) / 3_600_000;
  expect(Math.round(hours)).toBe(72);
  const login = { tenant: admin.tenant, name: 'carol@example.org', password: String(initialPassword) };
  expect((await logIn(api, login)).body['passwordChangeRequired']).toBe(true);
});

it('what is no name or no role is refused', async () => {
  for (const json of [
    { name: 'dave', roles: [] },
    { name: 'dave', roles: ['root'] },
    { name: 'dave', roles: 'admin' },
    { name: 'dave' },
    { name: ' dave', roles: ['admin'] },
    { name: 'da ve', roles: ['admin'] },
    { name: '<dave>', roles: ['admin'] },
    { name: 'dave', roles: ['admin'], password: 'chosen by the administrator' },
  ])
    expect((await asAdmin('POST', '', json)).code).toBe('validation_failed');
});

it('are listed by name, page by page, those of the tenant only', async () => {
  for (const name of ['b', 'a', 'c']) await asAdmin('POST', '', { name, roles: ['auditor'] });
  const names: string[] = [];
  let cursor: string | null = null;
  do {
    const query: string = cursor ? `?limit=2&cursor=${cursor}` : '?limit=2';
    const { body } = await asAdmin('GET', query);
    names.push(...(body['items'] as { name: string }[]).map(({ name }) => name));
    cursor = body['nextCursor'] as string | null;
  } while (cursor);
  expect(names).toEqual(['a', 'b', 'c', admin.name]);
  expect((await asAdmin('GET', '?cursor=%20')).code).toBe('validation_failed');
});

it('other roles hold at once: the sessions end, and the next login has the new scopes', async () => {
  const person = await createPerson(api, { tenant: admin.tenant, roles: ['auditor'] });
  const { body } = await patch(person.userId, { roles: ['reviewer'] });
  expect(body['roles']).toEqual(['reviewer']);
  expect((await refresh(api, person.refreshToken)).status).toBe(401);
  await until(async () => (await listSessions(api, person.token)).status === 401);
  expect((await logIn(api, person)).body['scope']).toBe(ROLE_SCOPES.reviewer.join(' '));
  expect((await trail()).at(-2)).toBe('user.roles_changed {"after": "reviewer", "before": "auditor"}');
});

it('what a change does not name stays, and null names nothing', async () => {
  const person = await createPerson(api, { tenant: admin.tenant, roles: ['auditor'] });
  for (const json of [{}, { roles: null, disabled: null }]) {
    const { status, body } = await patch(person.userId, json);
    expect([status, body['roles'], body['disabledAt']]).toEqual([200, ['auditor'], null]);
  }
  expect((await refresh(api, person.refreshToken)).status).toBe(200);
});

it('a disabled person is out and cannot come in, until enabled', async () => {
  const person = await createPerson(api, { tenant: admin.tenant });
  expect((await patch(person.userId, { disabled: true })).body['disabledAt']).not.toBeNull();
  await until(async () => (await listSessions(api, person.token)).status === 401);
  expect((await refresh(api, person.refreshToken)).status).toBe(401);
  const wrong = await logIn(api, { ...person, password: 'wrong' });
  const right = await logIn(api, person);
  expect([right.status, { ...right.body, errorId: '' }]).toEqual([401, { ...wrong.body, errorId: '' }]);
  expect((await patch(person.userId, { disabled: false })).body['disabledAt']).toBeNull();
  expect((await logIn(api, person)).status).toBe(200);
});

it('a reset draws a password, ends the sessions and forgets the devices', async () => {
  const person = await createPerson(api, { tenant: admin.tenant });
  const { status, body } = await asAdmin('POST', `/${person.userId}/password-reset`);
  expect(status).toBe(200);
  await until(async () => (await listSessions(api, person.token)).status === 401);
  expect((await logIn(api, person)).status).toBe(401);
  const password = String(body['initialPassword']);
  const known = await logIn(api, { ...person, password }, { deviceToken: person.deviceToken });
  expect(known.body['deviceToken']).toBeDefined();
  const handed = await logIn(api, { ...person, password }, { deviceToken: String(body['deviceToken']) });
  expect(handed.body).toMatchObject({ passwordChangeRequired: true });
  expect(handed.body['deviceToken']).toBeUndefined();
});

describe('the last administrator', () => {
  it('keeps the role and stays enabled; others need not', async () => {
    const auditor = await createPerson(api, { tenant: admin.tenant, roles: ['auditor'] });
    for (const changes of [
      { disabled: true },
      { roles: ['auditor'] },
      { roles: ['auditor'], disabled: true },
    ])
      expect((await patch(admin.userId, changes)).code).toBe('last_admin');
    expect((await patch(admin.userId, { roles: ['admin', 'auditor'] })).status).toBe(200);
    const again = String((await logIn(api, admin)).body['accessToken']);
    expect((await asAdmin('PATCH', `/${auditor.userId}`, { disabled: true }, again)).status).toBe(200);
  });

  it('stays when two take the role from each other at once', async () => {
    for (let round = 0; round < 5; round++) {
      const one = await createPerson(api);
      const other = await createPerson(api, { tenant: one.tenant });
      const answers = await Promise.all([
        asAdmin('PATCH', `/${other.userId}`, { disabled: true }, one.token),
        asAdmin('PATCH', `/${one.userId}`, { disabled: true }, other.token),
      ]);
      expect(answers.map(({ code }) => code).filter((code) => code === 'last_admin')).toHaveLength(1);
      const [left] = await api.sql<{ n: number }>(
        'SELECT count(*)::int AS n FROM users WHERE tenant_id = $1 AND disabled_at IS NULL',
        [one.tenantId],
      );
      expect(left?.n).toBe(1);
    }
  });

  it('is one of each tenant: the administrators of others do not count', async () => {
    await createPerson(api);
    expect((await patch(admin.userId, { disabled: true })).code).toBe('last_admin');
  });
});

it("another tenant's administrator finds nobody", async () => {
  const stranger = await createPerson(api);
  const ask = (method: string, path: string, json?: unknown) =>
    asAdmin(method, `/${admin.userId}${path}`, json, stranger.token);
  for (const answer of [
    await ask('GET', ''),
    await ask('PATCH', '', { disabled: true }),
    await ask('POST', '/password-reset'),
  ])
    expect([answer.status, answer.code]).toEqual([404, 'user_not_found']);
  expect((await logIn(api, admin)).status).toBe(200);
});
