/** Placing many orders: concurrently, within the lease, and without losing an outcome when a call throws. */
import { beforeEach, describe, expect, it } from 'vitest';
import { CONCURRENCY } from '../../shared/checkout/placeOrders.ts';
import type { OrderingGateway, Placement } from '../../shared/orders/gateway.ts';
import { ledgerGateway } from '../../shared/orders/gateways/ledger.ts';
import type { World } from '../support/ports.ts';
import { inCheckout, KEY, MINUTE, NOW, SECOND } from '../support/samples.ts';
import {
  checkoutIn,
  deliver,
  fail,
  gatewayOf,
  heal,
  ID,
  is,
  manyGroups,
  RETRY_LATER,
  worldOf,
} from './attemptFixture.ts';

const states = () => checkoutIn(world).groups.map(({ state }) => state);

let world: World;
beforeEach(async () => {
  world = await worldOf();
});

describe('the orders of one checkout', () => {
  it(`At most ${CONCURRENCY} orders of a checkout are placed concurrently`, async () => {
    let running = 0;
    let most = 0;
    const place = async (placement: Placement) => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setImmediate(resolve));
      running--;
      return ledgerGateway.place(placement);
    };
    world = await worldOf(manyGroups(10), { place });

    await deliver(world);

    expect(checkoutIn(world).state).toBe('ordered');
    expect(most).toBe(CONCURRENCY);
  });

  it('The 99 orders of a checkout with a slow gateway are placed in batches, each within its lease', async () => {
    const maxPlacementMs = MINUTE;
    const requestIds: string[] = [];
    const slow: OrderingGateway = {
      maxPlacementMs,
      async place(placement) {
        requestIds.push(placement.requestId);
        expect(world.nowMs + maxPlacementMs).toBeLessThanOrEqual(checkoutIn(world).leaseUntilMs ?? 0);
        if (requestIds.length % CONCURRENCY === 0) world.nowMs += maxPlacementMs; // concurrent orders take the same minute
        return ledgerGateway.place(placement);
      },
    };
    world = await worldOf(manyGroups(99), slow);

    let batches = 0;
    for (; checkoutIn(world).state === 'running'; batches++) {
      expect(checkoutIn(world).attempt).toBe(1);
      await deliver(world);
    }

    expect(checkoutIn(world).state).toBe('ordered');
    expect(new Set(requestIds).size).toBe(99);
    expect(requestIds).toHaveLength(99);
    expect(world.orders.size).toBe(99);
    expect(batches).toBeGreaterThan(5);
    expect(world.sent).toHaveLength(batches - 1);
  });

  it('More orders than fit one transaction are placed in two batches', async () => {
    world = await worldOf(manyGroups(198));
    const committed: number[] = [];
    world.around = async (effect, run) => {
      if (effect.name === 'carts.commit') committed.push((effect.args[2] as unknown[]).length);
      return run();
    };

    await deliver(world);
    await deliver(world);

    expect(checkoutIn(world).state).toBe('ordered');
    expect(committed).toEqual([99, 99]);
  });

  it('Orders that no longer fit the lease are ambiguous if an earlier worker may have placed them', async () => {
    world = await worldOf(inCheckout({ leaseUntilMs: NOW - 1 }), gatewayOf());
    world.around = async (effect, run) => {
      const response = await run();
      if (effect.name === 'carts.replace') world.nowMs += 5 * MINUTE; // the lease ends while it is written
      return response;
    };

    await deliver(world);

    expect(states()).toEqual(['ambiguous', 'ambiguous']);
    expect(checkoutIn(world)).toMatchObject({ state: 'running', attempt: 1, leaseUntilMs: undefined });
  });
});

describe('a gateway call that throws', () => {
  const BUG = new TypeError('A bug.');
  const throwing = (): OrderingGateway => {
    return {
      maxPlacementMs: MINUTE,
      async place(placement) {
        if (placement.order.billingCycle === 'monthly') throw BUG;
        await new Promise((resolve) => setImmediate(resolve));
        return ledgerGateway.place(placement);
      },
    };
  };

  it('The error of a gateway call is thrown for the broker after the outcomes of the other calls are committed', async () => {
    world = await worldOf(inCheckout(), throwing());

    await expect(deliver(world)).rejects.toBe(BUG);

    expect(states()).toEqual(['ambiguous', 'placed']);
    expect(world.orders.size).toBe(1);
    expect(checkoutIn(world)).toMatchObject({ attempt: 1, leaseUntilMs: undefined });
    expect([...world.dueEntries.values()]).toEqual([{ ...KEY, atMs: checkoutIn(world).watchdogAtMs }]);
  });

  it('An attempt whose gateway call throws sends no message, because the broker redelivers the current one', async () => {
    world = await worldOf(inCheckout(), throwing());

    for (let n = 0; n < 10; n++) await expect(deliver(world)).rejects.toBe(BUG);

    expect(world.sent).toEqual([]);
  });

  it('An attempt with a call that throws and a retryable failure sends the next attempt', async () => {
    world = await worldOf(inCheckout(), gatewayOf(RETRY_LATER));
    let calls = 0;
    world.around = async (effect, run) => {
      if (effect.name === 'gateway.place' && ++calls === 2) throw BUG;
      return run();
    };

    await expect(deliver(world)).rejects.toBe(BUG);

    expect(checkoutIn(world).attempt).toBe(2);
    expect(world.sent).toMatchObject([{ id: `${ID}.2` }]);
  });

  it('The order of a call that threw is ambiguous in the next attempt', async () => {
    const gateway = gatewayOf();
    world = await worldOf(inCheckout(), gateway);
    fail(world, is('gateway.place'), 'after', BUG);
    await expect(deliver(world)).rejects.toBe(BUG);
    heal(world);

    world.nowMs += SECOND;
    await deliver(world);

    expect(gateway.calls.slice(2).map(({ ambiguousSinceMs }) => ambiguousSinceMs)).toEqual([NOW, NOW]);
    expect(checkoutIn(world).state).toBe('ordered');
  });
});
