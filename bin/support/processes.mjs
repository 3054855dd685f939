import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { delimiter, join } from 'node:path';
import { root } from './project.mjs';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** Programs of node_modules first, as npm does. */
export const environment = {
  ...process.env,
  // The linter of the API's document would ask the network for a newer version of itself.
  REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true',
  PATH: [join(root, 'node_modules', '.bin'), process.env.PATH].filter(Boolean).join(delimiter),
};

/**
 * Runs a program in the place of this one: same terminal, signals passed on, its exit code returned (128 + n for a signal).
 * The channel tells the program when this process is killed.
 */
export async function runInForeground(program, args, { channel = true } = {}) {
  const child = spawn(program, args, {
    cwd: root,
    env: environment,
    stdio: ['inherit', 'inherit', 'inherit', ...(channel ? ['ipc'] : [])],
  });
  const pass = (signal) => child.kill(signal);
  for (const signal of SIGNALS) process.on(signal, pass);
  const [code, signal] = await once(child, 'exit');
  for (const name of SIGNALS) process.off(name, pass);
  return code ?? 128 + constants.signals[signal];
}

/** Runs a program and returns what it printed and its exit code. */
export async function runQuietly(program, args) {
  const child = spawn(program, args, { cwd: root, env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  const chunks = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => chunks.push(chunk));
  const [code] = await once(child, 'close');
  return { code, output: Buffer.concat(chunks).toString() };
}
