import { runInForeground } from './processes.mjs';
import { say } from './project.mjs';

const PATHS = ['apps', 'libs', 'migrations', 'test'];

/** In the order of their price; the build came first. */
const checks = (jestArguments) => [
  ['lint', 'eslint', [...PATHS, '--max-warnings', '0', '--no-error-on-unmatched-pattern']],
  ['format', 'prettier', ['--check', '--log-level', 'warn', '.']],
  ['types', 'tsc', ['-p', '.']],
  ['architecture', 'depcruise', ['--config', '.dependency-cruiser.cjs', 'apps', 'libs', 'migrations']],
  ['API document', 'redocly', ['lint', 'docs/openapi.json', '--format', 'stylish']],
  ['tests', 'jest', [...(process.env.CI ? ['--ci'] : []), ...jestArguments]],
];

/** Runs every check and stops at the first that fails. Returns its exit code. */
export async function runChecks(jestArguments) {
  for (const [name, program, args] of checks(jestArguments)) {
    say(`\n== ${name}`);
    const code = await runInForeground(program, args, { channel: false });
    if (code === 0) continue;
    say(`\n== FAILED: ${name}`);
    return code;
  }
  return 0;
}
