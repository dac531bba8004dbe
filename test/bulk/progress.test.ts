/** Counters and throughput of a bulk order. */
import { describe, expect, it } from 'vitest';
import type { BulkOrder } from '../../shared/bulk/bulkOrder.ts';
import { newLane } from '../../shared/bulk/lane.ts';
import { type Counts, countItems, throughputOf } from '../../shared/bulk/progress.ts';
import { MINUTE, NOW } from '../support/samples.ts';
import { orderIn, submitted } from './submitting.ts';

const order: BulkOrder = await orderIn(await submitted());
const running = (...numbers: number[]) =>
  numbers.map((n) => ({ n, sinceMs: NOW, atMs: NOW, unexpectedErrors: 0 }));

describe('countItems', () => {
  it('The counters include every lane and add up to the total', () => {
    const started = {
      ...newLane(0),
      cursor: 6,
      running: running(5),
      succeeded: 3,
      failed: 1,
      retryQueue: [2],
    };
    const cancelled = { ...newLane(1), cursor: 2, limit: 2, succeeded: 2, stopped: true };

    const { total, ...others } = countItems({ ...order, rejected: 4 }, [
      { lane: started, length: 10 },
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

describe('countItems before the lanes are prepared for a retry', () => {
  const behind = { ...newLane(0), cursor: 6, limit: 6, succeeded: 4, failed: 2, stopped: true };
  const lanes = [
    { lane: behind, length: 10 },
    {
      lane: { ...behind, number: 1, generation: 2, retryQueue: [1], failed: 1, limit: undefined },
      length: 6,
    },
  ];

  it('Failed items that a retry runs again count as waiting', () => {
    expect(countItems({ ...order, generation: 2, retryStates: ['failed'] }, lanes)).toMatchObject({
      waiting: 3,
      succeeded: 8,
      failed: 1,
      cancelled: 4,
    });
  });

  it('Cancelled items that a retry runs again count as waiting', () => {
    expect(countItems({ ...order, generation: 2, retryStates: ['cancelled'] }, lanes)).toMatchObject({
      waiting: 5,
      failed: 3,
      cancelled: 0,
    });
  });
});

describe('throughputOf', () => {
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

  it('The throughput covers the current retry generation and gives the estimated end', () => {
    expect(throughputOf(order, counts, later)).toEqual({ perMinute: 10, estimatedEndMs: later + 7 * MINUTE });
    expect(throughputOf({ ...order, endedBefore: 15 }, counts, later)).toMatchObject({ perMinute: 5 });
  });

  it('There is no throughput before the first item has ended', () => {
    expect(throughputOf({ ...order, endedBefore: 30 }, counts, later)).toEqual({});
    expect(throughputOf(order, counts, order.startedMs)).toEqual({});
  });

  it('The estimated end of a cancelling bulk order covers only its running items', () => {
    expect(throughputOf({ ...order, state: 'cancelling' }, counts, later)).toMatchObject({
      estimatedEndMs: later + MINUTE,
    });
  });

  it('The throughput of an ended bulk order is constant, without an estimated end', () => {
    const endedMs = order.startedMs + 6 * MINUTE;

    expect(throughputOf({ ...order, state: 'completed', endedMs }, counts, later + 60 * MINUTE)).toEqual({
      perMinute: 5,
    });
  });
});
