import { randomBytes, randomUUID } from 'node:crypto';
import { appRoutes } from '@bull-board/api/dist/routes.js';
import { UnrecoverableError } from 'bullmq';
import { createLogs } from '#observability';
import { openConfiguredQueue } from '#platform';
import { jobId, type StageJob, type StageQueue, STAGES } from '#queue';
import { DELIVERIES } from '#webhooks';
import { InProcess } from '../support/stack-in-process.js';
import { until } from '../support/wait.js';
import { Board } from './support/board.js';
import { TestApi } from './support/test-api.js';

const redisUrl = process.env.TEST_REDIS_URL;
const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
/** Bull Board's own routes by whether they only read; what an update adds is tested as it comes. */
const ROUTES = appRoutes.api.flatMap(({ method, route }) =>
  [method].flat().map((each) => ({ method: each.toUpperCase(), route: String(route) })),
);
/** Without the one that cannot be answered truthfully. */
const READS = ROUTES.filter(({ method, route }) => method === 'GET' && !route.endsWith('/workers'));
const CHANGES = ROUTES.filter(({ method }) => method !== 'GET');
const RE_DRIVES = ['/api/queues/:queueName/retry/:queueStatus', '/api/queues/:queueName/:jobId/retry'];

describe.each([
  ['PostgreSQL', {}, true],
  ['Redis (needs TEST_REDIS_URL)', { REDIS_URL: redisUrl }, redisUrl !== undefined],
] as const)('the queue board on %s', (_name, backend, isThere) => {
  if (!isThere) return it.skip('works', () => undefined);

  let one: InProcess;
  let api: TestApi;
  let queue: StageQueue;
  let reader: Board;
  let driver: Board;
  let subjectId: string;
  let job: StageJob;
  /** What the stages' handlers came to, in order. */
  const ran: string[] = [];
  let broken = true;

  beforeAll(async () => {
    one = await InProcess.open();
    const env = { ...backend, QUEUE_PREFIX: `b${randomBytes(6).toString('hex')}` };
    api = await TestApi.start({ databaseUrl: one.databaseUrl, env });
    queue = await openConfiguredQueue(
      api.config,
      'worker',
      createLogs({ name: 'test', level: 'fatal' }).application,
    );
    for (const stage of STAGES) await queue.consume(stage, (each) => handle(stage, each), { concurrency: 1 });
    [reader, driver] = [await Board.open(api), await Board.open(api, { reDrive: true, operator: 'bob' })];
    subjectId = await one.subject();
    job = await one.submitted('enrolment', subjectId);
    await queue.enqueue(job);
    await until(async () => (await queue.states(job.captureId, 1)).decision === 'completed');
  });
  afterAll(async () => {
    await queue?.close();
    await api?.close();
    await one?.close();
  });

  /** The product's own stages, but for an extraction that dies before it has written anything. */
  async function handle(stage: (typeof STAGES)[number], each: StageJob): Promise<void> {
    if (broken && stage === 'extraction') throw new UnrecoverableError('out of memory');
    const { result } = await one.handle(stage, each);
    ran.push(`${stage} ${result}`);
  }

  const pathOf = (route: string): string =>
    route
      .replace(':queueName', 'extraction')
      .replace(':jobId', jobId(job.captureId, 1, 'extraction'))
      .replace(':queueStatus', 'failed')
      .replace(':schedulerId', 'x');

  it('serves its pages and assets from here alone', async () => {
    for (const path of ['', '/', '/queue/extraction', `/queue/extraction/${job.captureId}`]) {
      const page = await reader.send('GET', path);
      expect([path, page.status]).toEqual([path, 200]);
      expect(page.headers.get('content-type')).toMatch('text/html');
      expect(page.headers.get('cache-control')).toBe('no-store');
      expect(page.headers.get('content-security-policy')).toMatch(/default-src 'none'; script-src 'self';/);
      expect(page.text).toMatch('<base href="/queues/"');
      expect(page.text).not.toMatch(/https?:\/\//);
    }
    const { text } = await reader.send('GET', '/');
    const assets = [...text.matchAll(/(?:src|href)="(static\/[^"]+)"/g)].map(([, path]) => path as string);
    expect(assets.length).toBeGreaterThan(3);
    for (const asset of assets) {
      expect([asset, (await reader.send('GET', `/${asset}`)).status]).toEqual([asset, 200]);
      expect((await api.call('GET', `/queues/${asset}`)).status).toBe(401);
    }
    expect((await reader.send('GET', '/static/../package.json')).status).not.toBe(200);
    expect((await reader.send('GET', '/static/%2e%2e/%2e%2e/package.json')).status).not.toBe(200);
  });

  it.each(READS)('reads $route', async ({ route }) => {
    const answer = await reader.send('GET', pathOf(route));
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'no-store']);
  });

  it('shows the jobs, and of a capture nothing but its ids', async () => {
    const listed = await reader.send('GET', '/api/queues?activeQueue=extraction&status=failed&page=1');
    const { queues } = listed.body as {
      queues: { name: string; counts: object; jobs: { data: object }[] }[];
    };
    expect(queues.map(({ name }) => name)).toEqual([...STAGES, DELIVERIES.name]);
    expect(queues[0]?.counts).toMatchObject({ failed: 1 });
    expect(queues[0]?.jobs.map(({ data }) => data)).toEqual([job]);

    const everything = await Promise.all(
      [...READS.map(({ route }) => pathOf(route)), '/api/queues?activeQueue=decision'].map((path) =>
        reader.send('GET', path),
      ),
    );
    const text = [listed, ...everything].map((answer) => answer.text).join('\n');
    expect(new Set(text.match(UUID))).toEqual(new Set([job.tenantId, job.captureId]));
    for (const secret of [subjectId, 'correlation-of-a-test', 'wrapped', 'template', 'nonce'])
      expect(text).not.toContain(secret);
  });

  it('does not show a payload that is no stage job', async () => {
    const planted = { v: 1, name: 'Planted Person', template: [0.1, 0.2] };
    const mesh = queue.queues.get('mesh');
    await mesh?.add('mesh', planted, { jobId: 'planted', delay: 3_600_000 });
    const answers = [
      await reader.send('GET', '/api/queues/mesh/planted'),
      await reader.send('GET', '/api/queues?activeQueue=mesh&status=delayed&page=1'),
    ];
    for (const { status, text } of answers) {
      expect([status, text.includes('not a job of ours'), text.includes('Planted')]).toEqual([
        200,
        true,
        false,
      ]);
    }
    await mesh?.remove('planted');
  });

  it('shows the deliveries of webhooks, by their ids alone', async () => {
    const task = { v: 1, tenantId: job.tenantId, deliveryId: randomUUID(), dispatch: 3 } as const;
    const deliveries = queue.tasks(DELIVERIES);
    await deliveries.enqueue(task);
    const planted = { ...task, url: 'https://user:password@receiver.example/' };
    await deliveries.queue.add('planted', planted, { jobId: 'planted' });
    const listed = await reader.send(
      'GET',
      `/api/queues?activeQueue=${DELIVERIES.name}&status=waiting&page=1`,
    );
    const { queues } = listed.body as {
      queues: { name: string; counts: object; jobs: { data: object }[] }[];
    };
    const shown = queues.find(({ name }) => name === DELIVERIES.name);
    expect(shown?.counts).toMatchObject({ waiting: 2 });
    expect(shown?.jobs.map(({ data }) => data)).toEqual(
      expect.arrayContaining([task, { refused: 'not a job of ours' }]),
    );
    expect(listed.text).not.toContain('receiver.example');
    for (const path of [`/${DELIVERIES.name}/planted/retry`, `/${DELIVERIES.name}/retry/failed`])
      expect((await driver.send('PUT', `/api/queues${path}`)).code).toBe('not_found');
    await deliveries.queue.drain();
  });

  it('answers what is not there, or not understood, as the API does', async () => {
    const unread = await driver.send('PUT', '/api/queues/mesh/retry/failed', { 'content-type': 'text/x' });
    expect([unread.status, unread.code]).toEqual([415, 'unsupported_media_type']);
    for (const path of ['/api/queues/nope/workers', '/api/queues/mesh/nope']) {
      const answer = await reader.send('GET', path);
      expect([path, answer.status, answer.code]).toEqual([path, 404, 'not_found']);
    }
    for (const path of ['/api/queues/nope/1/retry', '/api/queues/nope/retry/failed'])
      expect((await driver.send('PUT', path)).code).toBe('not_found');
  });

  it.each(CHANGES)('refuses $method $route', async ({ method, route }) => {
    const before = [await queue.counts(), await queue.states(job.captureId, 1)];
    const boards = RE_DRIVES.includes(route) ? [reader] : [reader, driver];
    for (const board of boards) {
      const answer = await board.send(method, pathOf(route));
      expect([answer.status, answer.code]).toEqual([403, 'board_read_only']);
    }
    expect([await queue.counts(), await queue.states(job.captureId, 1)]).toEqual(before);
    expect(await queue.queues.get('extraction')?.isPaused()).toBe(false);
  });

  it('offers what it would refuse to nobody', async () => {
    const flags = async (board: Board) => {
      const { queues } = (await board.send('GET', '/api/queues')).body as {
        queues: Record<string, boolean>[];
      };
      return queues.map(({ readOnlyMode, allowRetries, allowCompletedRetries }) => [
        readOnlyMode,
        allowRetries,
        allowCompletedRetries,
      ]);
    };
    const looking = [true, false, false];
    expect(await flags(reader)).toEqual([...STAGES.map(() => looking), looking]);
    expect(await flags(driver)).toEqual([...STAGES.map(() => [false, true, false]), looking]);
  });

  describe('re-drive', () => {
    const path = () => `/api/queues/extraction/${jobId(job.captureId, 1, 'extraction')}/retry`;
    const trail = () =>
      api.sql<{ actor_kind: string; actor_id: string; detail: object }>(
        `SELECT actor_kind, actor_id, detail FROM audit_events
         WHERE action = 'capture.redriven' AND tenant_id = $1 AND target_id = $2`,
        [job.tenantId, job.captureId],
      );

    it('comes from the page of the board only', async () => {
      for (const origin of ['https://evil.example', 'null', `${api.url}.evil.example`, '']) {
        const answer = await driver.send('PUT', path(), { origin });
        expect([origin, answer.status, answer.code]).toEqual([origin, 403, 'origin_refused']);
      }
      expect(await trail()).toEqual([]);
    });

    it('has no effect on a capture that was decided meanwhile, and is in its trail', async () => {
      const before = await one.probe.effects(job.captureId);
      expect(before.state).toBe('decided');
      broken = false;
      expect((await driver.send('PUT', path())).status).toBe(204);
      await until(async () => (await queue.states(job.captureId, 1)).extraction === 'completed');
      expect(ran.filter((each) => each.startsWith('extraction'))).toEqual(['extraction stale']);
      const audited = { ...before.audit, 'capture.redriven': 1 };
      expect(await one.probe.effects(job.captureId)).toEqual({ ...before, audit: audited });
      expect(await trail()).toEqual([
        { actor_kind: 'operator', actor_id: 'bob', detail: { stage: 'extraction', generation: 1 } },
      ]);
    });

    it('takes failed jobs only', async () => {
      const answer = await driver.send('PUT', path());
      expect([answer.status, answer.code]).toEqual([409, 'job_not_failed']);
      const unknown = await driver.send('PUT', '/api/queues/extraction/unknown/retry');
      expect([unknown.status, unknown.code]).toEqual([409, 'job_not_failed']);
      expect((await driver.send('PUT', '/api/queues/extraction/retry/completed')).code).toBe(
        'board_read_only',
      );
    });

    it('of all failed jobs of a stage decides the captures that still wait for it', async () => {
      broken = true;
      const decided = await one.submitted('liveness');
      await queue.enqueue(decided);
      await until(async () => (await queue.states(decided.captureId, 1)).decision === 'completed');
      broken = false;
      const answer = await driver.send('PUT', '/api/queues/extraction/retry/failed');
      expect([answer.status, answer.body]).toEqual([200, { retried: 1, skipped: 0 }]);
      await until(async () => (await queue.states(decided.captureId, 1)).extraction === 'completed');
      const again = await driver.send('PUT', '/api/queues/extraction/retry/failed');
      expect(again.body).toEqual({ retried: 0, skipped: 0 });
    });
  });
});

it('says that the queue is away', async () => {
  const api = await TestApi.start({ env: { REDIS_URL: 'redis://127.0.0.1:1' } });
  try {
    const board = await Board.open(api, { reDrive: true });
    const answers = [
      await board.send('GET', '/api/queues'),
      await board.send('PUT', '/api/queues/mesh/retry/failed'),
    ];
    for (const answer of answers) expect([answer.status, answer.code]).toEqual([503, 'unavailable']);
    expect((await board.send('GET', '/')).status).toBe(200);
  } finally {
    await api.close();
  }
});
