/** The bench itself: what it reads from /proc, what it computes, and that foreign load takes a ratio away. */
import { describe, expect, it } from 'vitest';
import { verdictOn } from './compare.ts';
import { goalResults, studyGoals } from './goals.ts';
import type { Measured, Pair, Run } from './measure.ts';
import { causeOf, pauseIn } from './pauses.ts';
import { picture } from './picture.ts';
import { cpuBetween, machineTicks, processTicks } from './processes.ts';
import { goalTable, scenarioTable } from './report.ts';
import { SCENARIOS, scenarioOf } from './scenarios.ts';
import { percentile, spreadOf } from './statistics.ts';

const run = (more: Partial<Run> = {}): Run => ({
  ratePerSecond: 1_000,
  p50Ms: 5,
  p99Ms: 9,
  maxMs: 12,
  cpuUs: { host: 500, bare: 0 },
  foreign: 0,
  ...more,
});
const pair = (rate: number, hostUs: number, foreign = 0): Pair => ({
  service: run({ ratePerSecond: rate, cpuUs: { host: hostUs, bare: 0 }, foreign }),
  bare: run({ ratePerSecond: 2_000, cpuUs: { host: 0, bare: 300 } }),
});
const measured = (more: Partial<Measured>): Measured => ({
  scenario: scenarioOf('create', 32),
  pairs: [],
  spoiled: [],
  rounds: 3,
  ...more,
});

describe('CPU times from /proc', () => {
  it('The name of a process may contain spaces and parentheses', () => {
    const stat = '42 (node (a) b) S 1 42 42 0 -1 4194304 9 0 0 0 150 25 0 0 20 0 11 0 9 9 9';

    expect(processTicks(stat)).toBe(175);
  });

  it('The busy time of the machine excludes idle time and interrupts, and includes stolen time', () => {
    expect(machineTicks('cpu  100 20 30 4000 500 6 7 8 0 0\ncpu0 1 1 1 1 1 1 1 1 0 0\n')).toBe(158);
  });

  it('Foreign load is the busy time of unknown processes, as a share of all cores', () => {
    const before = { processes: { host: 100, bench: 0 }, machine: 1_000, atMs: 0 };
    const after = { processes: { host: 700, bench: 200 }, machine: 2_200, atMs: 1_000 };

    expect(cpuBetween(before, after, 2)).toEqual({
      tookMs: 1_000,
      processes: { host: 600, bench: 200 },
      foreign: 0.2,
    });
  });
});

it('The median of an even number of values is the mean of the middle two', () => {
  expect(spreadOf([4, 1, 3, 2])).toEqual({ median: 2.5, min: 1, max: 4 });
  expect(spreadOf([3, 1, 2]).median).toBe(2);
  expect(spreadOf([]).median).toBeNaN();
});

it('A percentile is a value that was measured', () => {
  const values = Array.from({ length: 100 }, (_, n) => 100 - n);

  expect([0.5, 0.99, 1].map((share) => percentile(values, share))).toEqual([50, 99, 100]);
  expect(percentile([7], 0.5)).toBe(7);
});

describe('Scenarios most of whose runs were spoiled by foreign load', () => {
  const spoiled = measured({
    pairs: [pair(1_500, 400)],
    spoiled: [pair(900, 800, 0.5), pair(800, 900, 0.4)],
  });

  it('A scenario with mostly spoiled runs has figures but no ratio in the table', () => {
    const [, , line = ''] = scenarioTable([spoiled]).split('\n');

    expect(line).toMatch(/900 \(800–1500\) .* – .*50 %: no ratio, 2 of 3 runs spoiled$/);
  });

  it('A scenario with mostly spoiled runs neither reaches nor misses a goal', () => {
    expect(new Set(goalResults([spoiled]).map(({ reached }) => reached))).toEqual(new Set([undefined]));
  });

  it('A scenario with mostly spoiled runs is not in the picture', () => {
    expect(picture([spoiled])).not.toContain('create');
  });
});

describe('Scenarios most of whose runs count', () => {
  const clean = measured({ pairs: [pair(1_500, 400), pair(1_300, 450)], spoiled: [pair(100, 900, 0.5)] });

  it('The ratios of a scenario are those of the runs that count', () => {
    const [, , line = ''] = scenarioTable([clean]).split('\n');

    expect(line).toContain('0.70 (0.65–0.75)');
    expect(line).not.toContain('100');
  });

  it('A scenario reaches or misses the goals of its operation', () => {
    const results = goalResults([clean]).filter(({ reached }) => reached !== undefined);

    expect(results.map(({ goal, reached }) => [goal.is, reached])).toEqual([
      ['atMost', true],
      ['atLeast', true],
    ]);
    expect(results[0]?.figure?.median).toBeCloseTo(0.833);
    expect(goalTable(results)).toContain('reached');
  });

  it('A scenario with enough counted runs is in the picture', () => {
    expect(picture([clean])).toContain('>create</text>');
  });
});

it('Every goal refers to a measured scenario, and every scenario has a unique name', () => {
  expect(goalResults([])).not.toHaveLength(0);
  expect(new Set(SCENARIOS.map(({ name }) => name)).size).toBe(SCENARIOS.length);
});

describe('The guard', () => {
  const runs = (...ratios: number[]) =>
    ratios.map((ratio) => ({ before: 400, after: 400 * ratio, foreign: 0 }));
  const verdict = (all: ReturnType<typeof runs>) => verdictOn({ operation: 'get', runs: all }, 1.15, 0.1);

  it('The comparison fails a version that takes 16 % more CPU, and passes one that takes 14 % more', () => {
    expect(verdict(runs(1.16, 1.3, 1.0)).isSlower).toBe(true);
    expect(verdict(runs(1.14, 1.3, 1.0)).isSlower).toBe(false);
  });

  it('The comparison does not count pairs with foreign load, and has no verdict when most have it', () => {
    const spoiled = runs(3).map((run) => ({ ...run, foreign: 0.5 }));

    expect(verdict([...spoiled, ...runs(1, 1)])).toMatchObject({ isSlower: false, ratio: { median: 1 } });
    expect(verdict([...spoiled, ...spoiled, ...runs(1)])).toMatchObject({
      isSlower: false,
      ratio: undefined,
    });
  });
});

describe('pauses of processes', () => {
  const line = 'pause: gc from 1000.5 for 20.25 ms';

  it('A pause of a process is read from a line of its output', () => {
    expect(pauseIn('azurite', line)).toEqual({
      cause: 'garbage collection of the azurite',
      fromMs: 1_000.5,
      toMs: 1_020.75,
    });
    expect(pauseIn('host', 'another line')).toBeUndefined();
  });

  it('A pause is the cause of a slow request when it takes a quarter of its time', () => {
    const pauses = [pauseIn('azurite', line)!];

    expect(causeOf(990, 1_030, pauses)).toBe('garbage collection of the azurite');
    expect(causeOf(990, 1_130, pauses)).toBe('other requests');
    expect(causeOf(1_021, 1_030, pauses)).toBe('other requests');
  });
});

it('A goal of a study has no figure when foreign load spoiled the study', () => {
  const finding = {
    what: 'tail',
    service: [3],
    unit: '',
    digits: 1,
    goal: { is: 'atMost' as const, limit: 4 },
  };
  const reached = (foreign: number) =>
    studyGoals([{ study: 'a minute', findings: [{ ...finding, foreign }] }]).map((result) => result.reached);

  expect([reached(0), reached(0.5)]).toEqual([[true], [undefined]]);
});
