import { BoardPasses } from '#access';
import type { Answer } from '../api/support/call.js';
import { Board, enter } from '../api/support/board.js';
import { TestApi } from '../api/support/test-api.js';

let api: TestApi;
let passes: BoardPasses;

beforeAll(async () => {
  api = await TestApi.start();
  passes = api.app.get(BoardPasses);
});
afterAll(() => api.close());

const issue = async (reDrive = false) => (await passes.issue('alice', { reDrive })).code;
const cookieOf = (answer: Answer) => String(answer.headers.get('set-cookie'));
const look = (cookie: string) => api.call('GET', '/queues/api/queues', { headers: { cookie } });
const trail = () =>
  api.sql<{ action: string; outcome: string; actor_kind: string; actor_id: string | null; detail: object }>(
    `SELECT action, outcome, actor_kind, actor_id, detail FROM audit_events WHERE action LIKE 'board.%' ORDER BY occurred_at, id`,
  );

function expectRefused(answer: Answer, status: number, code: string): void {
  expect([answer.status, answer.code]).toEqual([status, code]);
  expect(answer.headers.get('content-type')).toMatch('application/problem+json');
  expect(answer.headers.get('set-cookie')).toBeNull();
}

it('is used up by a press of the button only, never by a preview that loads the page', async () => {
  const code = await issue();
  for (const method of ['GET', 'HEAD', 'GET'])
    for (const path of ['/queues/enter', '/queues/enter.js', `/queues/enter?code=${code}`])
      expect((await api.call(method, path)).status).toBe(200);
  expect((await api.call('GET', '/queues/session')).status).toBe(401);
  const page = await api.call('GET', '/queues/enter');
  expect(page.headers.get('content-security-policy')).toMatch(/default-src 'none'; script-src 'self';/);
  expect(page.text).not.toMatch(/<script(?! defer src="\/queues\/enter\.js">)/);
  expect((await enter(api, code)).status).toBe(204);
});

it('gives a cookie that only the board gets, for half an hour', async () => {
  const answer = await enter(api, await issue());
  expect([answer.status, answer.text, answer.headers.get('cache-control')]).toEqual([204, '', 'no-store']);
  const [value, ...attributes] = cookieOf(answer).split('; ');
  expect(value).toMatch(/^sb_board=[A-Za-z0-9_-]{43}$/);
  expect(attributes.filter((each) => !each.startsWith('Expires='))).toEqual([
    'Path=/queues',
    'HttpOnly',
    'SameSite=Strict',
  ]);
  const expires = Date.parse(String(attributes.find((each) => each.startsWith('Expires='))?.slice(8)));
  expect(expires - Date.now()).toBeLessThanOrEqual(30 * 60_000);
  expect(expires - Date.now()).toBeGreaterThan(25 * 60_000);
  expect((await look(value as string)).status).toBe(200);
});

it('lets exactly one of many holders in, and tells of the others', async () => {
  const code = await issue();
  const before = (await trail()).length;
  const answers = await Promise.all(Array.from({ length: 8 }, () => enter(api, code)));
  expect(answers.filter(({ status }) => status === 204)).toHaveLength(1);
  for (const answer of answers.filter(({ status }) => status !== 204))
    expectRefused(answer, 401, 'board_link_invalid');
  const events = (await trail()).slice(before).map(({ action }) => action);
  expect(events.sort()).toEqual(['board.link_exchanged', ...Array<string>(7).fill('board.link_refused')]);
});

it('ends after five minutes', async () => {
  const code = await issue();
  const [row] = await api.sql<{ ms: number }>(
    `SELECT extract(epoch FROM max(code_expires_at) - now()) * 1000 AS ms FROM board_passes`,
  );
  expect(Number(row?.ms)).toBeLessThanOrEqual(5 * 60_000);
  await api.sql(`UPDATE board_passes SET code_expires_at = now() - interval '1 second'`);
  expectRefused(await enter(api, code), 401, 'board_link_invalid');
});

it('cannot be guessed, and guesses leave no trail', async () => {
  const before = await trail();
  for (const code of ['x', 'A'.repeat(43), "' OR true --", '%00'])
    expectRefused(await enter(api, code), 401, 'board_link_invalid');
  expect(await trail()).toEqual(before);
});

it('works from the page of the board only', async () => {
  const code = await issue();
  for (const origin of ['https://evil.example', 'null', ''])
    expectRefused(await enter(api, code, origin), 403, 'origin_refused');
  expectRefused(await api.call('POST', '/queues/session', { json: { code } }), 403, 'origin_refused');
  expect((await enter(api, code)).status).toBe(204);
});

it('opens a session that ends by itself', async () => {
  const board = await Board.open(api);
  expect((await board.send('GET', '/api/queues')).status).toBe(200);
  await api.sql(`UPDATE board_passes SET session_expires_at = now() - interval '1 second'
     WHERE session_hash IS NOT NULL`);
  const ended = await board.send('GET', '/api/queues');
  expectRefused(ended, 401, 'board_session_required');
  expect(ended.headers.get('www-authenticate')).toBe('BoardLink');
});

it('and everything it opened ends at once when the board is closed', async () => {
  const [board, code] = [await Board.open(api), await issue()];
  expect(await passes.close('carol')).toBeGreaterThanOrEqual(2);
  expectRefused(await board.send('GET', '/'), 401, 'board_session_required');
  expectRefused(await enter(api, code), 401, 'board_link_invalid');
  expect((await trail()).at(-1)).toMatchObject({ action: 'board.closed', actor_id: 'carol' });
});

it('no other cookie lets anybody in', async () => {
  const { cookie } = await Board.open(api);
  const code = await issue();
  const session = cookie.slice('sb_board='.length);
  const forged = ['', `sb_board=${code}`, `sb_board=${'A'.repeat(43)}`, `sb_board=${session}A`];
  for (const each of [...forged, `board=${session}`, `SB_BOARD=${session}`, 'sb_board='])
    expectRefused(await look(each), 401, 'board_session_required');
  const elsewhere: Record<string, string>[] = [
    { authorization: `Bearer ${session}` },
    { 'x-cookie': cookie },
  ];
  for (const headers of elsewhere)
    expectRefused(await api.call('GET', '/queues/api/queues', { headers }), 401, 'board_session_required');
});

it('is kept as a hash, and its use is in the trail of the installation', async () => {
  const code = await issue(true);
  const session = cookieOf(await enter(api, code)).match(/=([^;]+)/)?.[1] as string;
  const rows = await api.sql<{ row: string }>(
    `SELECT entry::text AS row FROM board_passes AS entry UNION ALL SELECT entry::text FROM audit_events AS entry`,
  );
  const text = rows.map(({ row }) => row).join('\n') + api.log;
  for (const secret of [code, session]) {
    expect(text).not.toContain(secret);
    expect(text).not.toContain(Buffer.from(secret).toString('hex'));
  }
  expect((await trail()).slice(-2)).toEqual(
    ['board.link_issued', 'board.link_exchanged'].map((action) => ({
      action,
      outcome: 'success',
      actor_kind: 'operator',
      actor_id: 'alice',
      detail: { reDrive: true },
    })),
  );
});
