import { Turns } from './turns.js';

const tick = () => new Promise<void>((resolve) => setImmediate(resolve));

it('runs no more at once than allowed, in order, and all of it', async () => {
  const turns = new Turns(2);
  const [began, atOnce]: [number[], number[]] = [[], []];
  let running = 0;
  const compute = (index: number) => async () => {
    began.push(index);
    atOnce.push((running += 1));
    await tick();
    running -= 1;
    return index;
  };
  const indices = Array.from({ length: 40 }, (_, index) => index);
  expect(await Promise.all(indices.map((index) => turns.take(compute(index))))).toEqual(indices);
  expect(began).toEqual(indices);
  expect(Math.max(...atOnce)).toBe(2);
});

it('goes on after one that fails', async () => {
  const turns = new Turns(1);
  const fails = turns.take(() => Promise.reject(new Error('no')));
  const works = turns.take(() => Promise.resolve('yes'));
  await expect(fails).rejects.toThrow('no');
  await expect(works).resolves.toBe('yes');
});
