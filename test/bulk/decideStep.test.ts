/**
 * The steps of a lane, over random histories: whatever items come to and whenever it is stopped, no item begins
 * twice in a round, no more run than may, nothing begins that should not, and the counters add up.
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
    atWork: new Set(),
    nowMs: NOW,
    hasTime: true,
    ...more,
  });

const numbersOf = (items: readonly { n: number }[]) => items.map(({ n }) => n);

describe('a step', () => {
  it('begins as many items as may run, and puts them on the list', () => {
    const { lane, work } = step(newLane(0));

    expect(numbersOf(work)).toEqual([0, 1]);
    expect(lane).toMatchObject({ cursor: 2, running: [{ n: 0, atMs: NOW }, { n: 1 }] });
  });

  it('takes what has ended off the list, and begins the next in its place', () => {
    const { lane } = step(newLane(0));

    const next = step(lane, { results: [ended(1, 'failed')], atWork: new Set([0]) });

    expect(next.outcomes).toEqual([outcomeOf(1, 'failed')]);
    expect(numbersOf(next.work)).toEqual([2]);
    expect(next.lane).toMatchObject({ failed: 1, succeeded: 0, running: [{ n: 0 }, { n: 2 }] });
  });

  it('looks again at what goes on without it, when it is time', () => {
    const { lane } = step(newLane(0));
    const waiting = step(lane, { results: [later(0, { checkoutId: 'c' })], atWork: new Set([1]) });

    expect(waiting.work).toEqual([]);
    expect(nextCheckMs(waiting.lane, { order, length: LENGTH, nowMs: NOW })).toBe(NOW);
    expect(step(waiting.lane, { nowMs: NOW + MINUTE, atWork: new Set([1]) }).work).toMatchObject([
      { n: 0, checkoutId: 'c' },
    ]);
  });

  it('changes nothing when nothing is to be done', () => {
    const { lane } = step(newLane(0));

    expect(step(lane, { atWork: new Set([0, 1]) }).lane).toBe(lane);
    expect(step(newLane(0), { hasTime: false }).work).toEqual([]);
  });

  it('begins nothing during a pause, and comes back after it', () => {
    const paused = { ...order, pausedUntilMs: NOW + SECOND };

    const { lane, work } = step(newLane(0), { order: paused });

    expect(work).toEqual([]);
    expect(nextCheckMs(lane, { order: paused, length: LENGTH, nowMs: NOW })).toBe(NOW + SECOND);
  });

  it('begins nothing once the bulk order is to end, also while items run, and lets those end', () => {
    const { lane } = step(newLane(0));
    const cancelling: BulkOrder = { ...order, state: 'cancelling' };

    const next = step(lane, { order: cancelling, results: [ended(0)], atWork: new Set([1]) });

    expect(next.work).toEqual([]);
    expect(next.lane).toMatchObject({ cursor: 2, limit: 2, stopped: true, running: [{ n: 1 }] });
  });
});

describe('what results want of the bulk order', () => {
  it('is a pause as long as the longest, never a shorter one', () => {
    const wanted = applyResults(order, [
      later(0, { pauseUntilMs: NOW + 1 }),
      later(1, { pauseUntilMs: NOW + 2 }),
    ]);

    expect(wanted).toEqual({ ...order, pausedUntilMs: NOW + 2 });
    expect(applyResults(wanted, [later(0, { pauseUntilMs: NOW + 1 })])).toBe(wanted);
  });

  it('is its end, after a failure, if that is its policy', () => {
    const strict: BulkOrder = { ...order, errorPolicy: 'stopOnFirstError' };

    expect(applyResults(order, [ended(0, 'failed')])).toBe(order);
    expect(applyResults(strict, [ended(0)])).toBe(strict);
    expect(applyResults(strict, [ended(0, 'failed')])).toMatchObject({ state: 'stopping' });
    const cancelling: BulkOrder = { ...strict, state: 'cancelling' };
    expect(applyResults(cancelling, [ended(0, 'failed')])).toBe(cancelling);
  });
});

/** What happens next: which of the items at work comes to what, or the bulk order is stopped, or paused. */
const happening = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ pick: fc.nat(9), as: fc.constantFrom('succeeded', 'failed', 'later') }),
  },
  { weight: 1, arbitrary: fc.constantFrom('stop' as const, 'leave' as const) },
);

it('whatever happens, every item is counted once and begins once a round', () => {
  fc.assert(
    fc.property(fc.array(happening, { maxLength: 60 }), fc.nat(2), (happenings, again) => {
      let [now, nowMs]: [BulkOrder, number] = [order, NOW];
      let lane = newLane(0);
      let begun: number[] = [];
      const states = new Map<number, string>();
      for (const one of happenings) {
        nowMs += SECOND;
        if (one === 'stop') now = { ...now, state: 'stopping' };
        const results = typeof one === 'string' ? [] : resultsOf(one, nowMs);
        const next = step(lane, { order: now, results, nowMs, hasTime: one !== 'leave' });
        begun.push(...numbersOf(next.lane.running).filter((n) => !lane.running.some((item) => item.n === n)));
        for (const { n, state } of next.outcomes) states.set(n, state);
        if (lane.stopped) expect(next.lane.cursor).toBe(lane.cursor);
        lane = next.lane;
        check();
        if (isDrained(now, lane, LENGTH)) startAnew();
      }

      function resultsOf({ pick, as }: { pick: number; as: string }, atMs: number): ItemResult[] {
        const item = lane.running[pick % Math.max(1, lane.running.length)];
        if (!item) return [];
        return [as === 'later' ? later(item.n, { atMs }) : ended(item.n, as as ItemOutcome['state'])];
      }

      function check(): void {
        expect(new Set(begun).size).toBe(begun.length);
        expect(lane.running.length).toBeLessThanOrEqual(order.slots);
        const { total, ...counts } = countItems(now, [{ lane, length: LENGTH }]);
        expect(Object.values(counts).reduce((sum, count) => sum + count, 0)).toBe(LENGTH);
        expect(total).toBe(LENGTH);
        expect(Math.min(...Object.values(counts))).toBeGreaterThanOrEqual(0);
        const succeeded = [...states.values()].filter((state) => state === 'succeeded').length;
        expect(counts.succeeded).toBe(succeeded);
      }

      function startAnew(): void {
        const failed = [...states].filter(([, state]) => state === 'failed').map(([n]) => n);
        const wanted = (['failed', 'cancelled'] as const).slice(0, again);
        now = { ...now, state: 'running', generation: now.generation + 1, retryStates: wanted };
        lane = prepareLane(lane, now, failed);
        begun = [];
      }
    }),
    { numRuns: 2_000, seed: 20_180_315 },
  );
});
