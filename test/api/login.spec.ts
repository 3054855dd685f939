import { randomBytes } from 'node:crypto';
import { hash } from '@node-rs/argon2';
import { decodeJwt } from 'jose';
import { Clients, LoginBackoff, Passwords, ROLE_SCOPES, UserPasswords, Users } from '#access';
import { Platform } from '#platform';
import { until } from '../support/wait.js';
import { createPerson, listSessions, logIn, type Person, refresh } from './support/person.js';
import { TestApi } from './support/test-api.js';

const NEW_PASSWORD = 'mauve otter lampion quay';

let api: TestApi;

beforeAll(async () => (api = await TestApi.start()));
afterAll(() => api.close());

const trailOf = (tenantId: string) =>
  api.sql<{ action: string; actor_kind: string; detail: Record<string, unknown> }>(
    `SELECT action, outcome, actor_kind, actor_id, target_kind, target_id, detail FROM audit_events
     WHERE tenant_id = $1 AND action LIKE 'user.%' ORDER BY occurred_at, id`,
    [tenantId],
  );
const change = (token: string, currentPassword: string, newPassword: string) =>
  api.call('POST', '/v1/auth/password', { token, json: { currentPassword, newPassword } });
const ended = (token: string) => until(async () => (await listSessions(api, token)).status === 401);

/** A user whose password is one that was handed out. */
async function handedOut(): Promise<{ tenant: string; name: string; password: string; id: string }> {
  const tenant = randomBytes(8).toString('hex');
  const tenantId = await api.app.get(Clients).tenant(tenant);
  const caller = { tenantId, actor: { kind: 'system' as const } };
  const user = await api.app.get(Users).create(caller, { name: 'Bob', roles: ['auditor'] });
  return { tenant, name: 'bob', password: user.initialPassword as string, id: user.id };
}

/** Has the password kept as a hash of weaker parameters. */
async function outdate({ userId, password }: Pick<Person, 'userId' | 'password'>): Promise<void> {
  const weak = await hash(password, { memoryCost: 8_192, timeCost: 1, parallelism: 1 });
  await api.sql('UPDATE users SET password_hash = $2 WHERE id = $1', [userId, weak]);
}

describe('a login', () => {
  it('gives tokens for the scopes of the roles, in a session of its own', async () => {
    const person = await createPerson(api, { roles: ['auditor', 'reviewer'] });
    const { status, headers, body } = await logIn(api, { ...person, name: person.name.toUpperCase() });
    expect([status, headers.get('cache-control')]).toEqual([200, 'no-store']);
    const scopes = new Set([...ROLE_SCOPES.auditor, ...ROLE_SCOPES.reviewer]);
    expect(new Set(String(body['scope']).split(' '))).toEqual(scopes);
    expect(body).toMatchObject({ tokenType: 'Bearer', expiresIn: 900, passwordChangeRequired: false });
    const claims = decodeJwt(String(body['accessToken']));
    expect(claims).toMatchObject({ sub: person.userId, tid: person.tenantId, amr: ['pwd'] });
    expect(claims['sid']).not.toBe(decodeJwt(person.token)['sid']);
    expect((await api.call('GET', '/v1/captures', { token: String(body['accessToken']) })).status).toBe(200);
  });

  it('is in the trail, and so is every refusal, without a name that is nobody’s', async () => {
    const person = await createPerson(api);
    const typed = `typed-${randomBytes(8).toString('hex')}`;
    await logIn(api, { ...person, password: 'wrong' });
    await logIn(api, { ...person, name: typed, password: typed });
    await logIn(api, { ...person, tenant: typed });
    const { sid } = decodeJwt(person.token);
    const target = { target_kind: 'user', target_id: person.userId };
    const nobody = { target_kind: null, target_id: null };
    const refused = {
      action: 'user.login_refused',
      outcome: 'refused',
      actor_kind: 'anonymous',
      actor_id: null,
    };
    const detail = { reason: 'credentials', knownDevice: false };
    expect((await trailOf(person.tenantId)).slice(1)).toEqual([
      {
        action: 'user.logged_in',
        outcome: 'success',
        actor_kind: 'user',
        actor_id: person.userId,
        ...target,
        detail: { session: sid, knownDevice: false },
      },
      { ...refused, ...target, detail },
      { ...refused, ...nobody, detail },
    ]);
    const [platform] = await api.sql<{ id: string }>(`SELECT id FROM tenants WHERE name = 'platform'`);
    expect((await trailOf(platform?.id as string)).at(-1)).toEqual({ ...refused, ...nobody, detail });
    const [found] = await api.sql<{ n: number }>(
      'SELECT count(*)::int AS n FROM audit_events e WHERE e::text LIKE $1',
      [`%${typed}%`],
    );
    expect([found?.n, api.log.includes(typed), api.log.includes(person.password)]).toEqual([0, false, false]);
  });

  it('brings a hash of other parameters up to date', async () => {
    const person = await createPerson(api);
    await outdate(person);
    expect((await logIn(api, person)).status).toBe(200);
    const [row] = await api.sql<{ stored: string }>(
      'SELECT password_hash AS stored FROM users WHERE id = $1',
      [person.userId],
    );
    expect(row?.stored).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect((await logIn(api, person)).status).toBe(200);
  });

  it('that does so is in no way of another one, nor of a change of the password', async () => {
    const person = await createPerson(api);
    for (let round = 0; round < 6; round++) {
      await outdate(person);
      const answers = await Promise.all([1, 2, 3].map(() => logIn(api, person)));
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    }
    let { password } = person;
    for (let round = 0; round < 4; round++) {
      const token = String((await logIn(api, { ...person, password })).body['accessToken']);
      await outdate({ ...person, password });
      const next = `${NEW_PASSWORD} ${round}`;
      const [changed, login] = await Promise.all([
        change(token, password, next),
        logIn(api, { ...person, password }),
      ]);
      expect(changed.status).toBe(204);
      expect([200, 401]).toContain(login.status);
      expect((await logIn(api, { ...person, password })).code).toBe('invalid_credentials');
      password = next;
    }
  });

  it('with a body that is no login is refused by the members', async () => {
    for (const json of [
      {},
      { name: 'a' },
      { name: ['a'], password: 'b' },
      { name: 'a', password: 'x'.repeat(2_000) },
    ])
      expect((await api.call('POST', '/v1/auth/login', { json })).code).toBe('validation_failed');
  });
});

