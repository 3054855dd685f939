import { debugOnSignal } from './debug-on-signal.js';
import { createLogs } from './logger.js';

it.each(['warn', 'info'])('SIGUSR2 switches between %s and debug, and says so', (configured) => {
  const lines: string[] = [];
  const { application } = createLogs({
    name: 'test',
    level: configured,
    destination: { write: (line) => void lines.push(line) },
  });
  const before = process.listeners('SIGUSR2');
  debugOnSignal(application);
  try {
    const states = [1, 2, 3].map(() => {
      process.emit('SIGUSR2');
      application.debug('detail');
      return application.level;
    });
    expect(states).toEqual(['debug', configured, 'debug']);
    expect(lines.map((line) => (JSON.parse(line) as { msg: string }).msg)).toEqual([
      'log level changed',
      'detail',
      'log level changed',
      'log level changed',
      'detail',
    ]);
  } finally {
    for (const listener of process.listeners('SIGUSR2'))
      if (!before.includes(listener)) process.off('SIGUSR2', listener);
  }
});
