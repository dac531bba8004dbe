/** Attempts that crash or meet errors: what is left behind, and what completes the checkout. */
import { beforeEach, describe, expect, it } from 'vitest';
import { apiError, ServiceError } from '../../shared/errors.ts';
import type { World } from '../support/ports.ts';
import { inCheckout, KEY, MINUTE, NOW } from '../support/samples.ts';
import {
  checkoutIn,
  deliver,
  fail,
  gatewayOf,
  heal,
  ID,
  is,
  RETRY_LATER,
  worldOf,
} from './attemptFixture.ts';

const UNAVAILABLE = new ServiceError(apiError('serviceUnavailable', 'Storage does not respond.'));

let world: World;
beforeEach(async () => {
  world = await worldOf();
});

describe('crashes', () => {
  it('A worker that crashes before the commit leaves orders that the next one places again as ambiguous, under the same request id', async () => {
    const gateway = gatewayOf();
    world = await worldOf(inCheckout(), gateway);
    fail(world, is('carts.commit'), 'before');
    await expect(deliver(world)).rejects.toThrow('Crash');
    heal(world);
    const { leaseUntilMs } = checkoutIn(world);

    world.nowMs += 2 * MINUTE;
    await deliver(world);

    const [first, , repeated] = gateway.calls;
    expect(repeated).toMatchObject({ requestId: first?.requestId, ambiguousSinceMs: leaseUntilMs });
    expect(first?.ambiguousSinceMs).toBeUndefined();
    expect(checkoutIn(world).state).toBe('ordered');
    expect(world.orders.size).toBe(2);
  });

  it('A worker that crashes before the commit leaves an ambiguous order, also when the next call fails', async () => {
    world = await worldOf(inCheckout({ leaseUntilMs: NOW }), gatewayOf(RETRY_LATER));

    await deliver(world);

    expect(checkoutIn(world).groups).toMatchObject([
      { state: 'ambiguous', ambiguousSinceMs: NOW },
      { state: 'placed' },
    ]);
  });

  it('A worker that crashes after the commit leaves only the outcome to publish', async () => {
    fail(world, is('carts.commit'), 'after');
    await expect(deliver(world)).rejects.toThrow('Crash');
    heal(world);

    await deliver(world);

    expect(checkoutIn(world).state).toBe('ordered');
    expect(world.orders.size).toBe(2);
    expect(world.events).toHaveLength(1);
  });

  it('A worker that crashes between commit and send leaves the next attempt to the sweeper', async () => {
    world = await worldOf(inCheckout(), gatewayOf(RETRY_LATER));
    fail(world, is('carts.commit'), 'after');
    await expect(deliver(world)).rejects.toThrow('Crash');
    heal(world);

    await deliver(world);

    expect(checkoutIn(world).attempt).toBe(2);
    expect(world.sent).toEqual([]);
    expect([...world.dueEntries.values()]).toEqual([{ ...KEY, atMs: checkoutIn(world).watchdogAtMs }]);
  });
});

describe('errors', () => {
  it('A message is deferred for longer each time while storage is unavailable, without an error', async () => {
    fail(world, (effect) => effect.name.startsWith('carts.'), 'before', UNAVAILABLE);

    await deliver(world);
    await deliver(world, { deferrals: 4 });

    expect(world.sent).toMatchObject([
      { id: `${ID}.1.unavailable.${NOW + 1_000}`, atMs: NOW + 1_000, message: { deferrals: 1 } },
      { atMs: NOW + 16_000, message: { attempt: 1, deferrals: 5 } },
    ]);
  });

  it('An attempt succeeds while the topic is unavailable, because the outcome is committed and the sweeper publishes it', async () => {
    fail(world, is('events.publish'), 'before');

    await deliver(world);

    expect(checkoutIn(world).state).toBe('ordered');
    expect(world.warnings).toHaveLength(1);
  });

  it('An unexpected error of an attempt is thrown to the broker', async () => {
    fail(world, is('gateway.place'), 'before', new TypeError('A bug.'));

    await expect(deliver(world)).rejects.toThrow('A bug.');

    expect(world.sent).toEqual([]);
  });

  it('An attempt that loses the race at the commit is no error, because another worker has committed the outcome', async () => {
    world.around = async (effect, run) => {
      if (effect.name === 'carts.commit') {
        world.around = (_, next) => next();
        await deliver(world);
      }
      return run();
    };

    await deliver(world);

    expect(checkoutIn(world).state).toBe('ordered');
    expect(world.orders.size).toBe(2);
    expect(world.events).toHaveLength(1);
  });
});
