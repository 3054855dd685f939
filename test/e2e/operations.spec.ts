import { type Stage, STAGES } from '#queue';
import type { Child } from '#supervisor';
import { call, callElsewhere } from '../api/support/call.js';
import { type Series, sumOf, valueOf } from '../support/exposition.js';
import { apiCatalogue, unboundedLabels, workerCatalogue } from '../support/metric-catalogue.js';
import { itWithPromtool, promtool } from '../support/promtool.js';
import { framesForm } from '../support/api-client.js';
import { portraitFrames } from '../support/stack-frames.js';
import {
  asOperator,
  askWorker,
  healthOf,
  healthUrl,
  linesOf,
  OPERATIONS_ENV,
  scrape,
} from '../support/stack-operations.js';
import { startTestStack, type TestStack } from '../support/stack.js';
import { until } from '../support/wait.js';

const CAPTURES = 4;

interface PipelineDetail {
  readonly status: string;
  readonly stagesWithoutConsumer: Stage[];
  readonly stages: { stage: Stage; consumers: number }[];
}

/** The queue of production where there is one; the other home is told apart by nothing below but its name. */
const redisUrl = process.env.TEST_REDIS_URL;

describe('an operator sees', () => {
  let test: TestStack;
  let worker: Child;
  let workerUrl: string;
  /** Both endpoints again and again, while captures ran through the stack. */
  const scrapes: { of: 'api' | 'worker'; text: string }[] = [];

  beforeAll(async () => {
    test = await startTestStack({ redisUrl, env: OPERATIONS_ENV });
    worker = test.stack.workers[0] as Child;
    workerUrl = healthUrl(worker);
    const running = decideSome();
    let done = false;
    void running.finally(() => (done = true)).catch(() => undefined);
    while (!done) await scrapeBoth();
    await running;
    await scrapeBoth();
  });
  afterAll(() => test?.stop());

  async function decideSome(): Promise<void> {
    const { api } = test;
    const frames = await portraitFrames();
    const subjectId = await api.consentingSubject();
    await api.decided(await api.submitted({ purpose: 'enrolment', subjectId }, frames));
    for (let made = 1; made < CAPTURES; made++)
      await api.decided(
        await api.submitted({ purpose: 'verification', subjectId }, await fresh(frames, made)),
      );
  }

  async function scrapeBoth(): Promise<void> {
    scrapes.push({ of: 'api', text: (await asOperator(`${test.stack.urls[0]}/metrics`)).text });
    scrapes.push({ of: 'worker', text: (await askWorker(`${workerUrl}/metrics`)).text });
  }

  itWithPromtool('metrics that promtool finds no fault with, at any moment', () => {
    expect(scrapes.length).toBeGreaterThan(4);
    // Of each the first, one in between and the last: promtool takes its time.
    for (const at of [0, scrapes.length >> 2, scrapes.length / 2 - 1])
      for (const { of, text } of scrapes.slice(2 * at, 2 * at + 2))
        expect([of, promtool(['check', 'metrics'], text)]).toEqual([of, '']);
  });

  it('labels with values of their lists only, on both endpoints', async () => {
    const own = await scrape(workerUrl, askWorker);
    expect(unboundedLabels(await scrape(test.stack.urls[0] as string), apiCatalogue())).toEqual([]);
    expect(unboundedLabels(own, workerCatalogue())).toEqual([]);
    const identifiers = /[0-9a-f]{8}-[0-9a-f]{4}-/;
    for (const { text } of scrapes) expect(text).not.toMatch(identifiers);
  });

  it('every decision counted once, with score, quality, time and steps', async () => {
    const { probe } = test;
    const rows = await probe.rows<{ purpose: string; outcome: string; code: string; n: number }>(
      `SELECT purpose, outcome, code, count(*)::int AS n FROM decisions JOIN captures ON id = capture_id GROUP BY 1, 2, 3`,
    );
    expect(rows.reduce((sum, { n }) => sum + n, 0)).toBe(CAPTURES);
    const series: Series[] = await until(async () => {
      const read = await scrape(workerUrl, askWorker);
      return sumOf(read, 'sb_decisions_total') === CAPTURES ? read : undefined;
    });
    for (const { purpose, outcome, code, n } of rows)
      expect([code, valueOf(series, 'sb_decisions_total', { purpose, outcome, code })]).toEqual([code, n]);
    expect(sumOf(series, 'sb_comparison_score_count')).toBe(CAPTURES - 1);
    expect(sumOf(series, 'sb_capture_decision_seconds_count')).toBe(CAPTURES);
    expect(valueOf(series, 'sb_frame_quality_inter_eye_distance_count')).toBe(5 * CAPTURES);
    for (const stage of STAGES) {
      const outcome = stage === 'decision' ? 'decided' : 'done';
      expect([stage, valueOf(series, 'sb_stage_attempts_total', { stage, outcome })]).toEqual([
        stage,
        CAPTURES,
      ]);
      expect([stage, valueOf(series, 'sb_stage_wait_seconds_count', { stage })]).toEqual([stage, CAPTURES]);
      expect([stage, sumOf(series, 'sb_stage_duration_seconds_count', { stage })]).toEqual([stage, CAPTURES]);
    }
    for (const [stage, step] of [
      ['extraction', 'mesh'],
      ['depth', 'parallax'],
      ['mesh', 'fusion'],
      ['liveness', 'signals'],
    ] as const)
      expect([step, valueOf(series, 'sb_compute_step_seconds_count', { stage, step })]).toEqual([
        step,
        CAPTURES,
      ]);
    expect(valueOf(series, 'sb_thread_pool_load', { pool: 'inference' })).toBe(0);
    expect(valueOf(series, 'process_resident_memory_bytes')).toBeGreaterThan(0);
  });

  it('a worker that is up, in one word for probes and in detail with the token', async () => {
    const url = workerUrl;
    expect((await callElsewhere(`${url}/health/live`, 'GET')).body).toEqual({ status: 'up' });
    const ready = await until(async () => {
      const answer = await callElsewhere(`${url}/health/ready`, 'GET');
      return answer.status === 200 ? answer : undefined;
    });
    expect(ready.body).toEqual({ status: 'up' });
    for (const path of ['/health', '/metrics'])
      expect((await callElsewhere(`${url}${path}`, 'GET')).status).toBe(401);
    const { body } = await askWorker(`${url}/health`);
    expect(body).toMatchObject({
      status: 'up',
      stages: STAGES.map((stage) => ({ stage, consumed: true })),
      queue: { status: 'up', backend: redisUrl ? 'redis' : 'postgres' },
      inference: { backend: 'wasm' },
    });
  });

  it('an installation that is up: its models with their hashes, its stages with their consumers', async () => {
    const { body } = await until(async () => {
      const answer = await healthOf(test);
      return answer.body['status'] === 'up' ? answer : undefined;
    });
    const { models, pipeline } = body['parts'] as {
      models: { workers: { models: { id: string; sha256: string; loaded: boolean }[] }[] };
      pipeline: PipelineDetail;
    };
    expect(pipeline.stages.map(({ stage, consumers }) => [stage, consumers])).toEqual(
      STAGES.map((stage) => [stage, 1]),
    );
    const [{ models: used }] = (await test.probe.rows<{ models: { id: string; sha256: string }[] }>(
      'SELECT models FROM decisions LIMIT 1',
    )) as [{ models: { id: string; sha256: string }[] }];
    const loaded = models.workers[0]?.models.filter((model) => model.loaded) ?? [];
    expect(used.length).toBeGreaterThan(0);
    for (const { id, sha256 } of used) expect(loaded).toContainEqual(expect.objectContaining({ id, sha256 }));
  });

  it('a submission followed by its id, from the request into every stage and deed', async () => {
    const { api, stack, client } = test;
    const id = await api.started({ purpose: 'liveness' });
    const correlationId = `followed-${id}`;
    const sent = await call(`${stack.urls[0]}/v1/captures/${id}/frames`, 'POST', {
      token: api.token,
      body: framesForm(await fresh(await portraitFrames(), CAPTURES)),
      headers: { 'x-request-id': correlationId },
    });
    expect([sent.status, sent.headers.get('x-request-id')]).toEqual([202, correlationId]);
    await api.decided(id);
    const about = (child: Child) => linesOf(child).filter((line) => line['correlationId'] === correlationId);
    const ofWorker = await until(() => {
      const lines = about(worker);
      return lines.some(({ stage }) => stage === 'decision') ? lines : undefined;
    });
    expect(
      ofWorker.filter(({ msg }) => msg === 'stage').map(({ stage, captureId }) => [stage, captureId]),
    ).toEqual(STAGES.map((stage) => [stage, id]));
    expect(ofWorker).toContainEqual(
      expect.objectContaining({ log: 'audit', action: 'capture.decided', tenantId: client.tenantId }),
    );
    const ofApi = about(stack.apis[0] as Child);
    expect(ofApi).toContainEqual(
      expect.objectContaining({
        log: 'access',
        method: 'POST',
        route: '/v1/captures/:id/frames',
        status: 202,
        actorKind: 'client',
        actorId: client.clientId,
      }),
    );
    expect(ofApi).toContainEqual(expect.objectContaining({ log: 'audit', action: 'capture.submitted' }));
  });

  it('which stages nobody serves, once a worker has gone and once another has come', async () => {
    const some = await test.stack.startWorker({ WORKER_STAGES: 'mesh,liveness' });
    await worker.stop(20_000);
    const pipeline = async () =>
      ((await healthOf(test)).body['parts'] as { pipeline: PipelineDetail }).pipeline;
    const unserved = await until(async () => {
      const detail = await pipeline();
      return detail.stages[2]?.consumers === 1 && detail.stagesWithoutConsumer.length > 0
        ? detail
        : undefined;
    });
    expect(unserved.status).toBe('degraded');
    expect(unserved.stagesWithoutConsumer).toEqual(['extraction', 'depth', 'decision']);
    expect((await askWorker(`${healthUrl(some)}/health`)).body).toMatchObject({
      stages: [
        { stage: 'mesh', consumed: true },
        { stage: 'liveness', consumed: true },
      ],
      inference: { backend: null, models: [] },
    });
    some.kill('SIGKILL');
    await until(async () => (await pipeline()).stagesWithoutConsumer.length === STAGES.length);
    const api = await scrape(test.stack.urls[0] as string);
    expect(STAGES.map((stage) => valueOf(api, 'sb_stage_consumers', { stage }))).toEqual(STAGES.map(() => 0));
  });

  it('more of the log after SIGUSR2, and less after another', async () => {
    const api = await test.stack.startApi({ LOG_LEVEL: 'error' });
    const refusals = () =>
      linesOf(api).filter(({ log, msg }) => log === 'application' && msg === 'request refused');
    const refuse = () => call(`${api.url}/v1/subjects`, 'GET');
    const switched = (to: string) =>
      until(() => linesOf(api).some((line) => line['msg'] === 'log level changed' && line['to'] === to));
    const accessLines = (count: number) =>
      until(() => linesOf(api).filter(({ log }) => log === 'access').length === count);
    await refuse();
    await accessLines(1);
    expect(refusals()).toEqual([]);
    api.kill('SIGUSR2');
    await switched('debug');
    await refuse();
    await accessLines(2);
    expect(refusals()).toHaveLength(1);
    api.kill('SIGUSR2');
    await switched('error');
    await refuse();
    await accessLines(3);
    expect(refusals()).toHaveLength(1);
  });
});

/** The same pictures in other bytes, so that they are no re-submission. */
async function fresh(frames: readonly Buffer[], salt: number): Promise<Buffer[]> {
  const { default: sharp } = await import('sharp');
  return Promise.all(
    frames.map((frame) =>
      sharp(frame)
        .jpeg({ quality: 90 - salt })
        .toBuffer(),
    ),
  );
}
