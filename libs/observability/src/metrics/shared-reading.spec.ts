import { SharedReading } from './shared-reading.js';

const FOREVER = { keepMs: 60_000, deadlineMs: 60_000 };

it('reads once for all who ask at the same time, and keeps the answer', async () => {
  let reads = 0;
  const reading = new SharedReading(() => Promise.resolve(++reads), FOREVER);
  expect(await Promise.all([reading.get(), reading.get()])).toEqual([1, 1]);
  expect(await reading.get()).toBe(1);
});

it('reads anew once the answer is old', async () => {
  let reads = 0;
  const reading = new SharedReading(() => Promise.resolve(++reads), { keepMs: 0, deadlineMs: 60_000 });
  expect([await reading.get(), await reading.get()]).toEqual([1, 2]);
});

it('gives up at the deadline, without a second reading beside the first, and keeps the late answer', async () => {
  let reads = 0;
  let answer: (value: number) => void = () => undefined;
  const read = () => new Promise<number>((resolve) => (reads++, (answer = resolve)));
  const reading = new SharedReading(read, { keepMs: 60_000, deadlineMs: 5 });
  expect([await reading.get(), await reading.get()]).toEqual([undefined, undefined]);
  expect(reads).toBe(1);
  answer(42);
  expect(await reading.get()).toBe(42);
});

it('a failed reading is no answer, and the next one tries again', async () => {
  let reads = 0;
  const read = () => (++reads === 1 ? Promise.reject(new Error('away')) : Promise.resolve(reads));
  const reading = new SharedReading(read, FOREVER);
  expect([await reading.get(), await reading.get()]).toEqual([undefined, 2]);
});
