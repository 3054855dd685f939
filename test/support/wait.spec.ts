import { setTimeout as sleep } from 'node:timers/promises';
import { until } from './wait.js';

describe('until', () => {
  it('returns the first truthy value', async () => {
    let tries = 0;
    expect(await until(() => (++tries === 3 ? 'third' : ''), { everyMs: 1 })).toBe('third');
    expect(tries).toBe(3);
  });

  it('shows the last value, or the last failure', async () => {
    const brief = { deadlineMs: 60, everyMs: 10 };
    await expect(until(() => 0, brief)).rejects.toThrow('Not within 60 ms; last was 0');
    const failing = (): never => {
      throw new Error('refused');
    };
    await expect(until(failing, brief)).rejects.toThrow('last was the failure refused');
  });

  it('stops trying at the deadline, even when a try hangs', async () => {
    let tries = 0;
    await expect(until(() => (tries++, false), { deadlineMs: 50, everyMs: 10 })).rejects.toThrow();
    const made = tries;
    await sleep(50);
    expect(tries).toBe(made);
    await expect(until(() => new Promise<never>(() => undefined), { deadlineMs: 50 })).rejects.toThrow(
      'did not finish',
    );
  });
});
