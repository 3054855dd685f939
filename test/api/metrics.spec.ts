import { until } from '../support/wait.js';
import { type Series, seriesOf, sumOf, valueOf } from '../support/exposition.js';
import { apiCatalogue, unboundedLabels } from '../support/metric-catalogue.js';
import { callElsewhere } from './support/call.js';
import { rawCall } from './support/raw-call.js';
import { type RelyingParty, TestApi } from './support/test-api.js';

const OPERATOR = 'operator-token-0123456789-0123456789';
const NOWHERE = '0199e8c8-0000-7000-8000-000000000000';

describe('metrics of the API', () => {
  let api: TestApi;
  let party: RelyingParty;

  beforeAll(async () => {
    api = await TestApi.start({ env: { METRICS_TOKEN: OPERATOR } });
    party = await api.relyingParty();
  });
  afterAll(() => api.close());

  const scrape = async (): Promise<Series[]> =>
    seriesOf((await api.call('GET', '/metrics', { token: OPERATOR })).text);
  const names = (series: readonly Series[]) =>
    series.map(({ name, labels }) => `${name}${JSON.stringify(labels)}`);

  it('count, time and classify each answer by its route', async () => {
    const before = await scrape();
    const { token } = party;
    for (const id of [NOWHERE, NOWHERE.replace('7', '8'), 'x'])
      await api.call('GET', `/v1/subjects/${id}?q=${id}`, { token });
    await api.call('GET', `/v1/subjects/${NOWHERE}`);
    const after = await scrape();
    const grown = (name: string, labels: Record<string, string>) =>
      sumOf(after, name, labels) - sumOf(before, name, labels);
    const route = '/v1/subjects/:id';
    expect(grown('sb_http_requests_total', { method: 'GET', route, status: '404' })).toBe(3);
    expect(grown('sb_http_requests_total', { method: 'GET', route, status: '401' })).toBe(1);
    expect(grown('sb_http_request_duration_seconds_count', { method: 'GET', route })).toBe(4);
    expect(grown('sb_http_problems_total', { code: 'subject_not_found' })).toBe(3);
    expect(grown('sb_http_problems_total', { code: 'unauthenticated' })).toBe(1);
  });

  it('leave a long-poll out of the times, as it waits by order', async () => {
    const before = await scrape();
    await api.call('GET', `/v1/captures/${NOWHERE}?wait=1`, { token: party.token });
    const after = await scrape();
    const labels = { method: 'GET', route: '/v1/captures/:id' };
    expect(sumOf(after, 'sb_http_requests_total', labels)).toBe(
      sumOf(before, 'sb_http_requests_total', labels) + 1,
    );
    expect(sumOf(after, 'sb_http_request_duration_seconds_count', labels)).toBe(
      sumOf(before, 'sb_http_request_duration_seconds_count', labels),
    );
  });

  it('gain no series by whatever is asked for', async () => {
    const odd = async (salt: string) => {
      for (const path of [
        '/',
        `/${salt}`,
        `/v1/${salt}`,
        `/v1/subjects/${salt}/x`,
        `/metrics/${salt}`,
        `/%zz${salt}`,
        `/a?${salt}=${salt}`,
      ])
        for (const method of ['GET', 'PUT', 'PROPFIND', 'REPORT'])
          await rawCall(api.url, method, path, { 'x-request-id': `odd-request-${salt}`, 'user-agent': salt });
      await api.call('GET', `/v1/subjects/${salt}`, { token: party.token });
      await api.call('POST', '/v1/captures', { token: party.token, json: { purpose: salt } });
    };
    await odd('first');
    const before = await scrape();
    for (const salt of ['second', 'third', '__proto__', '"}evil{a="']) await odd(encodeURIComponent(salt));
    const after = await scrape();
    const own = (series: readonly Series[]) =>
      names(series.filter(({ name }) => name.startsWith('sb_'))).sort();
    expect(own(after)).toEqual(own(before));
    expect(sumOf(after, 'sb_http_requests_total', { route: 'other' })).toBeGreaterThan(
      sumOf(before, 'sb_http_requests_total', { route: 'other' }),
    );
  });

  it('have no label value besides those of their lists', async () => {
    const series = await scrape();
    expect(series.length).toBeGreaterThan(100);
    expect(unboundedLabels(series, apiCatalogue())).toEqual([]);
  });

  it('show the installation: queue, captures, outbox, and that nobody serves it', async () => {
    const id = await api.as(party.token).started({ purpose: 'liveness' });
    await api.sql(
      `UPDATE captures SET state = 'submitted', submission_digest = '\\x00', deadline_at = now() + interval '1 hour',
         next_check_at = now() + interval '1 hour', stage = 'depth', stage_queued_at = now() - interval '90 seconds' WHERE id = $1`,
      [id],
    );
    await api.sql(
      `INSERT INTO outbox (tenant_id, topic, aggregate_id, payload_version, created_at) VALUES ($1, 'capture.submitted', $2, 1, now() - interval '70 seconds')`,
      [party.tenantId, id],
    );
    const series = await until(async () => {
      const read = await scrape();
      return valueOf(read, 'sb_outbox_messages') === 1 ? read : undefined;
    });
    const depth = { stage: 'depth' };
    expect(valueOf(series, 'sb_stage_captures', { ...depth, state: 'waiting' })).toBe(1);
    expect(valueOf(series, 'sb_stage_captures', { ...depth, state: 'running' })).toBe(0);
    expect(valueOf(series, 'sb_stage_oldest_seconds', depth)).toBeGreaterThanOrEqual(90);
    expect(valueOf(series, 'sb_stage_oldest_seconds', { stage: 'mesh' })).toBe(0);
    expect(valueOf(series, 'sb_outbox_oldest_seconds')).toBeGreaterThanOrEqual(70);
    expect(valueOf(series, 'sb_stage_consumers', depth)).toBe(0);
    expect(valueOf(series, 'sb_queue_jobs', { ...depth, state: 'waiting' })).toBe(0);
    expect(valueOf(series, 'sb_dependency_up', { part: 'database' })).toBe(1);
    expect(valueOf(series, 'sb_dependency_up', { part: 'queue' })).toBe(1);
    const { status, body } = await api.call('GET', '/health', { token: OPERATOR });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      status: 'degraded',
      service: { version: expect.stringMatching(/^\d+\.\d+\.\d+/) as string },
      parts: {
        database: { status: 'up' },
        blobStore: { status: 'up' },
        queue: { status: 'up', backend: 'postgres' },
        models: { status: 'degraded', workers: [] },
        pipeline: {
          status: 'degraded',
          stagesWithoutConsumer: ['extraction', 'depth', 'mesh', 'liveness', 'decision'],
        },
        outbox: { status: 'degraded', messages: 1 },
      },
    });
    expect((await api.call('GET', '/health/ready')).body).toEqual({ status: 'up' });
  });

  it('show which workers are there, and when two of them would decide by different models', async () => {
    const beat = (sha256: string, secondsAgo: number) =>
      api.sql(
        `INSERT INTO worker_heartbeats (worker_id, version, stages, inference_backend, models, seen_at)
         VALUES (gen_random_uuid(), '1.0.0', '{extraction,decision}', 'wasm', $1, now() - $2 * interval '1 second')`,
        [
          JSON.stringify([{ id: 'template', version: '1.0.0', sha256, optional: false, loaded: true }]),
          secondsAgo,
        ],
      );
    const models = async () =>
      ((await api.call('GET', '/health', { token: OPERATOR })).body['parts'] as { models: Models }).models;
    interface Models {
      readonly status: string;
      readonly disputed: string[];
      readonly workers: { readonly stages: string[] }[];
    }
    const withWorkers = (count: number) =>
      until(async () => {
        const read = await models();
        return read.workers.length === count ? read : undefined;
      });
    // Ahead of time, so that however slow this machine is they are there meanwhile.
    const present = -600;
    await beat('a'.repeat(64), present);
    await beat('c'.repeat(64), 60);
    expect(await withWorkers(1)).toMatchObject({ status: 'up', disputed: [] });
    await beat('b'.repeat(64), present);
    expect(await withWorkers(2)).toMatchObject({ status: 'degraded', disputed: ['template'] });
    const series = await scrape();
    expect(valueOf(series, 'sb_stage_consumers', { stage: 'extraction' })).toBe(2);
    expect(valueOf(series, 'sb_stage_consumers', { stage: 'depth' })).toBe(0);
  });

  it('tell of nobody: no tenant, client, subject or capture', async () => {
    const client = api.as(party.token);
    const subjectId = await client.consentingSubject();
    const { id } = await client.create({ purpose: 'liveness', subjectId });
    const { text } = await api.call('GET', '/metrics', { token: OPERATOR });
    for (const known of [party.tenantId, party.clientId, subjectId, id, OPERATOR])
      expect(text).not.toContain(known);
    expect(text).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-/);
  });
});

