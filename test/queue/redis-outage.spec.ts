import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

import { Redis } from 'ioredis';

import {
  maxConnections,
  openQueue,
  type QueueOptions,
  QueueUnavailableError,
  type StageQueue,
  STAGES,
} from '#queue';

// eslint-disable-next-line no-restricted-imports -- a contract suite is no part of the public surface
import { consumeAll, newCapture, PATIENT, until } from '../../libs/queue/src/testing/harness.js';

const DEADLINE_MS = 500;
const installed = spawnSync('redis-server', ['--version']).status === 0;

(installed ? describe : describe.skip)('stage queue while Redis comes and goes (needs redis-server)', () => {
  let port: number;
  let server: ChildProcess | undefined;
  let opened: StageQueue[];

  const start = async () => {
    server = spawn('redis-server', ['--port', String(port), '--save', '', '--appendonly', 'no'], {
      stdio: 'ignore',
    });
    const probe = new Redis(port, { retryStrategy: () => 20 });
    probe.on('error', () => undefined);
    await probe.ping();
    await probe.quit();
  };
  const kill = async () => {
    if (!server || server.exitCode !== null || server.signalCode !== null) return;
    const gone = once(server, 'exit');
    server.kill('SIGKILL');
    await gone;
  };
  const admin = async (...command: [string, ...string[]]) => {
    const client = new Redis(port);
    try {
      return await client.call(...command);
    } finally {
      client.disconnect();
    }
  };
  const open = async (role: QueueOptions['role'], options: Partial<QueueOptions> = {}) => {
    const redisUrl = `redis://127.0.0.1:${port}`;
    const queue = await openQueue({ redisUrl, deadlineMs: DEADLINE_MS, closeMs: 500, ...options, role });
    opened.push(queue);
    return queue;
  };
  /** The call is refused as unavailable at its deadline: before a later timer, however long this process stalls. */
  const expectRefusal = async (call: () => Promise<unknown>) => {
    let late = false;
    const timer = setTimeout(() => (late = true), 2 * DEADLINE_MS);
    await expect(call()).rejects.toThrow(QueueUnavailableError);
    clearTimeout(timer);
    expect(late).toBe(false);
  };
  /** Tries until the queue has taken it; what had got through all the same is not taken twice. */
  const untilTaken = (call: () => Promise<unknown>) =>
    until(() =>
      call().then(
        () => true,
        () => false,
      ),
    );

  beforeEach(async () => {
    opened = [];
    const reserve = createServer().listen(0, '127.0.0.1');
    await once(reserve, 'listening');
    port = (reserve.address() as AddressInfo).port;
    await new Promise((resolve) => reserve.close(resolve));
  });
  afterEach(async () => {
    await Promise.all(opened.map((queue) => queue.close()));
    await kill();
  });

  test('consumes again after FLUSHALL, after killed connections and after a restart that lost everything', async () => {
    await start();
    const producer = await open('producer');
    const ran = await consumeAll(await open('worker'));
    let expected = 0;
    const runOne = async () => {
      const capture = newCapture();
      await untilTaken(() => producer.enqueue(capture));
      expected += STAGES.length;
      await until(() => ran.length === expected);
    };
    await runOne();
    await admin('FLUSHALL');
    await runOne();
    await admin('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    await untilTaken(() => producer.ping());
    await runOne();

    await kill();
    await expectRefusal(() => producer.enqueue(newCapture()));
    await expectRefusal(() => producer.states(newCapture().captureId, 1));
    await expectRefusal(() => producer.ping());
    await start();
    await untilTaken(() => producer.ping());
    await runOne();
    await delay(100);
    expect(ran).toHaveLength(expected);
  });

  test('refuses within the deadline while Redis is silent, and works when it speaks again', async () => {
    await start();
    const queue = await open('worker');
    const ran = await consumeAll(queue);
    server?.kill('SIGSTOP');
    try {
      await Promise.all([
        expectRefusal(() => queue.enqueue(newCapture())),
        expectRefusal(() => queue.counts()),
        expectRefusal(() => queue.purge(newCapture().captureId, 3)),
      ]);
    } finally {
      server?.kill('SIGCONT');
    }
    const capture = newCapture();
    await untilTaken(() => queue.enqueue(capture));
    await until(() => ran.filter(({ job }) => job.captureId === capture.captureId).length === STAGES.length);
  });

  test('opens while Redis is down, consumes once it is up, and closes while it is down', async () => {
    const producer = await open('producer');
    const worker = await open('worker');
    const ran = await consumeAll(worker);
    await expectRefusal(() => producer.enqueue(newCapture()));
    await start();
    const capture = newCapture();
    await untilTaken(() => producer.enqueue(capture));
    await until(() => ran.length >= STAGES.length);
    await kill();
    await Promise.all(opened.map((queue) => queue.close()));
  });

  test('holds no more connections than it says', async () => {
    await start();
    const roles = ['producer', 'producer', 'worker', 'worker'] as const;
    const queues = await Promise.all(roles.map((role) => open(role, PATIENT)));
    await Promise.all(queues.slice(2).map((queue) => consumeAll(queue)));
    await Promise.all(queues.flatMap((queue) => [queue.enqueue(newCapture()), queue.counts()]));
    const clients = async () =>
      String(await admin('CLIENT', 'LIST'))
        .trim()
        .split('\n').length - 1;
    const most =
      2 * maxConnections('redis', 'producer', 0) + 2 * maxConnections('redis', 'worker', STAGES.length);
    await until(async () => (await clients()) === most);
    await Promise.all(queues.map((queue) => queue.close()));
    await until(async () => (await clients()) === 0);
  });
});
