import { randomUUID } from 'node:crypto';

import { type FlowJob } from 'bullmq';

import { captureFlow, RETENTION } from './flow.js';
import { STAGES } from './stages.js';

const target = { tenantId: randomUUID(), captureId: randomUUID(), generation: 3 };
const policy = { attempts: 4, backoffMs: 250 };

const chain = (node: FlowJob): FlowJob[] => [node, ...(node.children ?? []).flatMap(chain)];

describe('captureFlow', () => {
  const nodes = chain(captureFlow(target, policy));

  test('is one chain from the decision down to the extraction', () => {
    expect(nodes.map(({ queueName }) => queueName)).toEqual([...STAGES].reverse());
    for (const { children } of nodes) expect(children?.length ?? 0).toBeLessThanOrEqual(1);
  });

  test('lets every child fail without holding its parents', () => {
    expect(nodes.map(({ opts }) => opts?.ignoreDependencyOnFailure)).toEqual([
      undefined,
      true,
      true,
      true,
      true,
    ]);
  });

  test('carries ids only, bounded retries and bounded retention', () => {
    for (const { data, opts, queueName } of nodes) {
      expect(data).toEqual({ v: 1, ...target });
      expect(opts).toMatchObject({
        jobId: `${target.captureId}-g3-${queueName}`,
        attempts: 4,
        backoff: { type: 'exponential', delay: 250 },
        ...RETENTION,
      });
    }
  });

  test('refuses ids that could not be parsed again', () => {
    expect(() => captureFlow({ ...target, captureId: 'x' }, policy)).toThrow();
    expect(() => captureFlow({ ...target, generation: 0 }, policy)).toThrow();
  });
});
