import './scripts/checkNode.mjs';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts', 'local/*/test/**/*.test.ts'],
    globalSetup: 'test/support/build.ts',
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Most of the time is spent waiting for processes and clocks, not computing.
    maxWorkers: 4,
  },
});
