/** A worker recognizes its own write when the response was lost and the storage client's repeat met the new ETag. */
import { describe, expect, it } from 'vitest';
import type { World } from '../support/ports.ts';
import { inCheckout, KEY, MINUTE, NOW } from '../support/samples.ts';
import { checkoutIn, deliver, gatewayOf, ID, is, RETRY_LATER, worldOf } from './attemptFixture.ts';

/** Runs every effect with this name twice and returns the response to the second one, as the storage client does. */
function repeatWrites(world: World, name: string): void {
  world.around = async (effect, run) => {
    if (!is(name)(effect)) return run();
    await run();
    return run();
  };
}

describe('a write whose response was lost', () => {
  it('A worker continues with its own lease after a repeated write: it places the orders, and none becomes ambiguous', async () => {
    const gateway = gatewayOf();
    const world = await worldOf(inCheckout(), gateway);
    repeatWrites(world, 'carts.replace');

    await deliver(world);

    expect(checkoutIn(world)).toMatchObject({ state: 'ordered', endedMs: NOW });
    expect(gateway.calls.map(({ ambiguousSinceMs }) => ambiguousSinceMs)).toEqual([undefined, undefined]);
    expect(world.sent).toEqual([]);
  });

  it('A worker publishes the outcome that it committed with a repeated write', async () => {
    const world = await worldOf(inCheckout(), gatewayOf());
    repeatWrites(world, 'carts.commit');

    await deliver(world);

    expect(checkoutIn(world).state).toBe('ordered');
    expect(world.events).toMatchObject([{ id: `${ID}.ordered` }]);
  });

  it('A worker sends the next attempt that it committed with a repeated write', async () => {
    const world = await worldOf(inCheckout(), gatewayOf(RETRY_LATER));
    repeatWrites(world, 'carts.commit');

    await deliver(world);

    expect(world.sent).toMatchObject([{ id: `${ID}.2`, message: { attempt: 2 } }]);
  });
});

describe('the lease of another worker', () => {
  it('A worker does not take the lease of another worker for its own, although both began in the same millisecond', async () => {
    const gateway = gatewayOf();
    const world = await worldOf(inCheckout(), gateway);
    world.around = async (effect, run) => {
      if (effect.name === 'carts.replace') {
        world.around = (_, next) => next();
        const [cart, etag] = effect.args as Parameters<typeof world.ports.carts.replace>;
        const other = { ...cart.checkout!, leaseOwner: 'another worker' };
        await world.ports.carts.replace({ ...cart, checkout: other }, etag);
      }
      return run();
    };

    await deliver(world);

    expect(gateway.calls).toEqual([]);
    expect(world.sent).toMatchObject([{ message: { ...KEY, attempt: 1 } }]);
    expect(checkoutIn(world).leaseUntilMs).toBeGreaterThan(NOW + MINUTE);
  });

  it('A lease is released with its owner when the attempt is committed', async () => {
    const world = await worldOf(inCheckout(), gatewayOf(RETRY_LATER));

    await deliver(world);

    const { leaseUntilMs, leaseOwner } = checkoutIn(world);
    expect({ leaseUntilMs, leaseOwner }).toEqual({ leaseUntilMs: undefined, leaseOwner: undefined });
  });
});
