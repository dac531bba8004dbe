/**
 * The suite of one gateway: for every scenario, every effect of its process fails once or many times, in every
 * way and with every recovery in turn. What the effects are is found out by a run without a fault.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { depth, repeatCommand, seed } from '../support/depth.ts';
import type { GatewayKind } from './gateways.ts';
import { RECOVERIES } from './live.ts';
import { FAULTS, type FaultKind, faultsOf } from './point.ts';
import type { Report, Run } from './run.ts';
import { type Stack, startStack } from './stack.ts';

/** How often a run is repeated until its fault fires. */
const MAX_TRIES = 3;

export interface Suite<Any> {
  gateway: GatewayKind;
  scenarios: readonly Any[];
  run: (stack: Stack, run: Run<Any>) => Promise<Report>;
  /** What must not happen, for the names of the tests. */
  promise?: string;
  crashesPerPoint?: number;
  /** The effects that must have been met; a protocol that loses one is not tested by this any more. */
  effects: readonly string[];
  /** What the checkouts must have seen, such as a pause. */
  sights: readonly string[];
  /** The test file, for the command that repeats a failure. */
  file: string;
}

/** The suite. */
export function describeCrashes<Any extends { name: string }>({
  gateway,
  scenarios,
  run: runScenario,
  promise = 'No order is lost or duplicated',
  crashesPerPoint = depth.crashesPerPoint,
  effects,
  sights,
  file,
}: Suite<Any>): void {
  describe(`Failures at every effect, with the gateway ${gateway.name}`, () => {
    const met = new Set<string>();
    const seen = new Set<string>();
    const sum = { points: 0, crashes: 0 };
    let stack: Stack;
    beforeAll(async () => {
      stack = await startStack();
    });
    afterAll(() => stack?.stop());

    for (const scenario of scenarios) {
      it(`${promise}: ${scenario.name}`, { timeout: depth.timeLimitMs }, async () => {
        const points = await pointsOf(scenario);
        const fired = new Set<FaultKind>();
        const problems: string[] = [];

        const runs = runsOf(scenario, points);
        sum.points += points.length;
        sum.crashes += runs.length;
        for (const run of runs) {
          // How many effects a run has can depend on which of two concurrent workers is faster: a run that ends before the
          // point is judged, and repeated.
          let hasFired = false;
          for (let tries = 0; !hasFired && tries < MAX_TRIES; tries++) {
            const report = await runScenario(stack, run);
            hasFired = report.fired;
            problems.push(...report.problems.map((problem) => `${nameOf(run, points)}: ${problem}`));
          }
          if (hasFired) fired.add(run.fault.kind);
          else problems.push(`${nameOf(run, points)}: never fired in ${MAX_TRIES} runs`);
        }

        expect(problems).toEqual([]);
        expect([...fired].sort()).toEqual([...FAULTS].sort());
      });
    }

    it('The scenarios reach every kind of effect', () => {
      console.log(
        `${gateway.name}: ${sum.crashes} failures at ${sum.points} points of ${scenarios.length} scenarios; seed ${seed}`,
      );
      expect([...met].sort()).toEqual([...effects].sort());
    });

    it('The scenarios reach every kind of delay', () => {
      expect([...seen].sort()).toEqual([...sights].sort());
    });

    async function pointsOf(scenario: Any): Promise<string[]> {
      const dry = await runScenario(stack, { scenario, gateway, recovery: 'repeat', seed });
      expect(dry.problems).toEqual([]);
      for (const name of dry.points) met.add(name);
      for (const sight of dry.sights) seen.add(sight);
      return dry.points;
    }
  });

  /** Of twelve seeds in a row, a point sees every fault with every recovery. */
  function runsOf(scenario: Any, points: readonly string[]) {
    return points.flatMap((name, point) => {
      const kinds = faultsOf(name);
      return Array.from({ length: crashesPerPoint }, (_, n) => {
        const turn = point + seed + n;
        const round = Math.floor((seed + n) / kinds.length);
        return {
          scenario,
          gateway,
          seed: seed + n,
          fault: { point, kind: kinds[turn % kinds.length] ?? 'crashBefore' },
          // One further along with every round of the kinds, so that each kind meets each recovery.
          recovery: RECOVERIES[(turn + round) % RECOVERIES.length] ?? 'repeat',
        };
      });
    });
  }

  function nameOf(
    { fault, recovery, seed: from }: Run<Any> & { fault: { point: number; kind: FaultKind } },
    points: readonly string[],
  ) {
    const where = `${fault.kind} at point ${fault.point} (${points[fault.point]})`;
    return `${where}, recovery by ${recovery} [${repeatCommand(file, { seed: from })}]`;
  }
}
