/**
 * The number of runs of the random suites, and their seed. The ordinary run has a fixed seed, so that its result is
 * repeatable; the deep run (`DEPTH=deep`) takes a new seed every time. `SEED=n` sets the seed, `RUN=n` repeats only
 * that run of the seed, and `CRASHES=n` runs n seeds at each point of the crash suites.
 */

const isDeep = process.env.DEPTH === 'deep';
/** The number of seeds at each point of the crash suites, if it is set: these suites are the slowest. */
const crashes = numberOf(process.env.CRASHES);

/** The figures of this run. */
export const depth = isDeep
  ? {
      fuzzInputs: 50_000,
      brokenRequests: 2_000,
      modelRuns: 2_000,
      crashesPerPoint: crashes ?? 80,
      bulkCrashesPerPoint: crashes ?? 24,
      simulations: 200_000,
      kills: { host: 250, azurite: 5, broker: 5 },
      bulkKills: { items: 10_000, host: 20 },
      webhookKills: 100,
      stormCheckouts: 2_000,
      malformedMessages: 10_000,
      timeLimitMs: 3_600_000,
    }
  : {
      fuzzInputs: 3_000,
      brokenRequests: 100,
      modelRuns: 150,
      crashesPerPoint: crashes ?? 1,
      bulkCrashesPerPoint: crashes ?? 1,
      simulations: 5_000,
      kills: { host: 25, azurite: 1, broker: 1 },
      bulkKills: { items: 250, host: 2 },
      webhookKills: 8,
      stormCheckouts: 300,
      malformedMessages: 500,
      timeLimitMs: 600_000,
    };

/** The seed of the random numbers. */
export const seed = numberOf(process.env.SEED) ?? (isDeep ? Date.now() % 2 ** 31 : 20_180_315);

/** The run of the seed to start with, to repeat a failure. */
export const firstRun = numberOf(process.env.RUN);

/** The command that repeats a failure; `path` is fast-check's, and begins with the number of the run. */
export function repeatCommand(file: string, from: { seed: number; path?: string | null }): string {
  const run = from.path ? `RUN=${from.path.split(':')[0]} ` : '';
  return `SEED=${from.seed} ${run}${isDeep ? 'DEPTH=deep ' : ''}npx vitest run ${file}`;
}

function numberOf(text: string | undefined): number | undefined {
  return text === undefined || text === '' ? undefined : Number(text);
}
