import Sequencer from '@jest/test-sequencer';

/** Suites that start whole installations or wait for an outage take minutes, whatever the size of their files. */
const LONG = /\/test\/(chaos|e2e)\//;

/** Begins with the long suites, so that at the end no worker waits for the last of them. */
export default class LongestFirst extends Sequencer {
  async sort(tests) {
    const sorted = await super.sort(tests);
    return [true, false].flatMap((long) => sorted.filter(({ path }) => LONG.test(path) === long));
  }
}
