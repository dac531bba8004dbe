/** What an erasure has found, by identity: each thing is counted once, whatever a crash repeats. */
import { expect, it } from 'vitest';
import { CLOCK_TOLERANCE_MS, type Erasure, extendedErasure, NOTHING } from '../../shared/erasure/erasure.ts';
import { countsOf, type FoundIds, NOTHING_SEEN, seenCarts, withFound } from '../../shared/erasure/seen.ts';
import { toJsonColumn } from '../../shared/storage/jsonColumn.ts';
import { KEY, NOW } from '../support/samples.ts';

const nothing: FoundIds = { carts: [], orders: [], deliveries: [], parkedMessages: [], bulkItems: [] };
const itemsOf = (...numbers: number[]) => numbers.map((n) => ({ n }));

it('Counts add what is new to what an earlier run has removed, and repeat nothing', () => {
  const first = withFound(NOTHING_SEEN, {
    carts: ['a', 'b'],
    orders: ['order_1', 'order_2'],
    deliveries: ['d'],
    parkedMessages: ['parked/1', 'checkout/dead/1'],
    bulkItems: [{ bulkOrderId: 'x', items: itemsOf(0, 1, 2, 7) }],
  });
  const second = withFound(first, {
    ...nothing,
    carts: ['b'],
    deliveries: ['e'],
    parkedMessages: ['parked/1', 'parked/2'],
    bulkItems: [
      { bulkOrderId: 'x', items: itemsOf(7, 8) },
      { bulkOrderId: 'y', items: itemsOf(0) },
    ],
  });

  expect(countsOf(first)).toEqual({ carts: 2, orders: 2, bulkItems: 4, deliveries: 1, parkedMessages: 2 });
  expect(countsOf(second)).toEqual({ carts: 2, orders: 2, bulkItems: 6, deliveries: 2, parkedMessages: 3 });
  expect(countsOf(withFound(second, nothing))).toEqual(countsOf(second));
  expect(['a', 'b', 'c'].map(seenCarts(second))).toEqual([true, true, false]);
});

it('What was seen has no id as text, and 10,000 items of a bulk order in a row take one range', () => {
  const seen = withFound(NOTHING_SEEN, {
    ...nothing,
    carts: [KEY.cartId],
    bulkItems: [{ bulkOrderId: KEY.cartId, items: itemsOf(...Array(10_000).keys()) }],
  });

  expect(JSON.stringify(seen)).not.toContain(KEY.cartId);
  expect(Object.values(seen.bulkItems)).toEqual([[[0, 9_999]]]);
  expect(countsOf(seen).bulkItems).toBe(10_000);
});

it('The row of an erasure has less than eight bytes for each cart, and so room for more than 100,000', () => {
  const carts = Array.from({ length: 10_000 }, (_, n) => `cart ${n}`);
  const seen = withFound(NOTHING_SEEN, { ...nothing, carts });

  expect(countsOf(seen).carts).toBe(10_000);
  const properties = Object.values(toJsonColumn('erasure', { seen }));
  const bytes = properties.reduce((sum: number, value) => sum + (value as Uint8Array).length, 0);
  expect(bytes).toBeLessThan(80_000);
});

it('A request that joins an erasure extends it, unless it covers that time already', () => {
  const erasure: Erasure = {
    tenant: KEY.tenant,
    customerHash: 'hash',
    erasureId: 'id',
    requestedMs: NOW,
    untilMs: NOW,
    requestedBy: 'user',
    state: 'running',
    counts: NOTHING,
  };

  expect(extendedErasure(erasure, NOW + CLOCK_TOLERANCE_MS / 2 - 1)).toBe(erasure);
  expect(extendedErasure(erasure, NOW + CLOCK_TOLERANCE_MS)).toEqual({
    ...erasure,
    untilMs: NOW + CLOCK_TOLERANCE_MS,
  });
});
