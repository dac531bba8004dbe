import { depth } from '../support/depth.ts';
import { randomOf } from '../support/random.ts';
import { LIFECYCLE } from '../support/samples.ts';
import { openBulkLife, ROUND } from './bulkLife.ts';
import {
  BULK_EFFECTS,
  BULK_SCENARIOS,
  type BulkScenario,
  type BulkStep,
  isCallersOfBulk,
} from './bulkScenario.ts';
import { LEDGER } from './gateways.ts';
import { liveThrough } from './live.ts';
import type { Report, Run } from './run.ts';
import type { Stack } from './stack.ts';
import { describeCrashes } from './suite.ts';

describeCrashes({
  gateway: LEDGER,
  scenarios: BULK_SCENARIOS,
  run: runBulkScenario,
  promise: 'No item of a bulk order is lost or ordered twice',
  crashesPerPoint: depth.bulkCrashesPerPoint,
  effects: BULK_EFFECTS,
  sights: [],
  file: 'test/crash/bulk.test.ts',
});

/** Runs a scenario of a bulk order with one fault in it, and judges what is left. */
async function runBulkScenario(stack: Stack, run: Run<BulkScenario>): Promise<Report> {
  const { scenario, gateway: kind, recovery, seed, fault } = run;
  await stack.clear();
  // Looks fall on a grid of time: every run begins at the same place of it, and has the same points.
  stack.clock.advance(LIFECYCLE.watchdogMs - (stack.clock.now() % LIFECYCLE.watchdogMs));
  const gateway = await kind.open(stack, scenario);
  const life = openBulkLife({ stack, scenario, gateway, random: randomOf(seed) });
  const isWork = (step: BulkStep) => step === 'work';
  const history = {
    steps: scenario.steps,
    isCallers: isCallersOfBulk,
    isWork,
    round: ROUND,
    recovery,
    fault,
  };
  const { first, problems, areCallersThere } = await liveThrough(stack, life, history);
  return {
    points: first.points,
    fired: first.fired(),
    sights: [],
    problems: [...problems, ...(await life.judge(areCallersThere))],
  };
}
