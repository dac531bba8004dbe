/** The length of a lease, which orders fit into it, and the order of the groups in a batch. */
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
/** The time for the read before the lease, and for the due entry, the commit and the message after it. */
const OVERHEAD_MS = 50_000;

describe('the lease of a checkout', () => {
  it('A lease ends before the host ends the function, for any number of orders and any gateway', () => {
    for (let orders = 0; orders <= 99; orders++) {
      for (let maxPlacementMs = 1; maxPlacementMs <= MAX_PLACEMENT_MS; maxPlacementMs += 997) {
        expect(leaseMs(orders, maxPlacementMs)).toBeLessThanOrEqual(HOST_MS - OVERHEAD_MS);
      }
    }
  });

  it('A lease is long enough to place all orders that fit one batch', () => {
    expect(leaseMs(1, 10 * SECOND)).toBe(25 * SECOND);
    expect(leaseMs(CONCURRENCY, 10 * SECOND)).toBe(25 * SECOND);
    expect(leaseMs(CONCURRENCY + 1, 10 * SECOND)).toBe(35 * SECOND);
  });

  it('An order may start although acquiring the lease took long, also with the slowest gateway', () => {
    for (const maxPlacementMs of [SECOND, MAX_PLACEMENT_MS]) {
      const leaseUntilMs = NOW + leaseMs(99, maxPlacementMs);
      expect(fitsLease({ leaseUntilMs }, maxPlacementMs, NOW + 15 * SECOND)).toBe(true);
    }
  });

  it('An order may not start when it could outlast the lease, to the millisecond', () => {
    const lease = { leaseUntilMs: NOW + 10 * SECOND };

    expect(fitsLease(lease, 4 * SECOND, NOW + 6 * SECOND)).toBe(true);
    expect(fitsLease(lease, 4 * SECOND, NOW + 6 * SECOND + 1)).toBe(false);
  });

  it('An order may start at any time in a checkout without a lease', () => {
    expect(fitsLease({}, undefined, NOW)).toBe(true);
  });
});

it('Groups without an attempt come before those that have failed', () => {
  const { checkout } = inCheckout();
  const [first, second] = checkout.groups;
  const groups = [{ ...first!, state: 'ambiguous' as const, problem: TROUBLE }, second!];

  expect(batchOrder({ ...checkout, groups }).map(({ key }) => key)).toEqual([second?.key, first?.key]);
});
