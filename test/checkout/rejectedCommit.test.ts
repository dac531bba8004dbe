/** A commit that storage rejects permanently: the checkout still ends, and everything that storage accepts is written. */
import { expect, it } from 'vitest';
import type { Cart } from '../../shared/cart/cart.ts';
import { WriteRejectedError } from '../../shared/errors.ts';
import type { Order } from '../../shared/orders/order.ts';
import type { Effect } from '../support/ports.ts';
import { inCheckout, KEY, placedOrder, REFUSAL } from '../support/samples.ts';
import {
  checkoutIn,
  deliver,
  gatewayOf,
  ID,
  is,
  manyGroups,
  RETRY_LATER,
  worldOf,
} from './attemptFixture.ts';

const placed = (orderId: string) => ({ kind: 'placed' as const, order: placedOrder({ orderId }) });

/** A world whose storage rejects the commits that match. */
async function worldThatRejects(
  matches: (cart: Cart, orders: readonly Order[]) => boolean,
  ...answers: Parameters<typeof gatewayOf>
) {
  const world = await worldOf(inCheckout(), gatewayOf(...answers));
  world.around = async ({ name, args }: Effect, run) => {
    const [cart, , orders] = args as [Cart, string, readonly Order[]];
    if (name === 'carts.commit' && matches(cart, orders)) throw new WriteRejectedError(new Error('400'));
    return run();
  };
  return world;
}

it('A row that storage rejects does not keep the checkout from ending, and the other row is written', async () => {
  const isBad = (_: Cart, orders: readonly Order[]) => orders.some(({ orderId }) => orderId === 'bad');
  const world = await worldThatRejects(isBad, placed('bad'), placed('good'));

  await deliver(world);

  expect(checkoutIn(world)).toMatchObject({
    state: 'ordered',
    groups: [{ order: { orderId: 'bad' } }, { order: { orderId: 'good' } }],
  });
  expect([...world.orders.values()]).toMatchObject([{ orderId: 'good' }]);
  expect(world.events).toMatchObject([{ id: `${ID}.ordered` }]);
  expect(world.errors).toHaveLength(1);
  expect(world.parked).toMatchObject([
    {
      body: { data: { ...KEY, checkoutId: ID, orderIds: ['bad'] } },
      why: { reason: 'OrderNotRecorded', source: 'checkout' },
    },
  ]);
});

it('A checkout ends although storage rejects every row of its orders', async () => {
  const world = await worldThatRejects((_, orders) => orders.length > 0, placed('a'), placed('b'));

  await deliver(world);

  expect(checkoutIn(world).state).toBe('ordered');
  expect(world.orders.size).toBe(0);
  expect(world.parked).toMatchObject([{ body: { data: { orderIds: ['a', 'b'] } } }]);
});

it('A description from the gateway that storage rejects is truncated in the cart, and is not in the event', async () => {
  const problem = { ...REFUSAL, description: `${'x'.repeat(500)}\u2028` };
  const world = await worldThatRejects(
    ({ checkout }) => JSON.stringify(checkout).includes('\u2028'),
    placed('a'),
    { kind: 'refused', problem },
  );

  await deliver(world);

  const description = 'x'.repeat(100);
  expect(checkoutIn(world)).toMatchObject({
    state: 'partlyOrdered',
    groups: [{}, { problem: { description } }],
  });
  expect([...world.orders.values()]).toMatchObject([{ orderId: 'a' }]);
  expect(world.events).toMatchObject([{ data: { orderErrors: [{ orderGroupId: '1', code: 800_010 }] } }]);
  expect(world.parked).toEqual([]);
});

it('An attempt that is to be retried continues although storage rejects a row', async () => {
  const world = await worldThatRejects((_, orders) => orders.length > 0, placed('a'), RETRY_LATER);

  await deliver(world);

  expect(checkoutIn(world)).toMatchObject({ state: 'running', attempt: 2 });
  expect(world.sent).toMatchObject([{ id: `${ID}.2` }]);
});

it('A cart that storage rejects in any form is an unexpected error', async () => {
  const world = await worldThatRejects(() => true, placed('a'), placed('b'));

  await expect(deliver(world)).rejects.toThrow('Storage rejected the write');
});

it('A worker recognizes its write of a single row whose response was lost, parks the others and publishes the outcome', async () => {
  const isBad = (_: Cart, orders: readonly Order[]) => orders.some(({ orderId }) => orderId === 'bad');
  const world = await worldThatRejects(isBad, placed('bad'), placed('good'));
  const { around } = world;
  world.around = async (effect, run) => {
    if (!is('carts.commit')(effect)) return run();
    await around(effect, run);
    return around(effect, run); // the storage client's repeat
  };

  await deliver(world);

  expect([...world.orders.values()]).toMatchObject([{ orderId: 'good' }]);
  expect(world.parked).toMatchObject([{ body: { data: { orderIds: ['bad'] } } }]);
  expect(world.events).toMatchObject([{ id: `${ID}.ordered` }]);
});

it('A row is written after a caller has edited the cart between two transactions', async () => {
  const isBoth = (_: Cart, orders: readonly Order[]) => orders.length > 1;
  const refused = { kind: 'refused' as const, problem: REFUSAL };
  const world = await worldOf(manyGroups(3), gatewayOf(placed('a'), placed('b'), refused));
  let edits = 0;
  world.around = async (effect, run) => {
    const [cart, , orders] = effect.args as [Cart, string, readonly Order[]];
    if (!is('carts.commit')(effect)) return run();
    if (isBoth(cart, orders)) throw new WriteRejectedError(new Error('413'));
    const written = await run();
    if (edits++ > 0) return written;
    const stored = world.cart(KEY);
    await world.ports.carts.replace({ ...stored!.cart, modifiedBy: 'a caller' }, stored!.etag);
    return written;
  };

  await deliver(world);

  expect([...world.orders.keys()]).toHaveLength(2);
  expect(world.parked).toEqual([]);
  expect(world.cart(KEY)?.cart.modifiedBy).toBe('a caller');
});
