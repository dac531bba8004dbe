/** The performing side of a checkout: read, claim, place, record, tell; and every message that comes more than once. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { World } from '../support/ports.ts';
import { inCheckout, KEY, MINUTE, NOW, placedOrder, REFUSAL, TROUBLE } from '../support/samples.ts';
import { checkoutIn, fail, gatewayOf, ID, is, perform, RETRY_LATER, worldOf } from './attemptFixture.ts';

let world: World;
beforeEach(async () => {
  world = await worldOf();
});
const names = () => world.effects.map(({ name }) => name);

describe('an attempt that succeeds', () => {
  it('An attempt reads the cart, places the orders, records them in one transaction and publishes the outcome', async () => {
    await perform(world);

    expect(names()).toEqual([
      'carts.read',
      'gateway.place',
      'gateway.place',
      'carts.commit',
      'events.publish',
    ]);
    expect(checkoutIn(world).state).toBe('ordered');
    expect(world.orders.size).toBe(2);
    expect(world.events).toMatchObject([{ type: 'cart.ordered', id: `${ID}.ordered` }]);
  });

  it('claims the checkout before it asks a gateway outside', async () => {
    world = await worldOf(inCheckout(), gatewayOf());

    await perform(world);

    expect(names().slice(0, 4)).toEqual(['carts.read', 'carts.replace', 'gateway.place', 'gateway.place']);
    expect(checkoutIn(world)).toMatchObject({ state: 'ordered', leaseUntilMs: undefined });
  });

  it('asks only for the groups that have no order yet', async () => {
    const [monthly, oneTime] = inCheckout().checkout.groups;
    const order = placedOrder();
    const gateway = gatewayOf();
    world = await worldOf(
      inCheckout({
        groups: [
          { ...monthly!, state: 'placed', order },
          { ...oneTime!, state: 'ambiguous' },
        ],
      }),
      gateway,
    );

    await perform(world);

    expect(gateway.asked).toMatchObject([{ requestId: oneTime?.requestId, ambiguousSinceMs: NOW }]);
    expect([checkoutIn(world).state, world.orders.size]).toEqual(['ordered', 1]);
    expect(checkoutIn(world).groups[0]?.order).toEqual(order);
  });
});

describe('an attempt that is to be repeated', () => {
  it('A failed attempt writes the due entry, records attempt, problem and time, then schedules the next message', async () => {
    world = await worldOf(inCheckout(), gatewayOf({ kind: 'placed', order: placedOrder() }, RETRY_LATER));

    await perform(world);

    expect(names().slice(-3)).toEqual(['due.put', 'carts.commit', 'checkouts.send']);
    expect(checkoutIn(world)).toMatchObject({
      state: 'running',
      attempt: 2,
      dueMs: NOW + 57_000,
      lastProblem: TROUBLE,
    });
    expect([...world.hints.values()]).toEqual([{ ...KEY, atMs: checkoutIn(world).watchdogAtMs }]);
    expect(world.sent).toMatchObject([{ id: `${ID}.2`, atMs: NOW + 57_000, message: { attempt: 2 } }]);
    expect([world.orders.size, world.events]).toEqual([1, []]);
  });

  it('An attempt succeeds when the next message cannot be sent, because the due entry exists', async () => {
    world = await worldOf(inCheckout(), gatewayOf(RETRY_LATER));
    fail(world, is('checkouts.send'), 'before');

    await perform(world);

    expect(checkoutIn(world).attempt).toBe(2);
    expect([...world.hints.values()]).toEqual([{ ...KEY, atMs: checkoutIn(world).watchdogAtMs }]);
    expect(world.warnings).toHaveLength(1);
  });

  it('A checkout without attempts left ends; its outcome is published and a copy of the message parked', async () => {
    world = await worldOf(
      inCheckout({ attempt: 12 }),
      gatewayOf(RETRY_LATER, { kind: 'placed', order: placedOrder() }),
    );

    await perform(world, { attempt: 12 });

    expect(checkoutIn(world)).toMatchObject({ state: 'partlyOrdered', exhausted: true });
    expect(names().slice(-3)).toEqual(['carts.commit', 'events.publish', 'parked.parkExpired']);
    expect(world.parked).toMatchObject([
      {
        body: { ...KEY, checkoutId: ID, attempt: 12 },
        why: { id: `${ID}.exhausted`, reason: 'AttemptsExhausted' },
      },
    ]);
  });

  it('does not park what the gateway refused', async () => {
    world = await worldOf(inCheckout(), gatewayOf(...Array(2).fill({ kind: 'refused', problem: REFUSAL })));

    await perform(world);

    expect([checkoutIn(world).state, world.parked]).toEqual(['failed', []]);
    expect(world.events).toMatchObject([{ type: 'cart.checkoutFailed' }]);
  });
});

describe('duplicates', () => {
  it('of a message make one order a group, one after the other or at once', async () => {
    await Promise.all(Array.from({ length: 8 }, () => perform(world)));
    for (let n = 0; n < 8; n++) await perform(world);

    expect(checkoutIn(world).state).toBe('ordered');
    expect([...world.orders.values()].map(({ orderId }) => orderId)).toEqual(
      checkoutIn(world).groups.map(({ order }) => order?.orderId),
    );
    expect(world.events).toHaveLength(1);
  });

  it('at once with a gateway outside: one has the claim, the others come back when it is over', async () => {
    const gateway = gatewayOf();
    world = await worldOf(inCheckout(), gateway);

    await Promise.all(Array.from({ length: 4 }, () => perform(world)));

    expect([gateway.asked.length, world.orders.size]).toEqual([2, 2]);
    expect(checkoutIn(world).state).toBe('ordered');
  });

  it('Messages that find the lease of another worker return when it ends, under a separate id', async () => {
    world = await worldOf(inCheckout({ leaseUntilMs: NOW + MINUTE }), gatewayOf());

    await perform(world);
    await perform(world);

    const id = `${ID}.1.wait.${NOW + MINUTE}`;
    expect(world.sent).toMatchObject([{ id, atMs: NOW + MINUTE, message: { attempt: 1 } }]);
    expect(names()).not.toContain('gateway.place');
  });

  it('Messages after the end only publish the outcome once more, under the same id', async () => {
    await perform(world);
    world.effects = [];

    await perform(world);

    expect(names()).toEqual(['carts.read', 'events.publish']);
    expect(world.events).toHaveLength(1);
  });

  it.each([
    ['of an earlier attempt', inCheckout({ attempt: 2 })],
    ['of another checkout', inCheckout({ id: KEY.cartId })],
  ])('%s do nothing', async (_, cart) => {
    world = await worldOf(cart);

    await perform(world);

    expect(names()).toEqual(['carts.read']);
  });
});
