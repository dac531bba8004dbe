/** What the lanes add up to. */
import { describe, expect, it } from 'vitest';
import type { BulkOrder } from '../../shared/bulk/bulkOrder.ts';
import { newLane } from '../../shared/bulk/lane.ts';
import { type Counts, countItems, throughputOf } from '../../shared/bulk/progress.ts';
import { MINUTE, NOW } from '../support/samples.ts';
import { orderIn, submitted } from './submitting.ts';

const order: BulkOrder = await orderIn(await submitted());
const running = (...numbers: number[]) =>
  numbers.map((n) => ({ n, sinceMs: NOW, atMs: NOW, unexpectedErrors: 0 }));

describe('the counters', () => {
  it('are of every lane, and add up to the total', () => {
    const begun = { ...newLane(0), cursor: 6, running: running(5), succeeded: 3, failed: 1, retryQueue: [2] };
    const cancelled = { ...newLane(1), cursor: 2, limit: 2, succeeded: 2, stopped: true };

    const { total, ...others } = countItems({ ...order, rejected: 4 }, [
      { lane: begun, length: 10 },
      { lane: cancelled, length: 9 },
    ]);

    expect(others).toEqual({
      waiting: 5,
      running: 1,
      succeeded: 5,
      alreadyOrdered: 0,
      failed: 1,
      cancelled: 7,
      rejected: 4,
    });
    expect(total).toBe(Object.values(others).reduce((sum, count) => sum + count, 0));
  });
});

describe('of a round that no lane has prepared itself for', () => {
  const behind = { ...newLane(0), cursor: 6, limit: 6, succeeded: 4, failed: 2, stopped: true };
  const lanes = [
    { lane: behind, length: 10 },
    {
      lane: { ...behind, number: 1, generation: 2, retryQueue: [1], failed: 1, limit: undefined },
      length: 6,
    },
  ];

  it('the failed wait that are to be done again', () => {
    expect(countItems({ ...order, generation: 2, retryStates: ['failed'] }, lanes)).toMatchObject({
      waiting: 3,
      succeeded: 8,
      failed: 1,
      cancelled: 4,
    });
  });

  it('the cancelled do likewise', () => {
    expect(countItems({ ...order, generation: 2, retryStates: ['cancelled'] }, lanes)).toMatchObject({
      waiting: 5,
      failed: 3,
      cancelled: 0,
    });
  });
});

describe('the pace', () => {
  const counts: Counts = {
    total: 100,
    waiting: 60,
    running: 10,
    succeeded: 25,
    alreadyOrdered: 0,
    failed: 5,
    cancelled: 0,
    rejected: 0,
  };
  const later = order.startedMs + 3 * MINUTE;

  it('is of this round, and tells when the last item may have ended', () => {
    expect(throughputOf(order, counts, later)).toEqual({ perMinute: 10, estimatedEndMs: later + 7 * MINUTE });
    expect(throughputOf({ ...order, endedBefore: 15 }, counts, later)).toMatchObject({ perMinute: 5 });
  });

  it('is nothing before the first item has ended', () => {
    expect(throughputOf({ ...order, endedBefore: 30 }, counts, later)).toEqual({});
    expect(throughputOf(order, counts, order.startedMs)).toEqual({});
  });

  it('of one that is being cancelled is about what still runs', () => {
    expect(throughputOf({ ...order, state: 'cancelling' }, counts, later)).toMatchObject({
      estimatedEndMs: later + MINUTE,
    });
  });

  it('of one that has ended stays as it was, with no end to come', () => {
    const endedMs = order.startedMs + 6 * MINUTE;

    expect(throughputOf({ ...order, state: 'completed', endedMs }, counts, later + 60 * MINUTE)).toEqual({
      perMinute: 5,
    });
  });
});
