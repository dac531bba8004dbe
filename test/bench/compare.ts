/** Compares the CPU of two versions of the app, from runs that alternated. */
import type { Operation } from './scenarios.ts';
import { type Spread, spreadOf } from './statistics.ts';

/** One run of each version, one after the other. */
export interface Comparison {
  operation: Operation;
  /** CPU microseconds of the host for one request, before and after. */
  runs: { before: number; after: number; foreign: number }[];
}

export interface Verdict {
  operation: Operation;
  before: number;
  after: number;
  /** After ÷ before, of each pair; `undefined` when foreign load has spoiled most of them. */
  ratio: Spread | undefined;
  isSlower: boolean;
}

/** The verdict on an operation: slower when the median ratio exceeds `maxRatio`. Pairs with more foreign load do not count. */
export function verdictOn({ operation, runs }: Comparison, maxRatio: number, maxForeign: number): Verdict {
  const counted = runs.filter(({ foreign }) => foreign <= maxForeign);
  const isClean = counted.length > runs.length / 2;
  const ratio = isClean ? spreadOf(counted.map(({ before, after }) => after / before)) : undefined;
  return {
    operation,
    before: spreadOf(runs.map(({ before }) => before)).median,
    after: spreadOf(runs.map(({ after }) => after)).median,
    ratio,
    isSlower: ratio !== undefined && ratio.median > maxRatio,
  };
}
