import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

const COUNTS = {
  numPassedTests: 5,
  numFailedTests: 1,
  numPendingTests: 0,
  numTodoTests: 0,
  numRuntimeErrorTestSuites: 0,
};

/** What the reporter prints at the end of a run with these results. */
function report(results: object): string[] {
  const script = `
    const { default: Reporter } = await import(process.argv[1]);
    new Reporter().onRunComplete(undefined, JSON.parse(process.argv[2]));
    console.log('Ran all test suites.');`;
  const args = ['--input-type=module', '-e', script, join(import.meta.dirname, 'skipped.reporter.mjs')];
  return execFileSync(process.execPath, [...args, JSON.stringify({ testResults: [], ...COUNTS, ...results })])
    .toString()
    .trimEnd()
    .split('\n');
}

describe('the reporter', () => {
  it('prints the counts last', () => {
    expect(report({}).at(-1)).toBe('5 passed, 1 failed');
  });

  it('names what was skipped', () => {
    const testResults = [
      {
        testResults: [
          { status: 'pending', fullName: 'redis keeps data' },
          { status: 'passed', fullName: 'x' },
        ],
      },
    ];
    const lines = report({ testResults, numPendingTests: 1, numTodoTests: 1 });
    expect(lines).toContain('  - redis keeps data');
    expect(lines).not.toContain('  - x');
    expect(lines.at(-1)).toBe('5 passed, 1 failed, 2 skipped');
  });

  it('counts a suite that could not be loaded as a failure', () => {
    expect(report({ numFailedTests: 0, numRuntimeErrorTestSuites: 1 }).at(-1)).toBe('5 passed, 1 failed');
  });
});
