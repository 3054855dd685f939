import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import type { ApiClient } from '../support/api-client.js';
import { pictures } from '../api/support/pictures.js';
import { QUEUE_HOMES, startTestStack, type TestStack } from '../support/stack.js';
import { until } from '../support/wait.js';
import { type Manner, take, WebhookReceiver } from '../support/webhook-receiver.js';

const PATIENT_MS = 900_000;
const TIMEOUT_MS = 1_000;
const RETRIES_MS = [300, 600, 1_200, ...Array.from({ length: 47 }, () => 5_000)];

/** Answers 500, breaks off, or takes it: by the number of the request, so that half fail and none for ever. */
const halfOfTheTime: Manner = (reception, response) => {
  const odd = (Number.parseInt(reception.id.slice(-1), 16) + reception.nth) % 2 === 1;
  if (!odd) return take(reception, response);
  if (reception.nth % 3 === 0) response.destroy();
  else response.writeHead(500).end();
  return false;
};
/** Every fourth event hangs the first time. */
const hanging: Manner = (reception, response) =>
  reception.nth === 1 && /[048c]$/.test(reception.id) ? false : take(reception, response);
const redirectingTo =
  (url: string): Manner =>
  (reception, response) => {
    if (reception.nth > 1) return take(reception, response);
    response.writeHead(307, { location: url }).end();
    return false;
  };
const gone: Manner = (_, response) => {
  response.writeHead(410).end();
  return false;
};

type Kind = 'prompt' | 'half' | 'hanging' | 'redirecting' | 'gone' | 'dying';

