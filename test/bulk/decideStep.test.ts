/**
 * The steps of a lane: single cases, and random histories in which items succeed, fail and are deferred and the bulk
 * order stops. No item starts twice in a retry generation, no more items run than there are slots, no item starts after
 * the stop, and the counters add up.
 */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BulkOrder, ItemOutcome } from '../../shared/bulk/bulkOrder.ts';
import { applyResults, decideStep, type ItemResult, nextCheckMs } from '../../shared/bulk/decideStep.ts';
import { isDrained, type Lane, newLane, prepareLane } from '../../shared/bulk/lane.ts';
import { countItems } from '../../shared/bulk/progress.ts';
import { MINUTE, NOW, SECOND } from '../support/samples.ts';
import { itemOf, orderIn, submitted } from './submitting.ts';

const order: BulkOrder = { ...(await orderIn(await submitted())), lanes: 1, slots: 2 };
const LENGTH = 6;

const outcomeOf = (n: number, state: ItemOutcome['state']): ItemOutcome => {
  const { index, reference, customer, cartId } = itemOf(n);
  return {
    n,
    index,
    reference,
    customer,
    cartId,
    state,
    orders: [],
    errors: [],
    startedMs: NOW,
    endedMs: NOW,
  };
};
const ended = (n: number, state: ItemOutcome['state'] = 'succeeded'): ItemResult => ({
  kind: 'ended',
  outcome: outcomeOf(n, state),
});
const later = (n: number, more: object = {}): ItemResult => ({
  kind: 'later',
  n,
  atMs: NOW + MINUTE,
  ...more,
});

const step = (lane: Lane, more: Partial<Parameters<typeof decideStep>[1]> = {}) =>
  decideStep(lane, {
    order,
    length: LENGTH,
    results: [],
    inProgress: new Set(),
    nowMs: NOW,
    hasTime: true,
    ...more,
  });

const numbersOf = (items: readonly { n: number }[]) => items.map(({ n }) => n);

describe('decideStep', () => {
  it('A step starts an item in every slot and adds it to the running items', () => {
    const { lane, work } = step(newLane(0));

    expect(numbersOf(work)).toEqual([0, 1]);
    expect(lane).toMatchObject({ cursor: 2, running: [{ n: 0, atMs: NOW }, { n: 1 }] });
  });

  it('A step removes an ended item and starts the next one in its slot', () => {
    const { lane } = step(newLane(0));

    const next = step(lane, { results: [ended(1, 'failed')], inProgress: new Set([0]) });

    expect(next.outcomes).toEqual([outcomeOf(1, 'failed')]);
    expect(numbersOf(next.work)).toEqual([2]);
    expect(next.lane).toMatchObject({ failed: 1, succeeded: 0, running: [{ n: 0 }, { n: 2 }] });
  });

  it('A step runs a deferred item again when it is due', () => {
    const { lane } = step(newLane(0));
    const waiting = step(lane, { results: [later(0, { checkoutId: 'c' })], inProgress: new Set([1]) });

    expect(waiting.work).toEqual([]);
    expect(nextCheckMs(waiting.lane, { order, length: LENGTH, nowMs: NOW })).toBe(NOW);
    expect(step(waiting.lane, { nowMs: NOW + MINUTE, inProgress: new Set([1]) }).work).toMatchObject([
      { n: 0, checkoutId: 'c' },
    ]);
  });

  it('A step changes nothing when all slots are busy or no time is left', () => {
    const { lane } = step(newLane(0));

    expect(step(lane, { inProgress: new Set([0, 1]) }).lane).toBe(lane);
    expect(step(newLane(0), { hasTime: false }).work).toEqual([]);
  });

  it('A step starts no item during a pause, and the lane is due when the pause ends', () => {
    const paused = { ...order, pausedUntilMs: NOW + SECOND };

    const { lane, work } = step(newLane(0), { order: paused });

    expect(work).toEqual([]);
    expect(nextCheckMs(lane, { order: paused, length: LENGTH, nowMs: NOW })).toBe(NOW + SECOND);
  });

  it('A step of a cancelled bulk order starts no item and lets the running items end', () => {
    const { lane } = step(newLane(0));
    const cancelling: BulkOrder = { ...order, state: 'cancelling' };

    const next = step(lane, { order: cancelling, results: [ended(0)], inProgress: new Set([1]) });

    expect(next.work).toEqual([]);
    expect(next.lane).toMatchObject({ cursor: 2, limit: 2, stopped: true, running: [{ n: 1 }] });
  });
});

