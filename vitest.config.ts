import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/longest-first.ts';
import { patienceMs } from './test/patience.ts';

/** Every end-to-end test of a home in which everything is set, or a choice of them for each `npm test`. */
const inHostileHome =
  process.env.AWM_TEST_HOME === 'hostile'
    ? ['test/end-to-end/*.test.ts']
    : ['main-job', 'permission', 'resume', 'standby-killed', 'options-limits'].map(
        (name) => `test/end-to-end/${name}.test.ts`,
      );

export default defineConfig({
  test: {
    projects: [
      { extends: true, test: { name: 'tests', include: ['test/**/*.test.ts'] } },
      {
        extends: true,
        test: { name: 'hostile home', include: inHostileHome, env: { AWM_TEST_HOME: 'hostile' } },
      },
    ],
    globalSetup: ['test/build.ts'],
    sequence: { sequencer: LongestFirst },
    pool: 'forks',
    // The product keeps no state in its modules, so files can share a process: starting a process
    // and importing everything again for each file took a sixth of the time.
    isolate: false,
    // A file with real processes waits for a fifth of its time: three at once fill two cores, and
    // more would only make processes wait for each other.
    maxWorkers: 3,
    // The concurrent tests of one file. Each of them waits for a third of its time.
    maxConcurrency: 2,
    // A rejection that nobody handles fails the run, also when every test has passed. For processes
    // that tests start, see test/crash.ts.
    dangerouslyIgnoreUnhandledErrors: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: patienceMs } },
    // A stop that has to climb from interrupt to KILL takes longer than the default.
    teardownTimeout: 20_000,
  },
});