describe('a password that was handed out', () => {
  it('opens nothing but the choice of another one', async () => {
    const user = await handedOut();
    const first = await logIn(api, user);
    expect(first.body).toMatchObject({ scope: '', passwordChangeRequired: true });
    const token = String(first.body['accessToken']);
    expect((await api.call('GET', '/v1/users', { token })).code).toBe('insufficient_scope');
    expect((await change(token, user.password, user.password)).code).toBe('password_refused');
    expect((await change(token, user.password, NEW_PASSWORD)).status).toBe(204);
    const { body } = await refresh(api, String(first.body['refreshToken']));
    expect(body).toMatchObject({ passwordChangeRequired: false, scope: ROLE_SCOPES.auditor.join(' ') });
    expect((await api.call('GET', '/v1/users', { token: String(body['accessToken']) })).status).toBe(200);
    expect((await logIn(api, user)).code).toBe('invalid_credentials');
  });

  it('is no password any more after its time, in the same words as a wrong one', async () => {
    const user = await handedOut();
    const wrong = await logIn(api, { ...user, password: 'wrong' });
    await api.sql(`UPDATE users SET initial_password_until = now() - interval '1 second' WHERE id = $1`, [
      user.id,
    ]);
    const late = await logIn(api, user);
    expect([late.status, { ...late.body, errorId: '' }]).toEqual([401, { ...wrong.body, errorId: '' }]);
  });
});

describe('a change of the password', () => {
  it('ends every other session and keeps this one', async () => {
    const person = await createPerson(api);
    const other = await logIn(api, person);
    expect((await change(person.token, person.password, NEW_PASSWORD)).status).toBe(204);
    await ended(String(other.body['accessToken']));
    expect((await refresh(api, String(other.body['refreshToken']))).code).toBe('refresh_token_invalid');
    expect((await listSessions(api, person.token)).status).toBe(200);
    expect((await refresh(api, person.refreshToken)).status).toBe(200);
    expect((await logIn(api, person)).status).toBe(401);
    expect((await logIn(api, { ...person, password: NEW_PASSWORD })).status).toBe(200);
  });

  it('needs the old one, which cannot be guessed in a stolen session', async () => {
    const person = await createPerson(api);
    const codes: unknown[] = [];
    for (let i = 0; i < 7; i++) codes.push((await change(person.token, `guess ${i}`, NEW_PASSWORD)).code);
    expect(codes).toEqual([
      ...Array<string>(5).fill('invalid_credentials'),
      'login_delayed',
      'login_delayed',
    ]);
    expect((await change(person.token, person.password, NEW_PASSWORD)).code).toBe('login_delayed');
    expect((await logIn(api, person)).status).toBe(200);
    const actions = (await trailOf(person.tenantId)).map(({ action }) => action);
    expect(actions.filter((action) => action === 'user.password_refused')).toHaveLength(5);
  });

  it('that is refused because too many are checked is no guess', async () => {
    const person = await createPerson(api);
    const sessionId = String(decodeJwt(person.token)['sid']);
    const busy = new UserPasswords(
      api.app.get(Platform).unitOfWork,
      new Passwords({ concurrency: 1, backlog: 0 }),
      api.app.get(LoginBackoff),
    );
    const caller = { tenantId: person.tenantId, actor: { kind: 'user' as const, id: person.userId } };
    for (let times = 0; times < 7; times++)
      await expect(
        busy.change(
          caller,
          { userId: person.userId, sessionId },
          { current: person.password, next: NEW_PASSWORD },
        ),
      ).rejects.toMatchObject({ code: 'login_busy' });
    expect((await change(person.token, person.password, NEW_PASSWORD)).status).toBe(204);
  });

  it('says why a password cannot be chosen, and keeps the old one', async () => {
    const person = await createPerson(api);
    const refusals = {
      short: /at least 15/,
      passwordpassword: /attackers try these first/,
      [person.password]: /another one/,
    };
    for (const [password, reason] of Object.entries(refusals)) {
      const { status, body } = await change(person.token, person.password, password);
      expect([status, body['errors']]).toEqual([
        422,
        [{ member: 'newPassword', rule: expect.stringMatching(reason) as unknown }],
      ]);
    }
    expect((await logIn(api, person)).status).toBe(200);
  });
});

