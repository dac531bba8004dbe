/** The performing side of a checkout when something breaks: what is left, and who goes on from there. */
import { beforeEach, describe, expect, it } from 'vitest';
import { apiError, ServiceError } from '../../shared/errors.ts';
import type { World } from '../support/ports.ts';
import { inCheckout, KEY, MINUTE, NOW } from '../support/samples.ts';
import {
  checkoutIn,
  fail,
  gatewayOf,
  heal,
  ID,
  is,
  perform,
  RETRY_LATER,
  worldOf,
} from './attemptFixture.ts';

const AWAY = new ServiceError(apiError('serviceUnavailable', 'Storage does not answer.'));

let world: World;
beforeEach(async () => {
  world = await worldOf();
});

describe('crashes', () => {
  it('between gateway and record ask again for the same order, and whether it is there', async () => {
    const gateway = gatewayOf();
    world = await worldOf(inCheckout(), gateway);
    fail(world, is('carts.commit'), 'before');
    await expect(perform(world)).rejects.toThrow('Crash');
    heal(world);
    const { leaseUntilMs } = checkoutIn(world);

    world.nowMs += 2 * MINUTE;
    await perform(world);

    const [first, , again] = gateway.asked;
    expect(again).toMatchObject({ requestId: first?.requestId, ambiguousSinceMs: leaseUntilMs });
    expect(first?.ambiguousSinceMs).toBeUndefined();
    expect([checkoutIn(world).state, world.orders.size]).toEqual(['ordered', 2]);
  });

  it('Failures between gateway and record leave an ambiguous order, also when the next call fails', async () => {
    world = await worldOf(inCheckout({ leaseUntilMs: NOW }), gatewayOf(RETRY_LATER));

    await perform(world);

    expect(checkoutIn(world).groups).toMatchObject([
      { state: 'ambiguous', ambiguousSinceMs: NOW },
      { state: 'placed' },
    ]);
  });

  it('Failures after the record leave only the outcome to publish', async () => {
    fail(world, is('carts.commit'), 'after');
    await expect(perform(world)).rejects.toThrow('Crash');
    heal(world);

    await perform(world);

    expect([checkoutIn(world).state, world.orders.size, world.events.length]).toEqual(['ordered', 2, 1]);
  });

  it('Failures between record and send are left to the sweeper, which has the due entry', async () => {
    world = await worldOf(inCheckout(), gatewayOf(RETRY_LATER));
    fail(world, is('carts.commit'), 'after');
    await expect(perform(world)).rejects.toThrow('Crash');
    heal(world);

    await perform(world);

    expect([checkoutIn(world).attempt, world.sent.length]).toEqual([2, 0]);
    expect([...world.hints.values()]).toEqual([{ ...KEY, atMs: checkoutIn(world).watchdogAtMs }]);
  });
});

describe('trouble', () => {
  it('of storage puts the message off, longer each time, and is no error', async () => {
    fail(world, (effect) => effect.name.startsWith('carts.'), 'before', AWAY);

    await perform(world);
    await perform(world, { deferrals: 4 });

    expect(world.sent).toMatchObject([
      { id: `${ID}.1.unavailable.${NOW + 1_000}`, atMs: NOW + 1_000, message: { deferrals: 1 } },
      { atMs: NOW + 16_000, message: { attempt: 1, deferrals: 5 } },
    ]);
  });

  it('An outage of the topic is no error: the outcome is recorded, and the sweeper publishes it', async () => {
    fail(world, is('events.publish'), 'before');

    await perform(world);

    expect([checkoutIn(world).state, world.warnings.length]).toEqual(['ordered', 1]);
  });

  it('An unexpected error is thrown, so that the broker shows it', async () => {
    fail(world, is('gateway.place'), 'before', new TypeError('A bug.'));

    await expect(perform(world)).rejects.toThrow('A bug.');

    expect(world.sent).toEqual([]);
  });

  it('of a race that is lost at the record is no error: the other has recorded it', async () => {
    world.around = async (effect, run) => {
      if (effect.name === 'carts.commit') {
        world.around = (_, go) => go();
        await perform(world);
      }
      return run();
    };

    await perform(world);

    expect([checkoutIn(world).state, world.orders.size, world.events.length]).toEqual(['ordered', 2, 1]);
  });
});
