/** An attempt with a deferred order: nothing has failed, and the same attempt is scheduled again. */
import { describe, expect, it } from 'vitest';
import type { GroupOutcome } from '../../shared/orders/gateway.ts';
import type { World } from '../support/ports.ts';
import { inCheckout, KEY, MINUTE, NOW, TROUBLE } from '../support/samples.ts';
import { checkoutIn, deliver, gatewayOf, ID, worldOf } from './attemptFixture.ts';

const DEFERRED: GroupOutcome = {
  kind: 'deferred',
  problem: TROUBLE,
  ambiguous: false,
  waitMs: 40_000,
  by: 'limit',
};
const states = (world: World) => checkoutIn(world).groups.map(({ state }) => state);

describe('a deferred order', () => {
  it('A deferral writes the due entry, commits the time, then schedules the same attempt', async () => {
    const world = await worldOf(inCheckout(), gatewayOf(DEFERRED));

    await deliver(world);

    const dueMs = NOW + 40_000;
    expect(checkoutIn(world)).toMatchObject({ state: 'running', attempt: 1, dueMs });
    expect([...world.dueEntries.values()]).toEqual([{ ...KEY, atMs: dueMs + 2 * MINUTE }]);
    expect(world.sent).toMatchObject([
      { id: `${ID}.1.deferred.${dueMs}`, atMs: dueMs, message: { attempt: 1 } },
    ]);
    expect(states(world)).toEqual(['pending', 'placed']);
  });

  it('A deferred order is placed when it is due, with one call to the gateway', async () => {
    const gateway = gatewayOf(DEFERRED);
    const world = await worldOf(inCheckout(), gateway);
    await deliver(world);
    await deliver(world); // not due yet

    world.nowMs += 40_000;
    await deliver(world);

    expect(checkoutIn(world)).toMatchObject({ state: 'ordered', attempt: 1 });
    expect(gateway.calls).toHaveLength(3);
    expect(gateway.calls.at(-1)?.ambiguousSinceMs).toBeUndefined();
  });
});
