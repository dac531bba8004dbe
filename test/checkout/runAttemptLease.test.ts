/** The lease of a worker: until it ends, no other worker calls the gateway. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { CLOCK_TOLERANCE_MS } from '../../shared/checkout/decideAttempt.ts';
import { CONCURRENCY, leaseMs } from '../../shared/checkout/placeOrders.ts';
import type { OrderingGateway, Placement } from '../../shared/orders/gateway.ts';
import { inCheckout, MINUTE, NOW } from '../support/samples.ts';
import { checkoutIn, deliver, gatewayOf, manyGroups, worldOf } from './attemptFixture.ts';

/** A gateway that records the calls and never responds. */
function silentGateway(): OrderingGateway & { calls: Placement[] } {
  const calls: Placement[] = [];
  return {
    maxPlacementMs: MINUTE,
    calls,
    place(placement) {
      calls.push(placement);
      return new Promise(() => undefined);
    },
  };
}

it.each([1, CONCURRENCY, CONCURRENCY + 1, 99])(
  'During the lease for %i orders no other worker calls the gateway, and at its end another one does',
  async (orders) => {
    const gateway = silentGateway();
    const world = await worldOf(manyGroups(orders), gateway);
    void deliver(world);
    await nextTurn();
    const first = gateway.calls.length;
    const endMs = checkoutIn(world).leaseUntilMs ?? 0;

    for (const nowMs of [NOW, (NOW + endMs) / 2, endMs - 1]) {
      world.nowMs = nowMs;
      await deliver(world);
    }
    expect(gateway.calls).toHaveLength(first);
    world.nowMs = endMs;
    void deliver(world);
    await nextTurn();

    expect(endMs).toBe(NOW + leaseMs(orders, MINUTE));
    expect(gateway.calls.slice(first)).toHaveLength(first);
    expect(gateway.calls.slice(first).every(({ ambiguousSinceMs }) => ambiguousSinceMs === endMs)).toBe(true);
  },
);

it('A message that arrives early while a lease is active is deferred again, under a new id', async () => {
  const leaseUntilMs = NOW + MINUTE;
  const world = await worldOf(inCheckout({ leaseUntilMs }), gatewayOf());
  await deliver(world);

  for (const earlyMs of [CLOCK_TOLERANCE_MS - 1, 1]) {
    world.nowMs = leaseUntilMs - earlyMs;
    await deliver(world);
  }

  // The broker drops a message whose id it has seen, so that a deferral under the same id would be lost.
  expect(world.sent.map(({ atMs }) => atMs)).toEqual([
    leaseUntilMs,
    leaseUntilMs + 1,
    leaseUntilMs + CLOCK_TOLERANCE_MS - 1,
  ]);
});
