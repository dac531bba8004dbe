/** How much of a checkout one delivery does: the arithmetic of the claim, and whose turn it is. */
import { describe, expect, it } from 'vitest';
import {
  batchOrder,
  CONCURRENCY,
  fitsLease,
  leaseMs,
  MAX_PLACEMENT_MS,
} from '../../shared/checkout/placeOrders.ts';
import { inCheckout, NOW, SECOND, TROUBLE } from '../support/samples.ts';

/** The host ends a function, and the renewal of its message's lock, after five minutes. */
const HOST_MS = 300_000;
/** Reading before, and hint, record and message after. */
const AROUND_MS = 50_000;

describe('a claim', () => {
  it('ends before the host does, whatever there is to place and however slow the gateway', () => {
    for (let orders = 0; orders <= 99; orders++) {
      for (let maxPlacementMs = 1; maxPlacementMs <= MAX_PLACEMENT_MS; maxPlacementMs += 997) {
        expect(leaseMs(orders, maxPlacementMs)).toBeLessThanOrEqual(HOST_MS - AROUND_MS);
      }
    }
  });

  it('has room for all orders when they can be placed in one round', () => {
    expect(leaseMs(1, 10 * SECOND)).toBe(25 * SECOND);
    expect(leaseMs(CONCURRENCY, 10 * SECOND)).toBe(25 * SECOND);
    expect(leaseMs(CONCURRENCY + 1, 10 * SECOND)).toBe(35 * SECOND);
  });

  it('lets an order begin, though it took long to write, and at the slowest gateway', () => {
    for (const maxPlacementMs of [SECOND, MAX_PLACEMENT_MS]) {
      const leaseUntilMs = NOW + leaseMs(99, maxPlacementMs);
      expect(fitsLease({ leaseUntilMs }, maxPlacementMs, NOW + 15 * SECOND)).toBe(true);
    }
  });

  it('lets no order begin that could outlast it, to the millisecond', () => {
    const claim = { leaseUntilMs: NOW + 10 * SECOND };

    expect(fitsLease(claim, 4 * SECOND, NOW + 6 * SECOND)).toBe(true);
    expect(fitsLease(claim, 4 * SECOND, NOW + 6 * SECOND + 1)).toBe(false);
  });

  it('A checkout without a lease can be taken by any worker', () => {
    expect(fitsLease({}, undefined, NOW)).toBe(true);
  });
});

it('Groups without an attempt come before those that have failed', () => {
  const { checkout } = inCheckout();
  const [first, second] = checkout.groups;
  const groups = [{ ...first!, state: 'ambiguous' as const, problem: TROUBLE }, second!];

  expect(batchOrder({ ...checkout, groups }).map(({ key }) => key)).toEqual([second?.key, first?.key]);
});
