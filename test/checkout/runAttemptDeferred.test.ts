/** The performing side of a checkout whose order waits for its turn: nothing has failed, and it comes again at a time of its own. */
import { describe, expect, it } from 'vitest';
import type { GroupOutcome } from '../../shared/orders/gateway.ts';
import type { World } from '../support/ports.ts';
import { inCheckout, KEY, MINUTE, NOW, TROUBLE } from '../support/samples.ts';
import { checkoutIn, gatewayOf, ID, perform, worldOf } from './attemptFixture.ts';

const HELD: GroupOutcome = {
  kind: 'deferred',
  problem: TROUBLE,
  ambiguous: false,
  waitMs: 40_000,
  by: 'limit',
};
const states = (world: World) => checkoutIn(world).groups.map(({ state }) => state);

describe('an order that waits for its turn', () => {
  it('A deferral writes the due entry, records the time, then schedules the same attempt', async () => {
    const world = await worldOf(inCheckout(), gatewayOf(HELD));

    await perform(world);

    const dueMs = NOW + 40_000;
    expect(checkoutIn(world)).toMatchObject({ state: 'running', attempt: 1, dueMs });
    expect([...world.hints.values()]).toEqual([{ ...KEY, atMs: dueMs + 2 * MINUTE }]);
    expect(world.sent).toMatchObject([
      { id: `${ID}.1.deferred.${dueMs}`, atMs: dueMs, message: { attempt: 1 } },
    ]);
    expect(states(world)).toEqual(['pending', 'placed']);
  });

  it('is placed when its time has come, and asked for only once', async () => {
    const gateway = gatewayOf(HELD);
    const world = await worldOf(inCheckout(), gateway);
    await perform(world);
    await perform(world); // too early

    world.nowMs += 40_000;
    await perform(world);

    expect(checkoutIn(world)).toMatchObject({ state: 'ordered', attempt: 1 });
    expect(gateway.asked).toHaveLength(3);
    expect(gateway.asked.at(-1)?.ambiguousSinceMs).toBeUndefined();
  });
});
