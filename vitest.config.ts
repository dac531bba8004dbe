/**
 * Three projects. A test's place and name decide where it belongs:
 * - `unit`: every other test. It starts no process and opens no port; `test/support/unitOnly.ts` enforces this.
 * - `integration`: `*.integration.test.ts`, `test/contract/` and `test/e2e/`. It may start anything.
 * - `reliability`: the folders in RELIABILITY. Random or exhaustive suites of minutes; `DEPTH=deep` runs them longer.
 */
import { defineConfig } from 'vitest/config';

const RELIABILITY = ['crash', 'fuzz', 'kill', 'model', 'simulation', 'storm'].map(
  (folder) => `test/${folder}/**/*.test.ts`,
);
const INTEGRATION = [
  'test/contract/**/*.test.ts',
  'test/e2e/**/*.test.ts',
  '{test,local/*/test}/**/*.integration.test.ts',
];
/** These tests wait for processes and clocks more than they compute. */
const WAITING = { testTimeout: 30_000, hookTimeout: 60_000, maxWorkers: 4 };

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{test,local/*/test}/**/*.test.ts'],
          exclude: [...INTEGRATION, ...RELIABILITY],
          setupFiles: 'test/support/unitOnly.ts',
          // Every test restores what it changes, so that files can share one module graph.
          isolate: false,
        },
      },
      {
        test: {
          name: 'integration',
          include: INTEGRATION,
          globalSetup: 'test/support/build.ts',
          ...WAITING,
        },
      },
      {
        test: {
          name: 'reliability',
          include: RELIABILITY,
          globalSetup: 'test/support/build.ts',
          ...WAITING,
        },
      },
    ],
  },
});
