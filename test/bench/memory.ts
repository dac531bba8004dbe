/** The memory of the service while it works: what is alive after each collection of all garbage, as `reportHeap.ts` has printed it. */
import { fileURLToPath } from 'node:url';

const REPORTER = fileURLToPath(new URL('reportHeap.ts', import.meta.url));
const MIB = 1_024 ** 2;

/** The settings that make the host report. */
export const HEAP_REPORTS = { NODE_OPTIONS: `--import=${REPORTER}` };

export interface Memory {
  /** Medians over the first and the last third of the run. */
  earlyMiB: number;
  lateMiB: number;
  /** The most that the process has had of the machine. */
  residentMiB: number;
}

/** The memory of a run, from all that the host has printed in it; `undefined` when it was too short for a collection. */
export function memoryIn(log: readonly string[]): Memory | undefined {
  const reports = log.flatMap((line) => {
    const [, alive, resident] = /heap after collection: (\d+) of (\d+) bytes/.exec(line) ?? [];
    return alive ? [{ alive: Number(alive) / MIB, resident: Number(resident) / MIB }] : [];
  });
  if (reports.length === 0) return undefined;
  const alive = reports.map((report) => report.alive);
  const third = Math.max(1, Math.floor(alive.length / 3));
  return {
    earlyMiB: medianOf(alive.slice(0, third)),
    lateMiB: medianOf(alive.slice(-third)),
    residentMiB: Math.max(...reports.map(({ resident }) => resident)),
  };
}

const medianOf = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
