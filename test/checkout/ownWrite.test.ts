/** A worker recognizes its own write when the response was lost and the storage client's repeat met the new ETag. */
import { describe, expect, it } from 'vitest';
import type { World } from '../support/ports.ts';
import { inCheckout, KEY, MINUTE, NOW } from '../support/samples.ts';
import { checkoutIn, gatewayOf, ID, is, perform, RETRY_LATER, worldOf } from './attemptFixture.ts';

/** From now on, effects of this name are done twice, and the caller gets the response to the second. */
function repeatWrites(world: World, name: string): void {
  world.around = async (effect, run) => {
    if (!is(name)(effect)) return run();
    await run();
    return run();
  };
}

describe('after a repeated write', () => {
  it('a worker continues with its own lease: it places the orders at once, and none becomes ambiguous', async () => {
    const gateway = gatewayOf();
    const world = await worldOf(inCheckout(), gateway);
    repeatWrites(world, 'carts.replace');

    await perform(world);

    expect(checkoutIn(world)).toMatchObject({ state: 'ordered', endedMs: NOW });
    expect(gateway.asked.map(({ ambiguousSinceMs }) => ambiguousSinceMs)).toEqual([undefined, undefined]);
    expect(world.sent).toEqual([]);
  });

  it('a worker publishes the outcome that it committed', async () => {
    const world = await worldOf(inCheckout(), gatewayOf());
    repeatWrites(world, 'carts.commit');

    await perform(world);

    expect(checkoutIn(world).state).toBe('ordered');
    expect(world.events).toMatchObject([{ id: `${ID}.ordered` }]);
  });

  it('a worker sends the next attempt that it committed', async () => {
    const world = await worldOf(inCheckout(), gatewayOf(RETRY_LATER));
    repeatWrites(world, 'carts.commit');

    await perform(world);

    expect(world.sent).toMatchObject([{ id: `${ID}.2`, message: { attempt: 2 } }]);
  });
});

describe('a lease of another worker', () => {
  it('is not taken for an own one, although it was acquired in the same millisecond', async () => {
    const gateway = gatewayOf();
    const world = await worldOf(inCheckout(), gateway);
    world.around = async (effect, run) => {
      if (effect.name === 'carts.replace') {
        world.around = (_, go) => go();
        const [cart, etag] = effect.args as Parameters<typeof world.ports.carts.replace>;
        const other = { ...cart.checkout!, leaseOwner: 'another worker' };
        await world.ports.carts.replace({ ...cart, checkout: other }, etag);
      }
      return run();
    };

    await perform(world);

    expect(gateway.asked).toEqual([]);
    expect(world.sent).toMatchObject([{ message: { ...KEY, attempt: 1 } }]);
    expect(checkoutIn(world).leaseUntilMs).toBeGreaterThan(NOW + MINUTE);
  });

  it('is released with its owner when the attempt is committed', async () => {
    const world = await worldOf(inCheckout(), gatewayOf(RETRY_LATER));

    await perform(world);

    const { leaseUntilMs, leaseOwner } = checkoutIn(world);
    expect({ leaseUntilMs, leaseOwner }).toEqual({ leaseUntilMs: undefined, leaseOwner: undefined });
  });
});
