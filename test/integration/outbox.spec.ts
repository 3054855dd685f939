import { randomUUID } from 'node:crypto';
import { addToOutbox, type ClaimedMessage, OutboxRelay, type TopicHandler } from '#database';
import { InProcess } from '../support/stack-in-process.js';
import { until } from '../support/wait.js';

const TOPIC = 'test.topic';

describe('the outbox', () => {
  let one: InProcess;
  beforeAll(async () => {
    one = await InProcess.open();
  });
  afterAll(() => one?.close());
  afterEach(() => one.probe.rows('DELETE FROM outbox'));

  const write = async (count: number): Promise<string[]> => {
    const ids = Array.from({ length: count }, () => randomUUID());
    await one.unitOfWork.inTenant(one.tenantId, async (manager) => {
      for (const aggregateId of ids) {
        await addToOutbox(manager, one.tenantId, { topic: TOPIC, aggregateId, payloadVersion: 1 });
      }
    });
    return ids;
  };
  const relay = (handler: TopicHandler, leaseMs = 60_000, batch = 7) =>
    new OutboxRelay(one.unitOfWork, { [TOPIC]: handler }, { leaseMs, batch, onError: () => undefined });
  const left = () => one.probe.count('outbox');

  it('hands each message to one of four relays that take turns at once', async () => {
    const ids = await write(60);
    const handed: string[] = [];
    const relays = Array.from({ length: 4 }, () =>
      relay(({ aggregateId }) => {
        handed.push(aggregateId);
        return Promise.resolve();
      }),
    );
    await Promise.all(
      relays.map(async (each) => {
        while ((await each.relayDue()) > 0);
      }),
    );
    expect(handed.sort()).toEqual(ids.sort());
    expect(await left()).toBe(0);
  });

  it('writes no message of a transaction that rolled back', async () => {
    const failing = one.unitOfWork.inTenant(one.tenantId, async (manager) => {
      await addToOutbox(manager, one.tenantId, {
        topic: TOPIC,
        aggregateId: randomUUID(),
        payloadVersion: 1,
      });
      throw new Error('after the message');
    });
    await expect(failing).rejects.toThrow('after the message');
    expect(await left()).toBe(0);
  });

  it('leaves a leased message alone, and takes it over when the lease has ended', async () => {
    await write(1);
    let letGo!: () => void;
    const held = new Promise<void>((resolve) => (letGo = resolve));
    const claimed: ClaimedMessage[] = [];
    const slow = relay(async (message) => {
      claimed.push(message);
      await held;
    }).relayDue();
    await until(() => claimed.length === 1);
    const other = relay((message) => {
      claimed.push(message);
      return Promise.resolve();
    });
    expect(await other.relayDue()).toBe(0);
    await one.probe.rows(`UPDATE outbox SET leased_until = now() - interval '1 second'`);
    expect(await other.relayDue()).toBe(1);
    expect(claimed.map(({ attempts }) => attempts)).toEqual([1, 2]);
    letGo();
    await slow;
    expect(await left()).toBe(0);
  });

  it('lets a relay that lost its lease neither remove nor postpone what another holds', async () => {
    await write(2);
    let letGo!: () => void;
    const held = new Promise<void>((resolve) => (letGo = resolve));
    let arrived = 0;
    const late = relay(async () => {
      if (++arrived === 2) await held.then(() => Promise.reject(new Error('the queue answered too late')));
      else await held;
    }).relayDue();
    await until(() => arrived === 2);
    const token = randomUUID();
    await one.probe.rows(`UPDATE outbox SET lease_token = $1, leased_until = now() + interval '1 hour'`, [
      token,
    ]);
    letGo();
    await late;
    expect(await one.probe.count('outbox WHERE lease_token = $1 AND leased_until > now()', [token])).toBe(2);
  });

  it('postpones what could not be handed over, longer each time, and hands it over in the end', async () => {
    await write(1);
    let up = false;
    const patient = relay(() => (up ? Promise.resolve() : Promise.reject(new Error('queue down'))));
    /** Seconds from `since`, or from now, until the message is due. */
    const dueIn = async (since?: Date): Promise<number> => {
      const { delay } = await one.probe.one<{ delay: number }>(
        'SELECT extract(epoch FROM available_at - coalesce($1::timestamptz, now()))::float AS delay FROM outbox',
        [since ?? null],
      );
      return delay;
    };
    // The pause began between the two moments it is measured from, however far apart they are.
    const pauses: { atMost: number; atLeast: number }[] = [];
    for (let attempt = 1; attempt <= 8; attempt++) {
      await one.probe.rows('UPDATE outbox SET available_at = now()');
      const { before } = await one.probe.one<{ before: Date }>('SELECT now() AS before');
      expect(await patient.relayDue()).toBe(1);
      pauses.push({ atLeast: await dueIn(), atMost: await dueIn(before) });
    }
    for (const [index, { atLeast, atMost }] of pauses.entries()) {
      expect(atMost).toBeGreaterThan(0);
      expect(atLeast).toBeLessThanOrEqual(Math.min(5, 0.1 * 2 ** (index + 1)));
    }
    expect(pauses.at(-1)?.atMost).toBeGreaterThan(3);
    await one.probe.rows(`UPDATE outbox SET available_at = now() + interval '1 hour'`);
    expect(await patient.relayDue()).toBe(0);
    up = true;
    await one.probe.rows('UPDATE outbox SET available_at = now()');
    await patient.relayDue();
    expect(await left()).toBe(0);
  });

  it('keeps a message of a topic nobody knows', async () => {
    await one.unitOfWork.inTenant(one.tenantId, (manager) =>
      addToOutbox(manager, one.tenantId, {
        topic: 'of.a.newer.version',
        aggregateId: randomUUID(),
        payloadVersion: 1,
      }),
    );
    await relay(() => Promise.resolve()).relayDue();
    expect(await left()).toBe(1);
  });

  it('is not held up by one message that fails', async () => {
    const [poison] = await write(5);
    const failing = relay(({ aggregateId }) =>
      aggregateId === poison ? Promise.reject(new Error('poison')) : Promise.resolve(),
    );
    await failing.relayDue();
    expect(await one.probe.rows('SELECT aggregate_id FROM outbox')).toEqual([{ aggregate_id: poison }]);
  });
});
