import { randomBytes } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import type { Answer } from '../api/support/call.js';
import { createPerson, type Login, logIn, type Person } from '../api/support/person.js';
import { TestApi } from '../api/support/test-api.js';

/** Logins come through a proxy, so that a test can come from anywhere; Redis is configured and away. */
const ENV = { TRUST_PROXY: 'loopback', REDIS_URL: 'redis://127.0.0.1:1' };
const FREE_OF_ACCOUNT = 5;
const FREE_OF_ADDRESS = 20;

let api: TestApi;
let owner: Person;

beforeAll(async () => (api = await TestApi.start({ env: ENV })));
afterAll(() => api.close());
beforeEach(async () => {
  await api.sql('DELETE FROM login_backoff');
  owner = await createPerson(api);
});

let hosts = 0;
/** An address nobody has come from yet. */
const elsewhere = (): string => `10.${(hosts += 1) >> 16}.${(hosts >> 8) & 255}.${hosts & 255}`;
const guess = (login: Login, from = elsewhere()): Promise<Answer> =>
  logIn(api, { ...login, password: `guess ${randomBytes(6).toString('hex')}` }, { from });
const nobody = (): Login => ({
  tenant: owner.tenant,
  name: `n${randomBytes(6).toString('hex')}`,
  password: 'x',
});
const delaysPass = (seconds = 3_600) =>
  api.sql('UPDATE login_backoff SET retry_at = retry_at - make_interval(secs => $1)', [seconds]);
const comparable = ({ status, body, headers }: Answer) => ({
  status,
  body: { ...body, errorId: '' },
  headers: [...headers.keys()].sort(),
});

async function failures(login: Login, count: number): Promise<void> {
  for (let i = 0; i < count; i++) await guess(login);
}

describe('who is not let in learns nothing about who exists', () => {
  let disabled: Person;

  beforeEach(async () => {
    disabled = await createPerson(api, { tenant: owner.tenant });
    await api.sql('UPDATE users SET disabled_at = now() WHERE id = $1', [disabled.userId]);
  });

  it('from status, body or headers', async () => {
    const answers = [
      await guess(owner),
      await guess(nobody()),
      await guess(disabled),
      await logIn(api, disabled, { from: elsewhere() }),
      await guess({ ...owner, tenant: 'no such tenant' }),
      await logIn(api, { ...owner, tenant: 'no such tenant' }, { from: elsewhere() }),
      await guess({ ...nobody(), name: "' OR 1=1 --" }),
    ];
    for (const answer of answers) expect(comparable(answer)).toEqual(comparable(answers[0] as Answer));
    expect(answers[0]?.code).toBe('invalid_credentials');
  });

  it('from the delay: a name that does not exist is delayed like one that does', async () => {
    const unknown = nobody();
    for (const login of [owner, unknown]) await failures(login, FREE_OF_ACCOUNT);
    const [known, none] = [await guess(owner), await guess(unknown)];
    expect([known.status, known.code]).toEqual([429, 'login_delayed']);
    expect(comparable(none)).toEqual(comparable(known));
    const waits = [known, none].map(({ headers }) => Number(headers.get('retry-after')));
    for (const wait of waits) {
      expect(wait).toBeGreaterThan(20);
      expect(wait).toBeLessThanOrEqual(30);
    }
  });

  /**
   * The chance that a random answer of one kind took longer than a random one of the other (the rank-sum statistic as an area): 0.5 when
   * nothing can be told, about 1 when one kind skips the work. With 2 × 60 samples chance alone keeps within 0.5 ± 0.16 but once in 500.
   */
  it.each([
    ['an unknown name', nobody],
    ['a disabled account', () => disabled],
    ['an unknown tenant', () => ({ ...owner, tenant: 'no such tenant' })],
  ])('from the time it takes: %s cannot be told from a wrong password', async (_which, other) => {
    const times = { wrong: [] as number[], other: [] as number[] };
    for (let i = 0; i < 64; i++) {
      const order = i % 2 === 0 ? (['wrong', 'other'] as const) : (['other', 'wrong'] as const);
      for (const kind of order) {
        await api.sql('DELETE FROM login_backoff');
        const start = performance.now();
        const { status } = await guess(kind === 'wrong' ? owner : other());
        const elapsed = performance.now() - start;
        expect(status).toBe(401);
        // The first few warm the process up.
        if (i >= 4) times[kind].push(elapsed);
      }
    }
    const longer = times.wrong.flatMap((wrong) => times.other.map((unknown) => Number(wrong > unknown)));
    const area = longer.reduce((sum, each) => sum + each, 0) / longer.length;
    expect(Math.abs(area - 0.5)).toBeLessThan(0.2);
  });
});

