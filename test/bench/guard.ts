/**
 * Fails when a request of this version takes notably more CPU than one of another version. Both apps run side by side
 * under the same local host, and their runs alternate: A B A B. Takes about a minute.
 *
 *   npm run bench:guard -- --before ../before      a checkout of the other version that has been built
 *
 * Exit code 0: not slower. 1: slower. 2: no verdict, because other processes used the machine.
 */
import { Command } from 'commander';
import { type Comparison, verdictOn } from './compare.ts';
import { MAX_FOREIGN, measureService } from './measure.ts';
import { OPERATIONS, type Operation } from './scenarios.ts';
import { type Stand, startStand } from './stand.ts';

/** Requests of a run, and at a time. */
const COUNTS: Record<Operation, number> = { create: 1_500, get: 2_500, replace: 1_200, checkout: 400 };
const IN_FLIGHT = 16;

const options = new Command('npm run bench:guard --')
  .description('Compares the CPU of a request with that of another version of the app.')
  .requiredOption('--before <folder>', 'the checkout of the other version, with its bundle in dist/')
  .option('--rounds <n>', 'runs of each version', Number, 7)
  .option('--max-ratio <ratio>', 'the CPU that this version may take, in that of the other', Number, 1.15)
  .option(
    '--max-foreign <share>',
    'the share of the machine that other processes may use',
    Number,
    MAX_FOREIGN,
  )
  .parse()
  .opts<{ before: string; rounds: number; maxRatio: number; maxForeign: number }>();

const [before, after] = [await startStand({ appFolder: options.before }), await startStand()];
const comparisons: Comparison[] = [];
try {
  for (const operation of OPERATIONS) {
    const comparison: Comparison = { operation, runs: [] };
    await runOnce(before, operation);
    await runOnce(after, operation);
    for (let round = 0; round < options.rounds; round++) {
      const [one, other] = [await runOnce(before, operation), await runOnce(after, operation)];
      const foreign = Math.max(one.foreign, other.foreign);
      comparison.runs.push({ before: one.hostUs, after: other.hostUs, foreign });
    }
    comparisons.push(comparison);
  }
} finally {
  await Promise.all([before.stop(), after.stop()]);
}

const verdicts = comparisons.map((comparison) => verdictOn(comparison, options.maxRatio, options.maxForeign));
for (const { operation, ratio, isSlower, ...cpu } of verdicts) {
  const change = ratio
    ? `× ${ratio.median.toFixed(2)} (${ratio.min.toFixed(2)}–${ratio.max.toFixed(2)})${isSlower ? `: MORE THAN × ${options.maxRatio}` : ''}`
    : 'no verdict: other processes used the machine';
  console.log(
    `${operation.padEnd(8)}  ${cpu.before.toFixed(0)} → ${cpu.after.toFixed(0)} µs of CPU  ${change}`,
  );
}
if (verdicts.some(({ isSlower }) => isSlower)) process.exitCode = 1;
else if (verdicts.some(({ ratio }) => ratio === undefined)) process.exitCode = 2;

/** One run of the service alone. The idle version's processes are not foreign load worth speaking of. */
async function runOnce(stand: Stand, operation: Operation): Promise<{ hostUs: number; foreign: number }> {
  const { cpuUs, foreign } = await measureService(stand, {
    operation,
    inFlight: IN_FLIGHT,
    lines: 1,
    count: COUNTS[operation],
  });
  return { hostUs: cpuUs.host ?? Number.NaN, foreign };
}