describe.each(QUEUE_HOMES)('webhooks of many captures, queue in $home', ({ suite, redisUrl, inFull }) => {
  const CAPTURES = inFull ? 300 : 90;
  /** For how long the dying receiver is away. */
  const AWAY_MS = inFull ? 120_000 : 15_000;

  suite(`every event of ${CAPTURES} reaches every receiver`, () => {
    const trap = new WebhookReceiver();
    const receivers: Record<Kind, WebhookReceiver> = {
      prompt: new WebhookReceiver(),
      half: new WebhookReceiver(halfOfTheTime),
      hanging: new WebhookReceiver(hanging),
      redirecting: new WebhookReceiver(),
      gone: new WebhookReceiver(gone),
      dying: new WebhookReceiver(),
    };
    const ids = {} as Record<Kind, string>;
    let test: TestStack;
    /** How each capture ended, as the captures' own table says: what the checker counts against. */
    let ends: Map<string, string>;
    let pendingOfDyingWhenPromptWasDone: number;

    const expectedOf = () => [...ends].map(([id, state]) => `capture.${state} ${id}`).sort();
    const taken = (kind: Kind) => [
      ...new Set(
        receivers[kind].receptions
          .filter((each) => each.taken)
          .map(({ type, captureId }) => `${type} ${captureId}`),
      ),
    ];
    const ask = <T>(method: string, path: string, body?: object) =>
      test.api.send<T>(method, `/v1/webhook-endpoints${path}`, body);
    const complete = (kind: Kind) =>
      until(() => taken(kind).length >= CAPTURES, { deadlineMs: PATIENT_MS / 2, everyMs: 200 });

    beforeAll(async () => {
      test = await startTestStack({
        workers: 2,
        redisUrl: redisUrl(),
        env: {
          // Captures end without anybody looking at their pictures; the way of the webhooks is the whole product's.
          WORKER_STAGES: 'decision',
          SWEEP_INTERVAL_MS: '200',
          WEBHOOK_ALLOW: '127.0.0.0/8',
          WEBHOOK_TIMEOUT_MS: String(TIMEOUT_MS),
          WEBHOOK_RETRY_MS: RETRIES_MS.join(','),
          WEBHOOK_INTERVAL_MS: '100',
        },
      });
      await trap.start();
      receivers.redirecting.manner = redirectingTo(trap.url);
      for (const [kind, receiver] of Object.entries(receivers) as [Kind, WebhookReceiver][]) {
        await receiver.start();
        const eventTypes = ['capture.decided', 'capture.expired', 'capture.cancelled'];
        const { body } = await ask<{ id: string; secret: string }>('POST', '', {
          url: receiver.url,
          eventTypes,
        });
        ids[kind] = body.id;
        receiver.secrets = [body.secret];
      }
      const third = CAPTURES / 3;
      await endAll(test.api, third, (api, id) => api.cancel(id));
      await receivers.dying.stop();
      const stoppedAt = performance.now();
      await endAll(test.api, third, (_, id) => test.probe.rows(EXPIRE, [id]));
      if (redisUrl()) await loseTheQueue(test, String(redisUrl()));
      const frames = await pictures(5);
      await endAll(test.api, third, async (api, id) => {
        await api.start(id);
        await api.submit(id, frames);
        await test.probe.rows(GIVE_UP, [id]);
      });
      await complete('prompt');
      pendingOfDyingWhenPromptWasDone = await test.probe.count(
        `webhook_deliveries WHERE endpoint_id = $1 AND state = 'pending'`,
        [ids.dying],
      );
      await sleep(Math.max(0, AWAY_MS - (performance.now() - stoppedAt)));
      await receivers.dying.start();
      for (const kind of ['half', 'hanging', 'redirecting', 'dying'] as const) await complete(kind);
      const rows = await test.probe.rows<{ id: string; state: string }>('SELECT id, state FROM captures');
      ends = new Map(rows.map(({ id, state }) => [id, state]));
    }, PATIENT_MS);
    afterAll(async () => {
      await test?.stop();
      for (const receiver of [trap, ...Object.values(receivers)]) await receiver.stop();
    });

    it('has captures of each three kinds to count', () => {
      const counted = [...ends.values()].reduce<Record<string, number>>(
        (counts, state) => ({ ...counts, [state]: (counts[state] ?? 0) + 1 }),
        {},
      );
      const each = CAPTURES / 3;
      expect(counted).toEqual({ decided: each, expired: each, cancelled: each });
    });

    it.each(['prompt', 'half', 'hanging', 'redirecting', 'dying'] as const)(
      'the %s receiver took every event, and nothing else',
      (kind) => {
        expect(taken(kind).sort()).toEqual(expectedOf());
        expect(receivers[kind].refused).toEqual([]);
      },
    );

    it('every attempt at an event, and every receiver, sees one webhook-id and the same bytes', () => {
      const byCapture = new Map<string, Set<string>>();
      for (const { receptions } of Object.values(receivers))
        for (const { captureId, id, body } of receptions)
          byCapture.set(captureId, (byCapture.get(captureId) ?? new Set()).add(`${id} ${body}`));
      expect(byCapture.size).toBe(CAPTURES);
      expect([...byCapture.values()].filter(({ size }) => size !== 1)).toEqual([]);
    });

    it('one that is away held nobody else back', () => {
      expect(pendingOfDyingWhenPromptWasDone).toBeGreaterThan(0);
    });

    it('nobody followed the redirect', () => {
      expect([trap.receptions.length, trap.refused.length]).toEqual([0, 0]);
    });

    it('the body is thin: ids, what was asked, and of a decision its outcome and coarse code', () => {
      const decided = receivers.prompt.receptions.find(({ type }) => type === 'capture.decided');
      const body = JSON.parse(String(decided?.body)) as { timestamp: string };
      expect(body).toEqual({
        type: 'capture.decided',
        timestamp: expect.stringMatching(/^\d{4}-.*Z$/) as string,
        data: {
          captureId: decided?.captureId,
          subjectId: null,
          purpose: 'liveness',
          outcome: 'inconclusive',
          code: 'try_again',
        },
      });
    });

    it('the log tells each attempt that the receivers saw', async () => {
      type Attempts = { attempts: { outcome: string }[] };
      const outcomes = async (kind: Kind) => {
        const seen: string[] = [];
        let cursor: string | null = '';
        while (cursor !== null) {
          const path: string = `/${ids[kind]}/deliveries?limit=100${cursor && `&cursor=${cursor}`}`;
          const { body } = await ask<{ items: Attempts[]; nextCursor: string | null }>('GET', path);
          seen.push(...body.items.flatMap(({ attempts }) => attempts.map(({ outcome }) => outcome)));
          cursor = body.nextCursor;
        }
        return seen;
      };
      const count = (all: string[], outcome: string) => all.filter((each) => each === outcome).length;
      const logged = await outcomes('redirecting');
      expect(count(logged, 'delivered')).toBe(CAPTURES);
      // A busy machine may take longer than the second that an attempt has, before or after the receiver saw it.
      const late = count(logged, 'timeout');
      expect(count(logged, 'redirect') + late).toBe(logged.length - CAPTURES);
      expect(count(logged, 'redirect')).toBeGreaterThan(CAPTURES / 2);
      const unseen = logged.length - receivers.redirecting.receptions.length;
      expect(unseen).toBeGreaterThanOrEqual(0);
      expect(unseen).toBeLessThanOrEqual(late);
      expect(count(await outcomes('hanging'), 'timeout')).toBeGreaterThan(CAPTURES / 10);
      expect(count(await outcomes('dying'), 'unreachable')).toBeGreaterThan(CAPTURES / 3);
      const half = await outcomes('half');
      expect(count(half, 'status') + count(half, 'unreachable')).toBeGreaterThan(CAPTURES / 3);
    });

    it(
      'the one that said 410 was left alone, and got everything when it came back and asked for it',
      async () => {
        const { body } = await ask<Record<string, unknown>>('GET', `/${ids.gone}`);
        expect(body).toMatchObject({ state: 'disabled', disabledReason: 'gone' });
        expect(taken('gone')).toEqual([]);
        expect(receivers.gone.receptions.length).toBeLessThan(CAPTURES / 3);
        expect(
          await test.probe.count(
            `audit_events WHERE action = 'webhook_endpoint.disabled' AND target_id = $1`,
            [ids.gone],
          ),
        ).toBe(1);
        receivers.gone.manner = take;
        await ask('PATCH', `/${ids.gone}`, { state: 'enabled' });
        const range = { from: '2020-01-01T00:00:00Z', to: '2099-01-01T00:00:00Z' };
        expect((await ask('POST', `/${ids.gone}/redeliver`, range)).status).toBe(202);
        await complete('gone');
        expect(taken('gone').sort()).toEqual(expectedOf());
      },
      PATIENT_MS,
    );

    it('after a rotation both secrets verify, and a redelivery has the id of before', async () => {
      const { prompt } = receivers;
      const [old] = prompt.secrets;
      const { body } = await ask<{ secret: string }>('POST', `/${ids.prompt}/rotate-secret`, {});
      const listed = await ask<{ items: { id: string; eventId: string }[] }>(
        'GET',
        `/${ids.prompt}/deliveries?limit=2`,
      );
      for (const [index, secret] of [String(old), body.secret].entries()) {
        prompt.secrets = [secret];
        const before = prompt.receptions.length;
        const delivery = listed.body.items[index];
        await ask('POST', `/${ids.prompt}/deliveries/${delivery?.id}/redeliver`);
        await until(() => prompt.receptions.length > before);
        expect(prompt.receptions.at(-1)).toMatchObject({ id: delivery?.eventId, signatures: 2 });
      }
      expect(prompt.refused).toEqual([]);
    });
  });
});

const EXPIRE = `UPDATE captures SET expires_at = now(), next_check_at = now() WHERE id = $1`;
const GIVE_UP = `UPDATE captures SET deadline_at = now(), next_check_at = now() WHERE id = $1`;

async function endAll(
  api: ApiClient,
  count: number,
  end: (api: ApiClient, id: string) => Promise<unknown>,
): Promise<void> {
  for (let index = 0; index < count; index += 4)
    await Promise.all(
      Array.from({ length: Math.min(4, count - index) }, async () =>
        end(api, (await api.create({ purpose: 'liveness' })).id),
      ),
    );
}

/** Everything this stack has in Redis, as a FLUSHALL would take it. */
async function loseTheQueue({ env }: TestStack, url: string): Promise<void> {
  const redis = new Redis(url);
  try {
    const keys = await redis.keys(`${env['QUEUE_PREFIX']}:*`);
    if (keys.length > 0) await redis.del(keys);
  } finally {
    redis.disconnect();
  }
}
