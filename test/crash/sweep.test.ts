/** Every effect of a sweep that dispatches pages, and of their worker, fails in every way: no due entry is lost, and each cart has one event id. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { depth } from '../support/depth.ts';
import { type Fault, faultsOf } from './point.ts';
import { type Stack, startStack } from './stack.ts';
import { runSweepLife, SWEEP_RECOVERIES, type SweepRecovery } from './sweepLife.ts';

const EFFECTS = [
  ...['due.read', 'pageQueue.queued', 'pageQueue.send', 'due.within', 'queue.complete'],
  ...['carts.read', 'events.publish', 'due.put', 'due.remove'],
];
interface Failure {
  fault: Fault;
  recovery: SweepRecovery;
}

/** The first effect of each kind, which is the timer's or starts a page, and the last, which ends one; in a deep run every effect, in every way. */
function failuresAt(points: readonly string[], isDeep: boolean): Failure[] {
  return EFFECTS.flatMap((name) => {
    const all = points.flatMap((other, point) => (other === name ? [point] : []));
    const some = isDeep ? all : [...new Set([all.at(0) ?? 0, all.at(-1) ?? 0])];
    return some.flatMap((point, n) =>
      faultsOf(name).flatMap((kind, k): Failure[] => {
        if (isDeep) return SWEEP_RECOVERIES.map((recovery) => ({ fault: { point, kind }, recovery }));
        const recovery = SWEEP_RECOVERIES[(point + k) % 2] ?? 'sweep';
        return some.length === 1 || k % 2 === n ? [{ fault: { point, kind }, recovery }] : [];
      }),
    );
  });
}

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack?.stop());

it('No due entry is lost and no event gets a second id, whichever effect of a sweep with pages fails', {
  timeout: depth.timeLimitMs,
}, async () => {
  const dry = await runSweepLife(stack, { recovery: 'redelivery' });
  expect(dry.problems).toEqual([]);
  expect([...new Set(dry.points)].sort()).toEqual([...EFFECTS].sort());

  const problems: string[] = [];
  const failures = failuresAt(dry.points, depth.crashesPerPoint > 1);
  for (const failure of failures) {
    const report = await runSweepLife(stack, failure);
    const { fault, recovery } = failure;
    const where = `${fault.kind} at point ${fault.point} (${dry.points[fault.point]}), recovery by ${recovery}`;
    if (!report.fired) problems.push(`${where}: never fired`);
    problems.push(...report.problems.map((problem) => `${where}: ${problem}`));
  }

  console.log(`sweep with pages: ${failures.length} failures at ${dry.points.length} points`);
  expect(problems).toEqual([]);
});
