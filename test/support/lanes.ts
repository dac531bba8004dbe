/**
 * Checks random properties against a running service, several concurrently: lane n starts at seed + n, so that many
 * requests are in flight and every failure still has its seed, its run and its shrunk case.
 */
import fc, { type IAsyncPropertyWithHooks } from 'fast-check';
import { depth, firstRun, repeatCommand, seed } from './depth.ts';

export interface LaneOptions<Case> {
  /** The test file, for the command that repeats a failure. */
  file: string;
  lanes: number;
  /** Of all lanes together. */
  runs: number;
  /** How a failing case is shown. */
  show?: (failing: Case) => string;
}

/** Checks the property in every lane; returns the number of runs, or throws with case, seed and command of each failure. */
export async function checkInLanes<Case>(
  property: () => IAsyncPropertyWithHooks<[Case]>,
  { file, lanes, runs, show = fc.stringify }: LaneOptions<Case>,
): Promise<number> {
  const isRepeat = firstRun !== undefined;
  const each = isRepeat ? 1 : Math.ceil(runs / lanes);
  const details = await Promise.all(
    Array.from({ length: isRepeat ? 1 : lanes }, (_, lane) =>
      fc.check(property(), {
        seed: seed + lane,
        numRuns: each,
        ...(isRepeat ? { path: String(firstRun) } : {}),
        interruptAfterTimeLimit: depth.timeLimitMs,
        markInterruptAsFailure: true,
      }),
    ),
  );
  const failures = details.filter(({ failed }) => failed);
  if (failures.length > 0) {
    throw new Error(
      failures
        .map(({ counterexample, counterexamplePath: path, errorInstance, interrupted, seed: of }) =>
          [
            interrupted ? 'Out of time.' : String((errorInstance as Error | null)?.message ?? errorInstance),
            counterexample ? show(counterexample[0]) : '',
            `Again: ${repeatCommand(file, { seed: of, path })}`,
          ].join('\n'),
        )
        .join('\n\n'),
    );
  }
  return details.reduce((sum, { numRuns }) => sum + numRuns, 0);
}