describe('a thousand wrong passwords', () => {
  /** Delays double: however slowly the thousand were sent, only a few of them ended on the way. */
  function expectNearly(checked: number, free: number): void {
    expect(checked).toBeGreaterThanOrEqual(free);
    expect(checked).toBeLessThanOrEqual(free + 5);
  }

  it('for one account, from as many addresses at once, get about five answers', async () => {
    const answers: Answer[] = [];
    for (let batch = 0; batch < 20; batch++)
      answers.push(...(await Promise.all(Array.from({ length: 50 }, () => guess(owner)))));
    const statuses = answers.map(({ status }) => status);
    const checked = statuses.filter((status) => status === 401).length;
    expectNearly(checked, FREE_OF_ACCOUNT);
    expect(statuses.filter((status) => status === 429)).toHaveLength(1_000 - checked);
    const [audited] = await api.sql<{ n: number; refused: number }>(
      `SELECT count(*)::int AS n, count(*) FILTER (WHERE detail ->> 'reason' = 'credentials')::int AS refused
       FROM audit_events WHERE action = 'user.login_refused' AND target_id = $1`,
      [owner.userId],
    );
    expect(audited).toEqual({ n: 1_000, refused: checked });
  });

  it('for as many accounts, from one address, get about twenty', async () => {
    const from = elsewhere();
    const answers: Answer[] = [];
    for (let batch = 0; batch < 20; batch++)
      answers.push(...(await Promise.all(Array.from({ length: 50 }, () => guess(nobody(), from)))));
    expectNearly(answers.filter(({ status }) => status === 401).length, FREE_OF_ADDRESS);
    expect((await guess(nobody())).status).toBe(401);
  });

  it('spread over days, waiting out each delay, are a handful an hour', async () => {
    await failures(owner, FREE_OF_ACCOUNT);
    const waits: number[] = [];
    for (let i = 0; i < 12; i++) {
      waits.push(Number((await guess(owner)).headers.get('retry-after')));
      await delaysPass();
      expect((await guess(owner)).status).toBe(401);
    }
    const doubling = [30, 60, 120, 240, 480, 960, 1_920, 3_600, 3_600, 3_600, 3_600, 3_600];
    for (const [i, wait] of waits.entries()) {
      expect(wait).toBeLessThanOrEqual(doubling[i] as number);
      expect(wait).toBeGreaterThan((doubling[i] as number) - 15);
    }
  });
});

describe('the rightful owner passes', () => {
  it('from a device that logged in before, while others go on failing', async () => {
    for (let round = 0; round < 4; round++) {
      await Promise.all(Array.from({ length: 30 }, () => guess(owner)));
      const stranger = await logIn(api, owner, { from: elsewhere() });
      expect([stranger.status, stranger.code]).toEqual([429, 'login_delayed']);
      const { status } = await logIn(api, owner, { from: elsewhere(), deviceToken: owner.deviceToken });
      expect(status).toBe(200);
      await delaysPass();
    }
  });

  it('from such a device even at an address where an attacker sits', async () => {
    const from = elsewhere();
    for (let i = 0; i < FREE_OF_ADDRESS + 5; i++) await guess(nobody(), from);
    expect((await logIn(api, owner, { from })).status).toBe(429);
    expect((await logIn(api, owner, { from, deviceToken: owner.deviceToken })).status).toBe(200);
  });

  it('from a new device once the delay is over, and the failures are forgotten', async () => {
    await failures(owner, FREE_OF_ACCOUNT + 3);
    await delaysPass(30);
    expect((await logIn(api, owner, { from: elsewhere() })).status).toBe(200);
    for (let i = 0; i < FREE_OF_ACCOUNT; i++) expect((await guess(owner)).status).toBe(401);
  });

  it('after a reset, with what the administrator handed out', async () => {
    await failures(owner, FREE_OF_ACCOUNT + 1);
    const { body } = await api.call('POST', `/v1/users/${owner.userId}/password-reset`, {
      token: owner.token,
    });
    const { initialPassword: password, deviceToken } = body as {
      initialPassword: string;
      deviceToken: string;
    };
    expect((await logIn(api, { ...owner, password }, { from: elsewhere() })).status).toBe(429);
    expect((await logIn(api, { ...owner, password }, { from: elsewhere(), deviceToken })).status).toBe(200);
  });

  it('a whole day after the last failure as if there had been none', async () => {
    await failures(owner, FREE_OF_ACCOUNT);
    await api.sql(
      `UPDATE login_backoff SET retry_at = retry_at - interval '25 h', failed_at = failed_at - interval '25 h'`,
    );
    for (let i = 0; i < FREE_OF_ACCOUNT; i++) expect((await guess(owner)).status).toBe(401);
    expect((await guess(owner)).status).toBe(429);
  });
});

