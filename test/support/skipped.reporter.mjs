import { writeSync } from 'node:fs';

/** Lists skipped tests by name, and makes Jest's counts the last line of the run. */
export default class SkippedReporter {
  onRunComplete(_contexts, results) {
    const skipped = results.testResults.flatMap(({ testResults }) =>
      testResults
        .filter(({ status }) => status === 'pending' || status === 'todo')
        .map(({ fullName }) => fullName),
    );
    const lines = skipped.length > 0 ? ['', 'Skipped:', ...skipped.map((name) => `  - ${name}`)] : [];
    // Jest's own summary and the global teardown still write after this.
    process.once('exit', () => writeSync(1, `${[...lines, counts(results)].join('\n')}\n`));
  }
}

/** A suite that could not even be loaded has no tests to count, and must not look like success. */
function counts({
  numPassedTests,
  numFailedTests,
  numPendingTests,
  numTodoTests,
  numRuntimeErrorTestSuites,
}) {
  const parts = [`${numPassedTests} passed`, `${numFailedTests + numRuntimeErrorTestSuites} failed`];
  const skipped = numPendingTests + numTodoTests;
  return [...parts, ...(skipped > 0 ? [`${skipped} skipped`] : [])].join(', ');
}
