import { randomUUID } from 'node:crypto';

import { jobId, stageJobSchema } from './stage-job.js';

const job = { v: 1, tenantId: randomUUID(), captureId: randomUUID(), generation: 1 };

describe('stageJobSchema', () => {
  test('accepts ids, a version and a generation', () => {
    expect(stageJobSchema.parse(job)).toEqual(job);
  });

  test.each([
    ['another version', { ...job, v: 2 }],
    ['no version', { ...job, v: undefined }],
    ['anything beside the ids', { ...job, frames: [] }],
    ['a generation below 1', { ...job, generation: 0 }],
    ['a fractional generation', { ...job, generation: 1.5 }],
    ['a generation in words', { ...job, generation: '1' }],
    ['an id that is no UUID', { ...job, captureId: 'capture:1' }],
    ['nothing', null],
  ])('refuses %s', (_name, value) => {
    expect(stageJobSchema.safeParse(value).success).toBe(false);
  });
});

test('a job id names capture, generation and stage, without the characters BullMQ refuses', () => {
  const id = jobId(job.captureId, 12, 'mesh');
  expect(id).toBe(`${job.captureId}-g12-mesh`);
  expect(id).not.toMatch(/:|^\d+$/);
});
