/**
 * Owns one redis-server and ends it when the parent asks or dies. Argument: the program's path; the configuration comes as
 * the first message, because a command line is visible to every user and the configuration holds the password.
 */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

const GRACE_MS = 5_000;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
process.stderr.on('error', () => undefined);

process.once('message', (message: { configuration: string }) => {
  const server = spawn(process.argv[2] ?? 'redis-server', ['-'], {
    detached: true,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  server.stdin.end(message.configuration);
  const lines: string[] = [];
  createInterface({ input: server.stdout }).on('line', (line) => {
    lines.push(line);
    if (lines.length > 10) lines.shift();
    if (line.includes('Ready to accept connections'))
      process.send?.({ type: 'ready', serverPid: server.pid });
  });
  const fail = (): void => {
    const exit = (): never => process.exit(1);
    if (process.connected)
      process.send?.({ type: 'failed', message: `Redis stopped:\n${lines.join('\n')}` }, exit);
    else exit();
  };
  server.once('error', fail);
  server.once('close', fail);
  const stop = (): void => {
    server.removeListener('close', fail).once('close', () => process.exit(0));
    server.kill('SIGTERM');
    setTimeout(() => server.kill('SIGKILL'), GRACE_MS);
  };
  process.once('disconnect', stop);
  process.once('message', stop);
});
