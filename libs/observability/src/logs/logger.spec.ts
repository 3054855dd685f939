import { describeError } from './describe-error.js';
import { createLogs, type Logger, type Logs } from './logger.js';

function written(write: (logs: Logs) => void, level = 'trace'): string {
  const lines: string[] = [];
  write(createLogs({ name: 'test', level, destination: { write: (line) => void lines.push(line) } }));
  return lines.join('');
}
const logged = (write: (logger: Logger) => void) => written(({ application }) => write(application));

it('is one JSON object a line, with the application and the time', () => {
  const line = JSON.parse(logged((logger) => logger.info({ captureId: '1' }, 'hello'))) as Record<
    string,
    unknown
  >;
  expect(line).toMatchObject({ app: 'test', log: 'application', captureId: '1', msg: 'hello', level: 30 });
  expect(Date.parse(String(line['time']))).not.toBeNaN();
});

it.each(['access', 'audit'] as const)(
  'a line of the %s log says so, and no level but silent ends it',
  (log) => {
    for (const level of ['trace', 'info', 'fatal'])
      expect(written((logs) => logs[log].info('deed'), level)).toMatch(`"log":"${log}"`);
    expect(written((logs) => logs[log].info('deed'), 'silent')).toBe('');
    expect(written((logs) => logs.application.info('chatter'), 'warn')).toBe('');
  },
);

it.each([
  'authorization',
  'cookie',
  'set-cookie',
  'password',
  'credential',
  'client_secret',
  'token',
  'access_token',
  'pageCode',
  'template',
  'frames',
  'key',
  'body',
  'headers',
])('a member %s is never written, however deep', (member) => {
  const secret = { [member]: 'hidden-value' };
  const text = logged((logger) => logger.info({ ...secret, request: { ...secret, options: secret } }, 'x'));
  expect(text).not.toContain('hidden-value');
  expect(text).toContain('[redacted]');
});

it('a request or a reply of a framework is not written at all', () => {
  const text = logged((logger) =>
    logger.info({ req: { url: 'hidden-value' }, res: { raw: 'hidden-value' } }, 'x'),
  );
  expect(text).not.toContain('hidden-value');
});

it('an error is written by name, code, message and stack, not by what hangs on it', () => {
  const error = Object.assign(new RangeError('why'), {
    code: 'E1',
    parameters: ['hidden-value'],
    query: 'hidden-value',
  });
  const text = logged((logger) => logger.error({ err: error }, 'failed'));
  expect(text).not.toContain('hidden-value');
  expect(describeError(error)).toMatchObject({ name: 'RangeError', code: 'E1', message: 'why' });
  expect(JSON.stringify(describeError('hidden-value'))).not.toContain('hidden-value');
});

it('a line break in a message stays within the line', () => {
  expect(
    logged((logger) => logger.info('one\n{"level":60}'))
      .trimEnd()
      .split('\n'),
  ).toHaveLength(1);
});
