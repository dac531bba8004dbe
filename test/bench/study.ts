/** A study: a measurement that is no matter of requests a second, such as a start or a sweep. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Limit } from './goals.ts';
import { cpuBetween, readCpuTimes } from './processes.ts';

/** A figure of a study; `bare` is that of the bare client or the runtime alone, measured in the same run. */
export interface Finding {
  what: string;
  service: number[];
  bare?: number[];
  unit: string;
  digits: number;
  /** The highest foreign load while it was measured; a ratio is printed only when it is low. */
  foreign: number;
  goal?: Limit;
}

export interface Study {
  name: string;
  /** `rounds` repetitions where they are cheap; `scale` shrinks the amount of work. */
  run(options: { rounds: number; scale: number }): Promise<Finding[]>;
}

export interface StudyResult {
  study: string;
  findings: Finding[];
}

/** Runs work and returns the foreign load meanwhile; `pids` are the processes that do the work. */
export async function withForeignLoad<Result>(
  pids: () => Record<string, number>,
  work: () => Promise<Result>,
): Promise<{ result: Result; tookMs: number; foreign: number }> {
  const known = pids();
  const before = readCpuTimes(known);
  const result = await work();
  const { tookMs, foreign } = cpuBetween(before, readCpuTimes(known));
  return { result, tookMs, foreign };
}

/** The foreign load while nothing is measured, for work whose own processes come and go. */
export async function foreignLoadNow(): Promise<number> {
  const { foreign } = await withForeignLoad(
    () => ({ bench: process.pid }),
    () => sleep(1_000),
  );
  return foreign;
}