describe('a device token', () => {
  it('opens nothing, and guesses with it are counted', async () => {
    const { deviceToken } = owner;
    const statuses: number[] = [];
    for (let i = 0; i < 7; i++) {
      const login = { ...owner, password: `guess ${i}` };
      statuses.push((await logIn(api, login, { from: elsewhere(), deviceToken })).status);
    }
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429, 429]);
  });

  it.each([
    ['of another person', async () => (await createPerson(api, { tenant: owner.tenant })).deviceToken],
    ['made up', () => Promise.resolve(`${owner.deviceToken.slice(0, -1)}_`)],
    ['that is none', () => Promise.resolve('device')],
    [
      'unused for long',
      async () => {
        await api.sql(`UPDATE known_devices SET used_at = now() - interval '91 days'`);
        return owner.deviceToken;
      },
    ],
  ])('%s makes nobody known', async (_which, draw) => {
    const deviceToken = await draw();
    await failures(owner, FREE_OF_ACCOUNT);
    expect((await logIn(api, owner, { from: elsewhere(), deviceToken })).status).toBe(429);
  });
});

it('an address is one household: IPv6 counts by its /64, and IPv4 within it as itself', async () => {
  for (let i = 0; i < FREE_OF_ADDRESS; i++) await guess(nobody(), `2001:db8:1:2::${i.toString(16)}`);
  expect((await guess(nobody(), '2001:db8:1:2:ffff::1')).status).toBe(429);
  expect((await guess(nobody(), '2001:db8:1:3::1')).status).toBe(401);
  for (let i = 0; i < FREE_OF_ADDRESS; i++) await guess(nobody(), '::ffff:192.0.2.1');
  expect((await guess(nobody(), '192.0.2.1')).status).toBe(429);
  expect((await guess(nobody(), '192.0.2.2')).status).toBe(401);
});

it('an account of one’s own does not buy guesses from an address', async () => {
  const from = elsewhere();
  const own = await createPerson(api, { tenant: owner.tenant });
  for (let i = 0; i < FREE_OF_ADDRESS; i++) {
    expect((await guess(nobody(), from)).status).toBe(401);
    if (i < FREE_OF_ADDRESS - 1) expect((await logIn(api, own, { from })).status).toBe(200);
  }
  expect((await guess(nobody(), from)).status).toBe(429);
  expect((await logIn(api, own, { from })).status).toBe(429);
});

it('a second process and a restart know of every failure, all without Redis', async () => {
  await failures(owner, FREE_OF_ACCOUNT);
  const second = await TestApi.start({ env: ENV, databaseUrl: api.config.DATABASE_URL });
  try {
    const { status, code } = await logIn(second, owner, { from: elsewhere() });
    expect([status, code]).toEqual([429, 'login_delayed']);
  } finally {
    await second.close();
  }
});

it('names made up at random do not pile up', async () => {
  await Promise.all(Array.from({ length: 40 }, () => guess(nobody())));
  await api.sql(`UPDATE login_backoff SET failed_at = failed_at - interval '25 h'`);
  for (let i = 0; i < 12; i++) await guess(nobody());
  const [left] = await api.sql<{ n: number }>(
    `SELECT count(*)::int AS n FROM login_backoff WHERE failed_at < now() - interval '24 h'`,
  );
  expect(left?.n).toBe(0);
});
