/** The claim of a worker: for as long as it says the gateway is asked by nobody else, and no longer. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { CLOCK_TOLERANCE_MS } from '../../shared/checkout/decideAttempt.ts';
import { CONCURRENCY, leaseMs } from '../../shared/checkout/placeOrders.ts';
import type { OrderingGateway, Placement } from '../../shared/orders/gateway.ts';
import { inCheckout, MINUTE, NOW } from '../support/samples.ts';
import { checkoutIn, gatewayOf, manyGroups, perform, worldOf } from './attemptFixture.ts';

/** Takes an order of a minute down and never answers. */
function silentGateway(): OrderingGateway & { asked: Placement[] } {
  const asked: Placement[] = [];
  return {
    maxPlacementMs: MINUTE,
    asked,
    place(placement) {
      asked.push(placement);
      return new Promise(() => undefined);
    },
  };
}

it.each([1, CONCURRENCY, CONCURRENCY + 1, 99])(
  'of %i orders lasts as long as it says, to the millisecond',
  async (orders) => {
    const gateway = silentGateway();
    const world = await worldOf(manyGroups(orders), gateway);
    void perform(world);
    await nextTurn();
    const first = gateway.asked.length;
    const endMs = checkoutIn(world).leaseUntilMs ?? 0;

    for (const nowMs of [NOW, (NOW + endMs) / 2, endMs - 1]) {
      world.nowMs = nowMs;
      await perform(world);
    }
    expect(gateway.asked).toHaveLength(first);
    world.nowMs = endMs;
    void perform(world);
    await nextTurn();

    expect(endMs).toBe(NOW + leaseMs(orders, MINUTE));
    expect(gateway.asked.slice(first)).toHaveLength(first);
    expect(gateway.asked.slice(first).every(({ ambiguousSinceMs }) => ambiguousSinceMs === endMs)).toBe(true);
  },
);

it('that keeps a message waiting does so again when the message comes early by our clock', async () => {
  const leaseUntilMs = NOW + MINUTE;
  const world = await worldOf(inCheckout({ leaseUntilMs }), gatewayOf());
  await perform(world);

  for (const earlyMs of [CLOCK_TOLERANCE_MS - 1, 1]) {
    world.nowMs = leaseUntilMs - earlyMs;
    await perform(world);
  }

  // The broker keeps each id once: what was put off under a known one would be gone.
  expect(world.sent.map(({ atMs }) => atMs)).toEqual([
    leaseUntilMs,
    leaseUntilMs + 1,
    leaseUntilMs + CLOCK_TOLERANCE_MS - 1,
  ]);
});
