import { Clients, SCOPES } from '#access';
import type { Reason } from '#biometrics';
import type { SimulationView } from '#captures';
import { framesFrom, jawWarp, samplePortrait } from '#simulator';
import { pictures } from '../api/support/pictures.js';
import { call } from '../api/support/call.js';
import { ApiClient } from '../support/api-client.js';
import { portraitFrames } from '../support/stack-frames.js';
import { QUEUE_HOMES, startTestStack, type TestStack } from '../support/stack.js';
import { until } from '../support/wait.js';

const PATIENT_MS = 300_000;

/** Built processes, real networks: what a simulation says is what the workers decide once the policy is active. */
describe.each(QUEUE_HOMES)('policies, with the queue in $home', ({ suite, redisUrl }) => {
  suite('simulated and then activated', () => {
    let test: TestStack;
    let token: string;
    const captureIds: string[] = [];

    beforeAll(async () => {
      test = await startTestStack({ redisUrl: redisUrl() });
      const { clientId, clientSecret } = await test.withPlatform(({ unitOfWork }) =>
        new Clients(unitOfWork).create(test.client.tenantId, 'tuner', SCOPES),
      );
      token = (await ApiClient.login(test.stack.urls[0] as string, { clientId, clientSecret })).token;

      const subjectId = await test.api.consentingSubject();
      const own = await portraitFrames();
      const other = await framesFrom(await jawWarp(await samplePortrait(), 'widened'), 5);
      await test.api.decided(await test.api.submitted({ purpose: 'enrolment', subjectId }, own));
      await test.probe.rows(`UPDATE decisions SET decided_at = decided_at - interval '90 days'`);
      for (const [purpose, frames] of [
        ['verification', own],
        ['verification', other],
        ['verification', await pictures(5)],
        ['liveness', own],
        ['liveness', other],
        ['liveness', await pictures(6)],
      ] as const) {
        const command = purpose === 'verification' ? { purpose, subjectId } : { purpose };
        const id = await test.api.submitted(command, frames);
        await test.api.decided(id, PATIENT_MS / 4);
        captureIds.push(id);
      }
    }, PATIENT_MS);
    afterAll(() => test?.stop());

    const ask = async (method: string, path: string, json?: unknown) => {
      const answer = await call(`${test.stack.urls[0]}${path}`, method, { token, json });
      if (answer.status >= 400) throw new Error(`${method} ${path}: ${answer.text}`);
      return answer;
    };

    const reasons = async (): Promise<Map<string, Reason>> => {
      const rows = await test.probe.rows<{ id: string; reason: Reason }>(
        'SELECT capture_id AS id, reason FROM decisions WHERE capture_id = ANY ($1)',
        [captureIds],
      );
      return new Map(rows.map(({ id, reason }) => [id, reason]));
    };

    /** Takes the decisions away and queues the captures again: the workers find every stage done but the decision. */
    async function replay(version: number): Promise<void> {
      await test.probe.rows('DELETE FROM decisions WHERE capture_id = ANY ($1)', [captureIds]);
      await test.probe.rows(`DELETE FROM stage_results WHERE stage = 'decision' AND capture_id = ANY ($1)`, [
        captureIds,
      ]);
      await test.probe.rows(
        `WITH again AS (
           UPDATE captures SET state = 'processing', stage = 'decision', ended_at = NULL, policy_version = $2,
             next_check_at = now() + interval '1 hour', deadline_at = now() + interval '1 hour', flow_generation = flow_generation + 1
           WHERE id = ANY ($1) RETURNING id, tenant_id)
         INSERT INTO outbox (tenant_id, topic, aggregate_id, payload_version)
         SELECT tenant_id, 'capture.submitted', id, 1 FROM again`,
        [captureIds, version],
      );
      await until(async () => (await reasons()).size === captureIds.length, { deadlineMs: PATIENT_MS / 4 });
    }

    it.each<[string, object, number]>([
      ['a threshold nobody but the same pictures reaches', { comparisonThreshold: 0.999 }, 1],
      ['attack detection', { comparisonThreshold: 0.3, requiredPadLevel: 'challenge' }, 2],
      ['none of it', { comparisonThreshold: 0.3, requiredPadLevel: 'none' }, 2],
    ])(
      'decide as was said: %s',
      async (_what, changes, leastChanged) => {
        const created = await ask('POST', '/v1/policies', { changes });
        const version = created.body['version'] as number;
        const before = await reasons();
        const queued = await ask('POST', `/v1/policies/${version}/simulate`, { exact: true });
        const done = await until(async () => {
          const { body } = await ask('GET', queued.headers.get('location') as string);
          return body['state'] === 'done' ? (body as unknown as SimulationView) : undefined;
        });
        const acceptWeakening = Object.keys(changes);
        await ask('POST', `/v1/policies/${version}/activate`, { acceptWeakening });
        await replay(version);

        const after = await reasons();
        const matrix: Record<string, number> = {};
        for (const [id, from] of before) {
          const key = `${from}>${String(after.get(id))}`;
          if (after.get(id) !== from) matrix[key] = (matrix[key] ?? 0) + 1;
        }
        const said = done.result?.transitions.map(({ from, to, captures }) => [`${from}>${to}`, captures]);
        expect(Object.fromEntries(said ?? [])).toEqual(matrix);
        expect(done.result).toMatchObject({ captures: captureIds.length, unknown: 0 });
        expect(done.result?.changed).toBeGreaterThanOrEqual(leastChanged);
      },
      PATIENT_MS,
    );
  });
});
