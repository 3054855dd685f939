import { Redis } from 'ioredis';

import { openQueue } from '#queue';

// eslint-disable-next-line no-restricted-imports -- a contract suite is no part of the public surface
import { stageQueueContract } from '../../libs/queue/src/testing/stage-queue.contract.js';
// eslint-disable-next-line no-restricted-imports -- the same
import { type StageQueueHarness } from '../../libs/queue/src/testing/harness.js';
// eslint-disable-next-line no-restricted-imports -- the same
import { taskQueueContract } from '../../libs/queue/src/testing/task-queue.contract.js';

const url = process.env.TEST_REDIS_URL;

(url ? describe : describe.skip)('stage queue on Redis (needs TEST_REDIS_URL)', () => {
  let admin: Redis;
  const remove = async (pattern: string) => {
    for await (const keys of admin.scanStream({ match: pattern, count: 1_000 }) as AsyncIterable<string[]>) {
      if (keys.length > 0) await admin.unlink(keys);
    }
  };
  const spaces = new Set<string>();

  beforeAll(() => {
    admin = new Redis(url ?? '');
  });
  afterAll(async () => {
    for (const space of spaces) await remove(`${space}:*`);
    await admin.quit();
  });

  const harness: StageQueueHarness = {
    open: (prefix, options) => {
      spaces.add(prefix);
      return openQueue({ ...options, redisUrl: url, prefix });
    },
    wipe: (prefix) => remove(`${prefix}:*`),
  };
  stageQueueContract(harness);
  taskQueueContract(harness);
});
