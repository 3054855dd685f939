import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startStack, type Stack, type StackOptions } from '#supervisor';
import { until } from '../support/wait.js';
import { Parent, runs } from './parent.js';

const fixture = (name: string): string => join(import.meta.dirname, 'fixtures', name);
const entries = { cli: fixture('cli.mjs'), api: fixture('app.mjs'), worker: fixture('app.mjs') };

describe('the stack', () => {
  let dataDir: string;
  const undo: (() => Promise<unknown>)[] = [];

  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'stack-'));
  });
  afterEach(async () => {
    for (const step of undo.splice(0).reverse()) await step();
    await rm(dataDir, { recursive: true, force: true });
  });

  const options = (more: Partial<StackOptions> = {}): StackOptions => ({
    dataDir,
    entries,
    env: { PATH: process.env.PATH, DATABASE_URL: 'postgres://given' },
    ...more,
  });

  async function start(more?: Partial<StackOptions>): Promise<Stack> {
    const stack = await startStack(options(more));
    undo.push(() => stack.stop({ hurry: true }));
    return stack;
  }

  function parent(more?: Partial<StackOptions>): Parent {
    const one = new Parent('stack-parent.mjs', options(more));
    undo.push(() => one.end());
    return one;
  }

  it('migrates, starts all, hands every child the database, and stops all', async () => {
    const lines: string[] = [];
    const stack = await start({ apis: 2, workers: 1, log: (line) => lines.push(line) });
    expect(await readFile(join(dataDir, 'migrated'), 'utf8')).toBe('migrate postgres://given');
    expect(new Set(stack.urls).size).toBe(2);
    await Promise.all(stack.urls.map((url) => fetch(url)));
    const worker = await stack.startWorker({ DATABASE_URL: 'postgres://other' });
    expect(worker.output()).toContain('database postgres://other');
    expect(lines).toContain('worker-1 | database postgres://given');
    const pids = [...stack.apis, ...stack.workers].map(({ pid }) => pid);
    expect(pids).toHaveLength(4);
    await stack.stop();
    await stack.stopped;
    expect(pids.filter(runs)).toEqual([]);
    await expect(stack.startWorker()).rejects.toThrow('stopping');
  });

  it('gives a configured port to one process, and free ones to the others of its kind', async () => {
    const env = { ...options().env, METRICS_PORT: '9464', WORKER_HEALTH_PORT: '8081' };
    const stack = await start({ env, apis: 2, workers: 2 });
    const ports = (name: string, key: string) =>
      [...stack.apis, ...stack.workers]
        .find((child) => child.name === name)
        ?.output()
        .find((line) => line.startsWith(`${key} `));
    await until(() => ports('worker-2', 'WORKER_HEALTH_PORT'));
    expect([ports('api-1', 'METRICS_PORT'), ports('api-2', 'METRICS_PORT')]).toEqual([
      'METRICS_PORT 9464',
      'METRICS_PORT 0',
    ]);
    expect([ports('worker-1', 'WORKER_HEALTH_PORT'), ports('worker-2', 'WORKER_HEALTH_PORT')]).toEqual([
      'WORKER_HEALTH_PORT 8081',
      'WORKER_HEALTH_PORT 0',
    ]);
  });

  it('starts a child again where it was', async () => {
    const lines: string[] = [];
    const stack = await start({ log: (line) => lines.push(line) });
    const { pid, url } = stack.apis[0] as { pid: number; url: string };
    process.kill(pid, 'SIGKILL');
    await until(() => stack.apis[0] && stack.apis[0].pid !== pid && stack.apis[0].url);
    expect(stack.urls).toEqual([url]);
    expect(Number(await (await fetch(url)).text())).toBe(stack.apis[0]?.pid);
    expect(lines).toContain('api-1 ended unexpectedly (signal SIGKILL)');
  });

  it('only reports an exit when told not to start children again', async () => {
    const lines: string[] = [];
    const stack = await start({ restart: false, log: (line) => lines.push(line) });
    stack.workers[0]?.kill('SIGKILL');
    await until(() => lines.includes('worker-1 ended unexpectedly (signal SIGKILL)'));
    expect(stack.workers).toEqual([]);
  });

  it.each([
    ['a migration fails', 'unmigratable', undefined, /migrate failed \(exit code 1\)[^]*already exists/],
    [
      'a child fails',
      'broken',
      undefined,
      /(api|worker)-1 ended early \(exit code 3\)[^]*cannot load the model/,
    ],
    ['a child is never ready', 'silent', 1_000, /was not ready within 1 s/],
  ])('says why and leaves nothing when %s', async (_name, FIXTURE, readyDeadlineMs, message) => {
    const env = { ...options().env, FIXTURE };
    await expect(startStack(options({ env, readyDeadlineMs }))).rejects.toThrow(message);
  });

  it('kills children that ignore the request to end', async () => {
    const stack = await start({ env: { ...options().env, FIXTURE: 'stubborn' }, graceMs: 300 });
    const pids = [...stack.apis, ...stack.workers].map(({ pid }) => pid);
    await stack.stop();
    expect(pids.filter(runs)).toEqual([]);
  });

  it('with its own database: Ctrl-C in the process group ends everything, in order', async () => {
    const one = parent({ env: { PATH: process.env.PATH }, ephemeral: true });
    const { pids } = await one.says<{ pids: number[] }>();
    expect(pids).toHaveLength(3);
    one.signalGroup('SIGINT');
    one.signalGroup('SIGINT');
    expect(await one.says()).toEqual({ stopped: true });
    await one.exited;
    expect(pids.filter(runs)).toEqual([]);
  });

  it('with its own database: killing the parent ends everything', async () => {
    const one = parent({ env: { PATH: process.env.PATH }, ephemeral: true });
    const { pids } = await one.says<{ pids: number[] }>();
    one.kill('SIGKILL');
    await until(() => !pids.some(runs));
  });

  it('stops a start in progress', async () => {
    const one = parent({ env: { PATH: process.env.PATH, FIXTURE: 'silent' }, ephemeral: true });
    const said = one.says();
    // The database is there and migrated; its children are starting, and never ready.
    await until(() => existsSync(join(dataDir, 'migrated')));
    one.signalGroup('SIGINT');
    expect(await said).toEqual({ error: 'The stack was stopped while it started.' });
    await one.exited;
  });

  it('hurries at the second Ctrl-C', async () => {
    const one = parent({ env: { ...options().env, FIXTURE: 'stubborn' }, graceMs: 3_600_000 });
    const { pids } = await one.says<{ pids: number[] }>();
    // Pressed until it has ended: two that a stalled process finds at the same time count as one.
    const pressed = setInterval(() => one.signalGroup('SIGINT'), 1_000);
    await one.exited.finally(() => clearInterval(pressed));
    expect(pids.filter(runs)).toEqual([]);
  });

  (process.env.TEST_REDIS_URL ? it : it.skip)('brings a redis-server when asked to', async () => {
    const stack = await start({ redis: 'auto' });
    expect(stack.redisUrl).toMatch(/^redis:/);
    const pid = stack.redis?.pid as number;
    await stack.stop();
    expect(runs(pid)).toBe(false);
  });
});
