import { createLogger, describeError } from './logger.js';

function logged(write: (logger: ReturnType<typeof createLogger>) => void): string {
  const lines: string[] = [];
  write(
    createLogger({ name: 'test', level: 'trace', destination: { write: (line) => void lines.push(line) } }),
  );
  return lines.join('');
}

it('is one JSON object a line, with the application and the time', () => {
  const line = JSON.parse(logged((logger) => logger.info({ captureId: '1' }, 'hello'))) as Record<
    string,
    unknown
  >;
  expect(line).toMatchObject({ app: 'test', captureId: '1', msg: 'hello', level: 30 });
  expect(Date.parse(String(line['time']))).not.toBeNaN();
});

it.each([
  'authorization',
  'cookie',
  'password',
  'client_secret',
  'token',
  'access_token',
  'pageCode',
  'template',
  'frames',
  'key',
])('a member %s is never written, however deep', (member) => {
  const secret = { [member]: 'hidden-value' };
  const text = logged((logger) => logger.info({ ...secret, request: { ...secret, headers: secret } }, 'x'));
  expect(text).not.toContain('hidden-value');
  expect(text).toContain('[redacted]');
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