describe('applyResults', () => {
  it('The longest requested pause applies to the bulk order, and a shorter one does not replace it', () => {
    const paused = applyResults(order, [
      later(0, { pauseUntilMs: NOW + 1 }),
      later(1, { pauseUntilMs: NOW + 2 }),
    ]);

    expect(paused).toEqual({ ...order, pausedUntilMs: NOW + 2 });
    expect(applyResults(paused, [later(0, { pauseUntilMs: NOW + 1 })])).toBe(paused);
  });

  it('A failed item stops a bulk order with the policy stopOnFirstError, and no other', () => {
    const strict: BulkOrder = { ...order, errorPolicy: 'stopOnFirstError' };

    expect(applyResults(order, [ended(0, 'failed')])).toBe(order);
    expect(applyResults(strict, [ended(0)])).toBe(strict);
    expect(applyResults(strict, [ended(0, 'failed')])).toMatchObject({ state: 'stopping' });
    const cancelling: BulkOrder = { ...strict, state: 'cancelling' };
    expect(applyResults(cancelling, [ended(0, 'failed')])).toBe(cancelling);
  });
});

/** The next action: a result for one of the running items, a stop of the bulk order, or a step without time left. */
const action = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ pick: fc.nat(9), as: fc.constantFrom('succeeded', 'failed', 'later') }),
  },
  { weight: 1, arbitrary: fc.constantFrom('stop' as const, 'runOutOfTime' as const) },
);

it('In every history each item is counted once and starts at most once in each retry generation', () => {
  fc.assert(
    fc.property(fc.array(action, { maxLength: 60 }), fc.nat(2), (actions, retriedStates) => {
      let current: BulkOrder = order;
      let nowMs = NOW;
      let lane = newLane(0);
      let started: number[] = [];
      const states = new Map<number, string>();
      for (const one of actions) {
        nowMs += SECOND;
        if (one === 'stop') current = { ...current, state: 'stopping' };
        const results = typeof one === 'string' ? [] : resultsOf(one, nowMs);
        const next = step(lane, { order: current, results, nowMs, hasTime: one !== 'runOutOfTime' });
        const before = new Set(numbersOf(lane.running));
        started.push(...numbersOf(next.lane.running).filter((n) => !before.has(n)));
        for (const { n, state } of next.outcomes) states.set(n, state);
        if (lane.stopped) expect(next.lane.cursor).toBe(lane.cursor);
        lane = next.lane;
        check();
        if (isDrained(current, lane, LENGTH)) startRetry();
      }

      function resultsOf({ pick, as }: { pick: number; as: string }, atMs: number): ItemResult[] {
        const item = lane.running[pick % Math.max(1, lane.running.length)];
        if (!item) return [];
        return [as === 'later' ? later(item.n, { atMs }) : ended(item.n, as as ItemOutcome['state'])];
      }

      function check(): void {
        expect(new Set(started).size).toBe(started.length);
        expect(lane.running.length).toBeLessThanOrEqual(order.slots);
        const { total, ...counts } = countItems(current, [{ lane, length: LENGTH }]);
        expect(Object.values(counts).reduce((sum, count) => sum + count, 0)).toBe(LENGTH);
        expect(total).toBe(LENGTH);
        expect(Math.min(...Object.values(counts))).toBeGreaterThanOrEqual(0);
        const succeeded = [...states.values()].filter((state) => state === 'succeeded').length;
        expect(counts.succeeded).toBe(succeeded);
      }

      function startRetry(): void {
        const failed = [...states].filter(([, state]) => state === 'failed').map(([n]) => n);
        const retryStates = (['failed', 'cancelled'] as const).slice(0, retriedStates);
        current = { ...current, state: 'running', generation: current.generation + 1, retryStates };
        lane = prepareLane(lane, current, failed);
        started = [];
      }
    }),
    { numRuns: 2_000, seed: 20_180_315 },
  );
});
