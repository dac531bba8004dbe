/**
 * Three projects. A test's place and name decide where it belongs:
 * - `unit`: every other test. It starts no process and opens no port; `test/support/unitOnly.ts` enforces this.
 * - `integration`: `*.integration.test.ts`, `test/contract/`, `test/e2e/`, and the tests of the local stack and its
 *   workspaces (`test/local/`, `local/`). It may start anything.
 * - `reliability`: the folders in RELIABILITY. Tests that kill processes or cut off what they need, and random or
 *   exhaustive suites of minutes, which `DEPTH=deep` runs longer.
 */
import { join } from 'node:path';
import './scripts/checkNode.mjs';
import { defineConfig } from 'vitest/config';
import { Sequencer } from './test/support/sequencer.ts';

const RELIABILITY = ['crash', 'fuzz', 'kill', 'model', 'outage', 'simulation', 'storm'].map(
  (folder) => `test/${folder}/**/*.test.ts`,
);
const INTEGRATION = [
  'test/contract/**/*.test.ts',
  'test/e2e/**/*.test.ts',
  'test/local/**/*.test.ts',
  'local/*/test/**/*.test.ts',
  'test/**/*.integration.test.ts',
];
/** Tests that start processes. They wait more than they compute, hence more workers than cores. */
const WITH_PROCESSES = {
  globalSetup: 'test/support/build.ts',
  testTimeout: 60_000,
  hookTimeout: 60_000,
  maxWorkers: 5,
  // Compiling is half of the start of a process; every process that a test starts shares this cache.
  env: { NODE_COMPILE_CACHE: join(import.meta.dirname, 'node_modules/.cache/node') },
};

/** Folders of which unit tests must cover almost every branch. */
const COVERED = ['cart', 'checkout', 'bulk', 'orders', 'sweeper'].map((folder) => `shared/${folder}/**/*.ts`);

export default defineConfig({
  test: {
    sequence: { sequencer: Sequencer },
    // Counted by `npm run test:coverage`, which runs the unit project alone.
    coverage: {
      provider: 'v8',
      include: COVERED,
      reporter: [['text', { skipFull: true }]],
      thresholds: Object.fromEntries(COVERED.map((folder) => [folder, { branches: 95 }])),
    },
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: [...INTEGRATION, ...RELIABILITY],
          setupFiles: 'test/support/unitOnly.ts',
          // Above the time that a test takes on a loaded machine: no bound of a test depends on it.
          testTimeout: 20_000,
          // Every test restores what it changes, so that files can share one module graph.
          isolate: false,
          // Vitest's default leaves a core to its main process, which is idle during most of a run.
          maxWorkers: '100%',
        },
      },
      {
        test: {
          name: 'integration',
          sequence: { groupOrder: 1 },
          include: INTEGRATION,
          setupFiles: ['test/support/followLinks.ts', 'test/support/endIdle.ts'],
          isolate: false,
          ...WITH_PROCESSES,
          // Each worker compiles what it loads: a fifth one takes more processor time than it saves of waiting.
          maxWorkers: 4,
          globalSetup: ['test/support/build.ts', 'test/support/sharedStacks.ts'],
        },
      },
      {
        test: {
          name: 'reliability',
          sequence: { groupOrder: 2 },
          include: RELIABILITY,
          ...WITH_PROCESSES,
        },
      },
    ],
  },
});
