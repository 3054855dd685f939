import { spawnSync } from 'node:child_process';

/** Debian has it in the package `prometheus`; without it the tests that need it are skipped by name. */
export const hasPromtool = spawnSync('promtool', ['--version']).status === 0;

export const describeWithPromtool = hasPromtool ? describe : describe.skip;
export const itWithPromtool = hasPromtool ? it : it.skip;

/** Runs promtool. @returns what it complained of, empty when it is content */
export function promtool(args: readonly string[], input = ''): string {
  const { status, stdout, stderr } = spawnSync('promtool', [...args], { input, encoding: 'utf8' });
  return status === 0 ? '' : `${stdout}${stderr}` || `exit code ${status}`;
}
