/** The performing side of a checkout with many orders: side by side, within the claim, and no outcome lost when a call throws. */
import { beforeEach, describe, expect, it } from 'vitest';
import { CONCURRENCY } from '../../shared/checkout/placeOrders.ts';
import type { OrderingGateway, Placement } from '../../shared/orders/gateway.ts';
import { ledgerGateway } from '../../shared/orders/gateways/ledger.ts';
import type { World } from '../support/ports.ts';
import { inCheckout, KEY, MINUTE, NOW, SECOND } from '../support/samples.ts';
import {
  checkoutIn,
  fail,
  gatewayOf,
  heal,
  ID,
  is,
  manyGroups,
  perform,
  RETRY_LATER,
  worldOf,
} from './attemptFixture.ts';

const states = () => checkoutIn(world).groups.map(({ state }) => state);

let world: World;
beforeEach(async () => {
  world = await worldOf();
});

describe('orders of one checkout', () => {
  it(`are placed ${CONCURRENCY} side by side, and never more`, async () => {
    let [open, most] = [0, 0];
    const place = async (placement: Placement) => {
      most = Math.max(most, ++open);
      await new Promise((resolve) => setImmediate(resolve));
      open--;
      return ledgerGateway.place(placement);
    };
    world = await worldOf(manyGroups(10), { place });

    await perform(world);

    expect([checkoutIn(world).state, most]).toEqual(['ordered', CONCURRENCY]);
  });

  it('that are 99, at a gateway that takes a minute each, are placed round by round, each within its claim', async () => {
    const maxPlacementMs = MINUTE;
    const asked: string[] = [];
    const slow: OrderingGateway = {
      maxPlacementMs,
      async place(placement) {
        asked.push(placement.requestId);
        expect(world.nowMs + maxPlacementMs).toBeLessThanOrEqual(checkoutIn(world).leaseUntilMs ?? 0);
        if (asked.length % CONCURRENCY === 0) world.nowMs += maxPlacementMs; // the four of a wave take the same minute
        return ledgerGateway.place(placement);
      },
    };
    world = await worldOf(manyGroups(99), slow);

    let rounds = 0;
    for (; checkoutIn(world).state === 'running'; rounds++) {
      expect(checkoutIn(world).attempt).toBe(1);
      await perform(world);
    }

    expect(checkoutIn(world).state).toBe('ordered');
    expect([new Set(asked).size, asked.length, world.orders.size]).toEqual([99, 99, 99]);
    expect(rounds).toBeGreaterThan(5);
    expect(world.sent).toHaveLength(rounds - 1);
  });

  it('that are more than one transaction records are placed in two rounds', async () => {
    world = await worldOf(manyGroups(198));
    const recorded: number[] = [];
    world.around = async (effect, run) => {
      if (effect.name === 'carts.commit') recorded.push((effect.args[2] as unknown[]).length);
      return run();
    };

    await perform(world);
    await perform(world);

    expect([checkoutIn(world).state, recorded]).toEqual(['ordered', [99, 99]]);
  });

  it('that were left over may exist if an earlier worker may have placed them', async () => {
    world = await worldOf(inCheckout({ leaseUntilMs: NOW - 1 }), gatewayOf());
    world.around = async (effect, run) => {
      const answer = await run();
      if (effect.name === 'carts.replace') world.nowMs += 5 * MINUTE; // the claim took so long that it is over
      return answer;
    };

    await perform(world);

    expect(states()).toEqual(['ambiguous', 'ambiguous']);
    expect(checkoutIn(world)).toMatchObject({ state: 'running', attempt: 1, leaseUntilMs: undefined });
  });
});

describe('a call that throws', () => {
  const BUG = new TypeError('A bug.');
  const throwing = (): OrderingGateway => {
    const asked: string[] = [];
    return {
      maxPlacementMs: MINUTE,
      async place(placement) {
        asked.push(placement.requestId);
        if (placement.order.billingCycle === 'monthly') throw BUG;
        await new Promise((resolve) => setImmediate(resolve));
        return ledgerGateway.place(placement);
      },
    };
  };

  it('is thrown for the broker to show, after the outcomes of the others are recorded', async () => {
    world = await worldOf(inCheckout(), throwing());

    await expect(perform(world)).rejects.toBe(BUG);

    expect(states()).toEqual(['ambiguous', 'placed']);
    expect([world.orders.size, checkoutIn(world).attempt, checkoutIn(world).leaseUntilMs]).toEqual([
      1,
      1,
      undefined,
    ]);
    expect([...world.hints.values()]).toEqual([{ ...KEY, atMs: checkoutIn(world).watchdogAtMs }]);
  });

  it('sends no further message: the one at hand comes again', async () => {
    world = await worldOf(inCheckout(), throwing());

    for (let n = 0; n < 10; n++) await expect(perform(world)).rejects.toBe(BUG);

    expect(world.sent).toEqual([]);
  });

  it('with another group to be retried leaves the next attempt sent', async () => {
    world = await worldOf(inCheckout(), gatewayOf(RETRY_LATER));
    let calls = 0;
    world.around = async (effect, run) => {
      if (effect.name === 'gateway.place' && ++calls === 2) throw BUG;
      return run();
    };

    await expect(perform(world)).rejects.toBe(BUG);

    expect(checkoutIn(world).attempt).toBe(2);
    expect(world.sent).toMatchObject([{ id: `${ID}.2` }]);
  });

  it('and is mended is asked whether its order was made', async () => {
    const gateway = gatewayOf();
    world = await worldOf(inCheckout(), gateway);
    fail(world, is('gateway.place'), 'after', BUG);
    await expect(perform(world)).rejects.toBe(BUG);
    heal(world);

    world.nowMs += SECOND;
    await perform(world);

    expect(gateway.asked.slice(2).map(({ ambiguousSinceMs }) => ambiguousSinceMs)).toEqual([NOW, NOW]);
    expect(checkoutIn(world).state).toBe('ordered');
  });
});
