import type { Config } from '#config';
import { createLogs, Metrics } from '#observability';
import { STAGES } from '#queue';
import { openHealthListener } from './health-listener.js';
import { WorkerHealth } from './worker-health.js';

const config = { WORKER_HEALTH_HOST: '127.0.0.1', WORKER_HEALTH_PORT: 0 } as Config;

it.each([
  ['/health/live', 200, 'up'],
  ['/health/ready', 503, 'down'],
  ['/health', 503, 'down'],
])('%s of a worker that has not loaded its models answers %i', async (path, status, said) => {
  const { application } = createLogs({ name: 'test', level: 'fatal' });
  const listener = await openHealthListener(
    config,
    new WorkerHealth([...STAGES]),
    new Metrics(),
    application,
  );
  if (!listener) throw new Error('a port is configured');
  try {
    const answer = await fetch(`${listener.url}${path}`);
    expect([answer.status, ((await answer.json()) as { status: string }).status]).toEqual([status, said]);
  } finally {
    await listener.close();
  }
});