describe('sessions', () => {
  let person: Person;
  let second: { accessToken: string };
  const idOf = (token: string) => String(decodeJwt(token)['sid']);

  beforeEach(async () => {
    person = await createPerson(api);
    second = (await logIn(api, person)).body as { accessToken: string };
  });

  it('are listed for their person alone', async () => {
    const stranger = await createPerson(api, { tenant: person.tenant });
    const { body } = await listSessions(api, person.token);
    const items = body['items'] as { id: string; current: boolean; userAgent: string }[];
    expect(items.map(({ id, current }) => [id, current])).toEqual([
      [idOf(second.accessToken), false],
      [idOf(person.token), true],
    ]);
    expect(items[0]?.userAgent).toBe('node');
    const theirs = await api.call('DELETE', `/v1/auth/sessions/${idOf(person.token)}`, {
      token: stranger.token,
    });
    expect([theirs.status, theirs.code]).toEqual([404, 'session_not_found']);
    expect((await listSessions(api, person.token)).status).toBe(200);
  });

  it('end one by one', async () => {
    const path = `/v1/auth/sessions/${idOf(second.accessToken)}`;
    expect((await api.call('DELETE', path, { token: person.token })).status).toBe(204);
    expect((await api.call('DELETE', path, { token: person.token })).status).toBe(404);
    await ended(second.accessToken);
    expect(((await listSessions(api, person.token)).body['items'] as unknown[]).length).toBe(1);
  });

  it('end all at once', async () => {
    expect((await api.call('DELETE', '/v1/auth/sessions', { token: person.token })).status).toBe(204);
    await ended(second.accessToken);
    await ended(person.token);
  });

  it('end by logging out, with their refresh token', async () => {
    expect((await api.call('POST', '/v1/auth/logout', { token: person.token })).status).toBe(204);
    expect((await refresh(api, person.refreshToken)).code).toBe('refresh_token_invalid');
    await ended(person.token);
    expect((await listSessions(api, second.accessToken)).status).toBe(200);
    expect((await trailOf(person.tenantId)).map(({ action }) => action)).toContain('user.session_ended');
  });

  it('end when they are not used, and some time after the login in any case', async () => {
    const other = await createPerson(api, { tenant: person.tenant });
    await api.sql(`UPDATE user_sessions SET idle_expires_at = now() WHERE id = $1`, [idOf(person.token)]);
    await api.sql(`UPDATE user_sessions SET expires_at = now() WHERE id = $1`, [idOf(other.token)]);
    for (const { refreshToken } of [person, other])
      expect((await refresh(api, refreshToken)).code).toBe('refresh_token_invalid');
    expect(((await listSessions(api, second.accessToken)).body['items'] as unknown[]).length).toBe(1);
  });

  it('have access tokens that end with them', async () => {
    const short = await TestApi.start({
      env: {
        SESSION_IDLE_SECONDS: '120',
        SESSION_TTL_SECONDS: '60',
        TOKEN_KEYS_FILE: (api.config.tokenKeys as { file: string }).file,
      },
      databaseUrl: api.config.DATABASE_URL,
    });
    try {
      const { body } = await logIn(short, person);
      expect(body['expiresIn']).toBeLessThanOrEqual(60);
      expect(body['expiresIn']).toBeGreaterThan(30);
    } finally {
      await short.close();
    }
  });
});
