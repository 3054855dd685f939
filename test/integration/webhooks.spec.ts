import { randomUUID } from 'node:crypto';
import {
  AddressPolicy,
  DeliverWebhook,
  type DeliveryTask,
  guardedAgent,
  WebhookDispatcher,
  WebhookEndpoints,
  type WebhookEvent,
  WebhookRetention,
  WebhookSender,
  type WebhookSettings,
  webhookTopics,
} from '#webhooks';
import { InProcess } from '../support/stack-in-process.js';
import { until } from '../support/wait.js';
import { type Manner, WebhookReceiver } from '../support/webhook-receiver.js';

const NEVER = new AbortController().signal;
const SETTINGS: WebhookSettings = {
  timeoutMs: 60_000,
  retryMs: [60_000, 60_000],
  disableAfterMs: 86_400_000,
  perEndpoint: 3,
};
const status =
  (code: number, headers: Record<string, string> = {}): Manner =>
  (_, response) => {
    response.writeHead(code, headers).end();
    return code < 300;
  };

/** The delivery of webhooks with a real database and real receivers; the queue is a list. */
describe('delivering webhooks', () => {
  let one: InProcess;
  let endpoints: WebhookEndpoints;
  let queue: DeliveryTask[];
  let undo: (() => Promise<unknown>)[];

  beforeAll(async () => {
    one = await InProcess.open();
    endpoints = new WebhookEndpoints(one.unitOfWork, one.keyring, new AddressPolicy(['127.0.0.0/8']));
  });
  afterAll(() => one?.close());
  beforeEach(() => {
    queue = [];
    undo = [];
  });
  afterEach(async () => {
    for (const step of undo.reverse()) await step();
    await one.probe.rows('DELETE FROM webhook_endpoints');
    await one.probe.rows('DELETE FROM webhook_events');
  });

  async function receiving(manner?: Manner): Promise<{ receiver: WebhookReceiver; id: string }> {
    const receiver = await new WebhookReceiver(manner).start();
    undo.push(() => receiver.stop());
    const { id, secret } = await endpoints.create(one.caller, { url: receiver.url });
    receiver.secrets = [secret];
    return { receiver, id };
  }
  const event = (about = randomUUID()): WebhookEvent => ({
    type: 'capture.decided',
    about,
    captureId: null,
    occurredAt: new Date(),
    data: { captureId: about },
  });
  /** As the relay hands over an outbox message of that event. */
  const tell = async (told: WebhookEvent): Promise<void> => {
    const topics = webhookTopics(
      one.unitOfWork,
      () => Promise.resolve(told),
      () => undefined,
    );
    const message = {
      id: '1',
      tenantId: one.tenantId,
      aggregateId: told.about,
      payloadVersion: 1,
      attempts: 1,
    };
    await topics[told.type]?.({ ...message, topic: told.type });
  };
  const dispatcher = (perEndpoint = SETTINGS.perEndpoint) =>
    new WebhookDispatcher(
      one.unitOfWork,
      { enqueue: (task) => Promise.resolve(void queue.push(task)) },
      { perEndpoint },
    );
  const deliver = (settings: Partial<WebhookSettings> = {}) => {
    const all = { ...SETTINGS, ...settings };
    const agent = guardedAgent(new AddressPolicy(['127.0.0.0/8']), all);
    undo.push(() => agent.destroy());
    const sender = new WebhookSender(agent, { timeoutMs: all.timeoutMs, userAgent: 'test' });
    return new DeliverWebhook(one.unitOfWork, one.keyring, sender, all);
  };
  /** Dispatches what is due and makes every attempt. */
  async function round(settings: Partial<WebhookSettings> = {}) {
    await dispatcher(100).dispatchDue();
    const reports = [];
    for (const task of queue.splice(0)) reports.push(await deliver(settings).execute(task, NEVER));
    return reports;
  }
  const dueNow = () =>
    one.probe.rows(`UPDATE webhook_deliveries SET next_attempt_at = now() WHERE state = 'pending'`);
  const deliveries = (id: string) =>
    one.probe.rows<{ state: string; attempts: number; wait: number; claimed: boolean }>(
      `SELECT state, attempts, extract(epoch FROM next_attempt_at - now())::float8 AS wait, claimed_until IS NOT NULL AS claimed
       FROM webhook_deliveries WHERE endpoint_id = $1`,
      [id],
    );

  it('an event is told once, however often the outbox hands it on', async () => {
    const { receiver } = await receiving();
    const told = event();
    await Promise.all([tell(told), tell(told), tell(told)]);
    await tell(told);
    await round();
    await round();
    expect(receiver.receptions).toHaveLength(1);
  });

  it('an endpoint hears only what it asked for, and a tenant without endpoints leaves no events', async () => {
    await tell(event());
    expect(await one.probe.count('webhook_events')).toBe(0);
    const { receiver, id } = await receiving();
    await endpoints.change(one.caller, id, { eventTypes: ['capture.expired'] });
    await tell(event());
    expect(await round()).toEqual([]);
    expect(receiver.receptions).toEqual([]);
  });

  it('a job that comes twice, or late, makes no second attempt', async () => {
    const { receiver, id } = await receiving();
    await tell(event());
    await dispatcher().dispatchDue();
    const [task] = queue as [DeliveryTask];
    const reports = await Promise.all(Array.from({ length: 5 }, () => deliver().execute(task, NEVER)));
    expect(reports.filter((report) => report !== null)).toHaveLength(1);
    expect(await deliver().execute(task, NEVER)).toBeNull();
    expect(receiver.receptions).toHaveLength(1);
    expect(await deliveries(id)).toEqual([expect.objectContaining({ state: 'delivered', attempts: 1 })]);
  });

  it('what the queue has lost is dispatched anew, and a job that was claimed by a dead worker too', async () => {
    const { receiver } = await receiving();
    await tell(event());
    const lapse = () => one.probe.rows('UPDATE webhook_deliveries SET claimed_until = now()');
    expect(await dispatcher().dispatchDue()).toBe(1);
    expect(await dispatcher().dispatchDue()).toBe(0);
    queue = [];
    await lapse();
    expect(await dispatcher().dispatchDue()).toBe(1);
    // A worker that dies over its attempt writes nothing down.
    await expect(
      deliver().execute(queue[0] as DeliveryTask, AbortSignal.abort(new Error('killed'))),
    ).rejects.toThrow('killed');
    expect(await dispatcher().dispatchDue()).toBe(0);
    queue = [];
    await lapse();
    expect(await round()).toEqual([expect.objectContaining({ state: 'delivered' })]);
    expect(new Set(receiver.receptions.map(({ id }) => id)).size).toBe(1);
  });

  it('an endpoint has only so many deliveries on their way, whatever its backlog', async () => {
    const [first, second] = [await receiving(), await receiving()];
    await endpoints.change(one.caller, second.id, { eventTypes: ['capture.expired'] });
    for (let count = 0; count < 8; count++) await tell(event());
    await tell({ ...event(), type: 'capture.expired' });
    const claimed = async (id: string) => (await deliveries(id)).filter((each) => each.claimed).length;
    await Promise.all([dispatcher().dispatchDue(), dispatcher().dispatchDue(), dispatcher().dispatchDue()]);
    await dispatcher().dispatchDue();
    expect([await claimed(first.id), await claimed(second.id)]).toEqual([SETTINGS.perEndpoint, 1]);
    for (const task of queue.splice(0)) await deliver().execute(task, NEVER);
    await dispatcher().dispatchDue();
    expect(queue).toHaveLength(SETTINGS.perEndpoint);
  });

  it('fails after the last pause of the schedule, and waits at least as long as it is asked to', async () => {
    const { id } = await receiving(status(503, { 'retry-after': '600' }));
    await tell(event());
    for (const expected of ['pending', 'pending', 'failed']) {
      await round();
      const [delivery] = await deliveries(id);
      expect(delivery?.state).toBe(expected);
      if (expected === 'pending') expect(delivery?.wait).toBeGreaterThan(500);
      await dueNow();
    }
    expect(await round()).toEqual([]);
    expect((await deliveries(id))[0]?.attempts).toBe(3);
  });

  it('an endpoint that fails for days is disabled, audited, and told of to the others; its deliveries wait', async () => {
    const failing = await receiving(status(500));
    const other = await receiving();
    await tell(event());
    await round();
    expect((await endpoints.get(one.tenantId, failing.id)).state).toBe('enabled');
    await one.probe.rows(
      `UPDATE webhook_endpoints SET failing_since = now() - interval '2 days' WHERE id = $1`,
      [failing.id],
    );
    await dueNow();
    await round();
    expect(await endpoints.get(one.tenantId, failing.id)).toMatchObject({
      state: 'disabled',
      disabledReason: 'failing',
    });
    expect(
      await one.probe.count(`audit_events WHERE action = 'webhook_endpoint.disabled' AND target_id = $1`, [
        failing.id,
      ]),
    ).toBe(1);
    await dueNow();
    await round();
    expect(JSON.parse(String(other.receiver.receptions.at(-1)?.body))).toMatchObject({
      type: 'webhook.endpoint_disabled',
      data: { endpointId: failing.id, reason: 'failing' },
    });
    const before = failing.receiver.receptions.length;
    await tell(event());
    await round();
    expect(failing.receiver.receptions).toHaveLength(before);
    failing.receiver.manner = status(204);
    await endpoints.change(one.caller, failing.id, { state: 'enabled' });
    await dueNow();
    await round();
    expect(failing.receiver.receptions.slice(before).map(({ taken }) => taken)).toEqual([true]);
  });

  it('one success forgets all failures before it', async () => {
    const { receiver, id } = await receiving(status(500));
    const since = async () =>
      (
        await one.probe.one<{ since: Date | null }>(
          'SELECT failing_since AS since FROM webhook_endpoints WHERE id = $1',
          [id],
        )
      ).since;
    await tell(event());
    await round();
    expect(await since()).not.toBeNull();
    receiver.manner = status(200);
    await dueNow();
    await round();
    expect(await since()).toBeNull();
  });

  it('whoever has locked the endpoint can change its deliveries while an attempt is written down', async () => {
    let arrived: () => void = () => undefined;
    const answering = new Promise<void>((resolve) => (arrived = resolve));
    let answer: () => void = () => undefined;
    const answered = new Promise<void>((resolve) => (answer = resolve));
    const { receiver, id } = await receiving((_, response) => {
      arrived();
      void answered.then(() => response.writeHead(500).end());
      return false;
    });
    await tell(event());
    await dispatcher().dispatchDue();
    const attempt = deliver().execute(queue[0] as DeliveryTask, NEVER);
    await answering;
    await one.unitOfWork.inTenant(one.tenantId, async (manager) => {
      await manager.query('SELECT 1 FROM webhook_endpoints WHERE id = $1 FOR UPDATE', [id]);
      answer();
      await until(() =>
        one.probe.count(
          `pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%webhook_endpoints%'`,
        ),
      );
      await manager.query('UPDATE webhook_deliveries SET dispatches = dispatches WHERE endpoint_id = $1', [
        id,
      ]);
    });
    await expect(attempt).resolves.toMatchObject({ endpointId: id, state: 'pending' });
    expect(receiver.receptions).toHaveLength(1);
  });

  it('an endpoint that is removed takes its deliveries with it, also in the middle of an attempt', async () => {
    const { id } = await receiving((_, response) => {
      void endpoints.remove(one.caller, id).then(() => response.writeHead(204).end());
      return true;
    });
    await tell(event());
    expect(await round()).toEqual([null]);
    expect(await deliveries(id)).toEqual([]);
  });

  it('events are forgotten after their time, with all that hangs on them', async () => {
    await receiving();
    await tell(event());
    await round();
    const retention = new WebhookRetention(one.unitOfWork, { keepMs: 3_600_000 });
    expect(await retention.removeOld()).toBe(0);
    await one.probe.rows(`UPDATE webhook_events SET created_at = now() - interval '2 hours'`);
    expect(await retention.removeOld()).toBe(1);
    for (const table of ['webhook_events', 'webhook_deliveries', 'webhook_attempts'])
      expect([table, await one.probe.count(table)]).toEqual([table, 0]);
  });
});