describe('who reads metrics and health in detail', () => {
  /** The address the process says it took. */
  const addressOf = ({ log }: TestApi): string =>
    /"url":"([^"]+)","msg":"metrics ready"/.exec(log)?.[1] ?? '';
  const PAGES = ['/metrics', '/health'];

  it('the operators’ token on the API’s own address, which opens nothing else', async () => {
    const api = await TestApi.start({ env: { METRICS_TOKEN: OPERATOR } });
    try {
      for (const page of PAGES) {
        expect([page, (await api.call('GET', page, { token: OPERATOR })).status]).toEqual([page, 200]);
        expect([page, (await api.call('HEAD', page, { token: OPERATOR })).status]).toEqual([page, 200]);
        for (const token of [undefined, `${OPERATOR}x`, OPERATOR.slice(1), (await api.relyingParty()).token])
          expect([page, token, (await api.call('GET', page, { token })).status]).toEqual([page, token, 401]);
      }
      for (const path of [`/v1/subjects/${NOWHERE}`, `/v1/captures/${NOWHERE}`, '/nope'])
        expect([path, (await api.call('GET', path, { token: OPERATOR })).status]).toEqual([path, 401]);
      expect(addressOf(api)).toBe('');
    } finally {
      await api.close();
    }
  });

  it('whoever reaches METRICS_PORT, where there is no token', async () => {
    const api = await TestApi.start({ env: { METRICS_PORT: '0' } });
    try {
      const own = addressOf(api);
      expect((await callElsewhere(`${own}/metrics`, 'GET')).text).toContain('sb_http_requests_total');
      expect((await callElsewhere(`${own}/metrics`, 'GET')).headers.get('content-type')).toMatch(
        'text/plain',
      );
      expect((await callElsewhere(`${own}/health`, 'GET')).body).toMatchObject({ status: 'degraded' });
      expect((await callElsewhere(`${own}/metrics`, 'POST')).status).toBe(405);
      for (const path of ['/', '/v1/subjects', '/health/live', '/__proto__', '/constructor'])
        expect([path, (await callElsewhere(`${own}${path}`, 'GET')).status]).toEqual([path, 404]);
      for (const page of PAGES) expect((await api.call('GET', page)).status).toBe(401);
    } finally {
      await api.close();
    }
  });

  it('only the token on METRICS_PORT too, where there is one', async () => {
    const api = await TestApi.start({ env: { METRICS_PORT: '0', METRICS_TOKEN: OPERATOR } });
    try {
      for (const page of PAGES) {
        const refused = await callElsewhere(`${addressOf(api)}${page}`, 'GET', { token: `${OPERATOR}x` });
        expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
        expect((await callElsewhere(`${addressOf(api)}${page}`, 'GET', { token: OPERATOR })).status).toBe(
          200,
        );
      }
    } finally {
      await api.close();
    }
  });

  it('a token that could be guessed ends the start', async () => {
    await expect(TestApi.start({ env: { METRICS_TOKEN: 'guessable' } })).rejects.toThrow(
      'at least 32 characters',
    );
  });
});
