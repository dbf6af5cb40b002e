import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/build.ts'],
    pool: 'forks',
    // Two at once keep two cores busy; more only make real processes wait for each other.
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // A stop that has to climb from interrupt to KILL takes longer than the default.
    teardownTimeout: 20_000,
  },
});
