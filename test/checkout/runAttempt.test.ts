/** An attempt reads the cart, acquires the lease, places the orders, commits and publishes; and duplicate messages. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { World } from '../support/ports.ts';
import { inCheckout, KEY, MINUTE, NOW, placedOrder, REFUSAL, TROUBLE } from '../support/samples.ts';
import { checkoutIn, deliver, fail, gatewayOf, ID, is, RETRY_LATER, worldOf } from './attemptFixture.ts';

let world: World;
beforeEach(async () => {
  world = await worldOf();
});
const names = () => world.effects.map(({ name }) => name);

describe('an attempt that ends the checkout', () => {
  it('An attempt reads the cart, places the orders, commits them in one transaction and publishes the outcome', async () => {
    await deliver(world);

    expect(names()).toEqual([
      'carts.read',
      'gateway.place',
      'gateway.place',
      'carts.commit',
      'events.publish',
    ]);
    expect(checkoutIn(world).state).toBe('ordered');
    expect(world.orders.size).toBe(2);
    expect(world.events).toMatchObject([{ type: 'cart.ordered.v1', id: `${ID}.ordered` }]);
  });

  it('A worker acquires the lease before it calls an external gateway', async () => {
    world = await worldOf(inCheckout(), gatewayOf());

    await deliver(world);

    expect(names().slice(0, 4)).toEqual(['carts.read', 'carts.replace', 'gateway.place', 'gateway.place']);
    expect(checkoutIn(world)).toMatchObject({ state: 'ordered', leaseUntilMs: undefined });
  });

  it('An attempt places only the groups that have no order yet', async () => {
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

    await deliver(world);

    expect(gateway.calls).toMatchObject([{ requestId: oneTime?.requestId, ambiguousSinceMs: NOW }]);
    expect(checkoutIn(world).state).toBe('ordered');
    expect(world.orders.size).toBe(1);
    expect(checkoutIn(world).groups[0]?.order).toEqual(order);
  });
});

describe('an attempt that is to be retried', () => {
  it('A failed attempt writes the due entry, commits attempt, problem and time, then schedules the next message', async () => {
    world = await worldOf(inCheckout(), gatewayOf({ kind: 'placed', order: placedOrder() }, RETRY_LATER));

    await deliver(world);

    expect(names().slice(-3)).toEqual(['due.put', 'carts.commit', 'checkouts.send']);
    expect(checkoutIn(world)).toMatchObject({
      state: 'running',
      attempt: 2,
      dueMs: NOW + 57_000,
      lastProblem: TROUBLE,
    });
    expect([...world.dueEntries.values()]).toEqual([{ ...KEY, atMs: checkoutIn(world).watchdogAtMs }]);
    expect(world.sent).toMatchObject([{ id: `${ID}.2`, atMs: NOW + 57_000, message: { attempt: 2 } }]);
    expect(world.orders.size).toBe(1);
    expect(world.events).toEqual([]);
  });

  it('An attempt succeeds when the next message cannot be sent, because the due entry exists', async () => {
    world = await worldOf(inCheckout(), gatewayOf(RETRY_LATER));
    fail(world, is('checkouts.send'), 'before');

    await deliver(world);

    expect(checkoutIn(world).attempt).toBe(2);
    expect([...world.dueEntries.values()]).toEqual([{ ...KEY, atMs: checkoutIn(world).watchdogAtMs }]);
    expect(world.warnings).toHaveLength(1);
  });

  it('A checkout without attempts left ends; its outcome is published and a copy of the message parked', async () => {
    world = await worldOf(
      inCheckout({ attempt: 12 }),
      gatewayOf(RETRY_LATER, { kind: 'placed', order: placedOrder() }),
    );

    await deliver(world, { attempt: 12 });

    expect(checkoutIn(world)).toMatchObject({ state: 'partlyOrdered', exhausted: true });
    expect(names().slice(-3)).toEqual(['carts.commit', 'events.publish', 'parked.parkExpired']);
    expect(world.parked).toMatchObject([
      {
        body: { ...KEY, checkoutId: ID, attempt: 12 },
        why: { id: `${ID}.exhausted`, reason: 'AttemptsExhausted' },
      },
    ]);
  });

  it('A checkout whose orders the gateway rejected is not parked', async () => {
    world = await worldOf(inCheckout(), gatewayOf(...Array(2).fill({ kind: 'refused', problem: REFUSAL })));

    await deliver(world);

    expect(checkoutIn(world).state).toBe('failed');
    expect(world.parked).toEqual([]);
    expect(world.events).toMatchObject([{ type: 'cart.checkoutFailed.v1' }]);
  });
});

describe('duplicate messages', () => {
  it('Duplicates of a message, concurrent or not, place one order per group', async () => {
    await Promise.all(Array.from({ length: 8 }, () => deliver(world)));
    for (let n = 0; n < 8; n++) await deliver(world);

    expect(checkoutIn(world).state).toBe('ordered');
    expect([...world.orders.values()].map(({ orderId }) => orderId)).toEqual(
      checkoutIn(world).groups.map(({ order }) => order?.orderId),
    );
    expect(world.events).toHaveLength(1);
  });

  it('Of concurrent duplicates with an external gateway, one acquires the lease and the others wait for its end', async () => {
    const gateway = gatewayOf();
    world = await worldOf(inCheckout(), gateway);

    await Promise.all(Array.from({ length: 4 }, () => deliver(world)));

    expect(gateway.calls).toHaveLength(2);
    expect(world.orders.size).toBe(2);
    expect(checkoutIn(world).state).toBe('ordered');
  });

  it('A message that finds the lease of another worker is sent again for its end, under a separate id', async () => {
    world = await worldOf(inCheckout({ leaseUntilMs: NOW + MINUTE }), gatewayOf());

    await deliver(world);
    await deliver(world);

    const id = `${ID}.1.wait.${NOW + MINUTE}`;
    expect(world.sent).toMatchObject([{ id, atMs: NOW + MINUTE, message: { attempt: 1 } }]);
    expect(names()).not.toContain('gateway.place');
  });

  it('A message after the end only publishes the outcome again, under the same id', async () => {
    await deliver(world);
    world.effects = [];

    await deliver(world);

    expect(names()).toEqual(['carts.read', 'events.publish']);
    expect(world.events).toHaveLength(1);
  });

  it.each([
    ['of an earlier attempt', inCheckout({ attempt: 2 })],
    ['of another checkout', inCheckout({ id: KEY.cartId })],
  ])('A message %s does nothing', async (_, cart) => {
    world = await worldOf(cart);

    await deliver(world);

    expect(names()).toEqual(['carts.read']);
  });
});
