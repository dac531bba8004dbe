/** The goals of the project for its performance, as data, and whether a bench reached them. */
import { isClean, MAX_FOREIGN, type Measured, type Pair, type Run } from './measure.ts';
import { type Operation, STORAGE_OPERATIONS, scenarioOf } from './scenarios.ts';
import { type Spread, spreadOf } from './statistics.ts';
import type { StudyResult } from './study.ts';

/** A figure of a pair of runs. Ratios need two runs that foreign load did not spoil. */
type Figure = (pair: Pair, operation: Operation) => number;

/** A limit that the project has set itself. */
export interface Limit {
  is: 'atLeast' | 'atMost';
  limit: number;
}

export interface Goal extends Limit {
  text: string;
  operation: Operation;
  inFlight: number;
  figure: Figure;
}

/** CPU of the service beyond the bare client's for one request, in operations of the bare client. */
export const cpuBeyond: Figure = ({ service, bare }, operation) =>
  (hostUs(service) - bareUs(bare)) / (bareUs(bare) / STORAGE_OPERATIONS[operation]);

/** Requests a second, in those of the bare client. */
export const rateRatio: Figure = ({ service, bare }) => service.ratePerSecond / bare.ratePerSecond;

export const hostUs = ({ cpuUs }: Run): number => cpuUs.host ?? Number.NaN;
export const bareUs = ({ cpuUs }: Run): number => cpuUs.bare ?? Number.NaN;

const cpuGoal = (operation: Operation, limit: number): Goal => ({
  text: `CPU of a ${operation} beyond the bare client's, in bare operations`,
  operation,
  inFlight: 32,
  figure: cpuBeyond,
  is: 'atMost',
  limit,
});
const rateGoal = (operation: Operation, limit: number): Goal => ({
  text: `rate of ${operation} at 32 in flight ÷ bare client's`,
  operation,
  inFlight: 32,
  figure: rateRatio,
  is: 'atLeast',
  limit,
});

export const GOALS: Goal[] = [
  cpuGoal('create', 1.2),
  cpuGoal('replace', 1.2),
  cpuGoal('get', 0.6),
  rateGoal('create', 0.7),
  rateGoal('get', 0.55),
  rateGoal('replace', 0.65),
  {
    text: 'median of a checkout at one connection, in ms',
    operation: 'checkout',
    inFlight: 1,
    figure: ({ service }) => service.p50Ms,
    is: 'atMost',
    limit: 10,
  },
  {
    text: 'checkouts a second at 8 in flight',
    operation: 'checkout',
    inFlight: 8,
    figure: ({ service }) => service.ratePerSecond,
    is: 'atLeast',
    limit: 350,
  },
];

export interface GoalResult {
  goal: Limit & { text: string };
  /** `undefined` when the scenario was not measured, or was spoiled by foreign load. */
  figure: Spread | undefined;
  reached: boolean | undefined;
}

/** Every goal with its figure: the median over the pairs that count. */
export function goalResults(measured: readonly Measured[], goals: readonly Goal[] = GOALS): GoalResult[] {
  return goals.map((goal) => {
    const { name } = scenarioOf(goal.operation, goal.inFlight);
    const found = measured.find(({ scenario }) => scenario.name === name);
    if (!found || !isClean(found)) return { goal, figure: undefined, reached: undefined };
    const figure = spreadOf(found.pairs.map((pair) => goal.figure(pair, goal.operation)));
    return { goal, figure, reached: isReached(goal, figure.median) };
  });
}

const isReached = ({ is, limit }: Limit, value: number): boolean =>
  is === 'atMost' ? value <= limit : value >= limit;

/** The goals that findings of studies have. One that is a matter of time needs a machine without foreign load. */
export function studyGoals(results: readonly StudyResult[]): GoalResult[] {
  return results.flatMap(({ study, findings }) =>
    findings.flatMap(({ what, service, goal, foreign }) => {
      if (!goal) return [];
      const figure = foreign > MAX_FOREIGN ? undefined : spreadOf(service);
      const reached = figure && isReached(goal, figure.median);
      return [{ goal: { ...goal, text: `${study}: ${what}` }, figure, reached }];
    }),
  );
}
