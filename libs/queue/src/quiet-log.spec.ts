import { errorReporter } from './quiet-log.js';

describe('errorReporter', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  test('says the same thing once in five seconds, whoever says it, and other things at once', () => {
    const log = jest.fn();
    const report = errorReporter(log);
    const refused = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
    report('producer')(refused);
    report('worker')(refused);
    report('worker')(new Error('other'));
    report('worker')('not an error');
    expect(log.mock.calls.map(([, , fields]: unknown[]) => fields)).toEqual([
      { source: 'producer', error: 'connect', code: 'ECONNREFUSED' },
      { source: 'worker', error: 'other', code: undefined },
      { source: 'worker', error: 'unknown error', code: undefined },
    ]);
    jest.advanceTimersByTime(5_000);
    report('worker')(refused);
    expect(log).toHaveBeenCalledTimes(4);
  });
});
