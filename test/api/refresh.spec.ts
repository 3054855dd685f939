import { decodeJwt } from 'jose';
import { REFRESH_GRACE_SECONDS } from '#access';
import { until } from '../support/wait.js';
import type { Answer } from './support/call.js';
import { createPerson, listSessions, type Person, refresh } from './support/person.js';
import { TestApi } from './support/test-api.js';

let api: TestApi;
let person: Person;

beforeAll(async () => (api = await TestApi.start()));
afterAll(() => api.close());
beforeEach(async () => (person = await createPerson(api)));

const next = ({ body }: Answer): string => String(body['refreshToken']);
const graceIsOver = () =>
  api.sql(`UPDATE refresh_tokens SET replaced_at = replaced_at - make_interval(secs => $1)`, [
    REFRESH_GRACE_SECONDS,
  ]);
const actions = async () =>
  (
    await api.sql<{ action: string }>(
      `SELECT action FROM audit_events WHERE tenant_id = $1 AND action ~ 'refresh' ORDER BY occurred_at, id`,
      [person.tenantId],
    )
  ).map(({ action }) => action);

it('a refresh gives the next token and a fresh access token of the same session', async () => {
  const answer = await refresh(api, person.refreshToken);
  expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'no-store']);
  expect(next(answer)).not.toBe(person.refreshToken);
  const token = String(answer.body['accessToken']);
  expect(decodeJwt(token)['sid']).toBe(decodeJwt(person.token)['sid']);
  expect((await listSessions(api, token)).status).toBe(200);
  expect((await refresh(api, next(answer))).status).toBe(200);
});

it('of a token only the hash is stored', async () => {
  const secrets = [person.refreshToken, next(await refresh(api, person.refreshToken))].map(
    (token) => token.split('.')[1] as string,
  );
  const [row] = await api.sql<{ everything: string }>(
    `SELECT string_agg(t::text, '') || string_agg(encode(coalesce(successor_seed, ''), 'base64'), '') AS everything FROM refresh_tokens t`,
  );
  for (const secret of secrets) {
    expect(row?.everything).not.toContain(secret);
    expect(row?.everything).not.toContain(Buffer.from(secret, 'base64url').toString('hex'));
  }
});

it('many tabs at once all go on with the one next token, and the family does not fork', async () => {
  const answers = await Promise.all(Array.from({ length: 16 }, () => refresh(api, person.refreshToken)));
  expect(answers.map(({ status }) => status)).toEqual(Array<number>(16).fill(200));
  expect(new Set(answers.map(next)).size).toBe(1);
  const [tokens] = await api.sql<{ n: number; current: number }>(
    `SELECT count(*)::int AS n, count(*) FILTER (WHERE replaced_at IS NULL)::int AS current FROM refresh_tokens WHERE session_id = $1`,
    [decodeJwt(person.token)['sid']],
  );
  expect(tokens).toEqual({ n: 2, current: 1 });
  for (const { body } of answers)
    expect((await listSessions(api, String(body['accessToken']))).status).toBe(200);
  expect((await refresh(api, next(answers[15] as Answer))).status).toBe(200);
});

it('an answer that was lost can be asked for again', async () => {
  const lost = await refresh(api, person.refreshToken);
  const again = await refresh(api, person.refreshToken);
  expect([again.status, next(again)]).toEqual([200, next(lost)]);
});

describe('a token used a second time', () => {
  async function expectFamilyEnded(reused: string, current: string): Promise<void> {
    const answer = await refresh(api, reused);
    expect([answer.status, answer.code]).toEqual([401, 'refresh_token_invalid']);
    expect((await refresh(api, current)).code).toBe('refresh_token_invalid');
    await until(async () => (await listSessions(api, person.token)).status === 401);
    expect(await actions()).toContain('user.refresh_reused');
  }

  it('after the grace ends the session, for the thief and for the person', async () => {
    const current = next(await refresh(api, person.refreshToken));
    await graceIsOver();
    await expectFamilyEnded(person.refreshToken, current);
  });

  it('within the grace does so too, once the token that replaced it was used', async () => {
    const second = next(await refresh(api, person.refreshToken));
    const third = next(await refresh(api, second));
    await expectFamilyEnded(person.refreshToken, third);
  });

  it('ends that session and no other', async () => {
    const other = await createPerson(api, { tenant: person.tenant });
    const current = next(await refresh(api, person.refreshToken));
    await graceIsOver();
    await expectFamilyEnded(person.refreshToken, current);
    expect((await refresh(api, other.refreshToken)).status).toBe(200);
  });
});

it('what is no token of ours is refused alike and ends nothing', async () => {
  const [session, secret] = person.refreshToken.split('.') as [string, string];
  const stranger = await createPerson(api);
  const refused = [
    '',
    'token',
    `${session}.${'A'.repeat(43)}`,
    `0199e8c8-0000-7000-8000-000000000000.${secret}`,
    `${String(stranger.refreshToken.split('.')[0])}.${secret}`,
    person.token.slice(0, 200),
  ];
  const answers = await Promise.all(refused.map((token) => refresh(api, token)));
  for (const { status, body } of answers.slice(1))
    expect([status, { ...body, errorId: '' }]).toEqual([401, { ...answers[1]?.body, errorId: '' }]);
  expect(answers[0]?.code).toBe('validation_failed');
  const [audited] = await api.sql<{ n: number }>(
    `SELECT count(*)::int AS n FROM audit_events WHERE action = 'user.refresh_refused' AND correlation_id = ANY ($1)`,
    [answers.map(({ headers }) => headers.get('x-request-id'))],
  );
  expect(audited?.n).toBe(answers.length - 1);
  for (const { refreshToken } of [person, stranger])
    expect((await refresh(api, refreshToken)).status).toBe(200);
});

it('a disabled person cannot refresh, even where the session was forgotten', async () => {
  await api.sql('UPDATE users SET disabled_at = now() WHERE id = $1', [person.userId]);
  expect((await refresh(api, person.refreshToken)).code).toBe('refresh_token_invalid');
  expect(await actions()).toEqual(['user.refresh_refused']);
});
