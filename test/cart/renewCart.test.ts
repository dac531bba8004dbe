/** The cart of a bulk order's item that expired before it was ordered: a retry creates it again. */
import { beforeEach, describe, expect, it } from 'vitest';
import { createCart } from '../../shared/cart/createCart.ts';
import { newWorld, type World } from '../support/ports.ts';
import { CREATE, cartOf, DAY, inCheckout, KEY, line, NOW } from '../support/samples.ts';

const DRAFT = { lineItems: [line()] };
const LATER = NOW + 8 * DAY;

let world: World;
beforeEach(async () => {
  world = newWorld(LATER);
});
const create = (bulkOrderId: string | undefined = 'bulk order') =>
  createCart(world.ports, KEY, DRAFT, { ...CREATE, bulkOrderId });

describe('the retry of an item whose cart has expired', () => {
  it('A retry creates an expired cart of a bulk order again, with a new lifetime', async () => {
    await world.ports.carts.insert(cartOf());

    const created = await create();

    expect(created).toEqual(world.cart(KEY));
    expect(world.cart(KEY)?.cart).toMatchObject({
      createdMs: LATER,
      expiresMs: LATER + 7 * DAY,
      renewals: 1,
    });
  });

  it('A cart counts how often it was created again', async () => {
    await world.ports.carts.insert(cartOf(undefined, { renewals: 2 }));

    await create();

    expect(world.cart(KEY)?.cart.renewals).toBe(3);
  });

  it('A retry returns the cart that another worker created again at the same time', async () => {
    await world.ports.carts.insert(cartOf());
    world.around = async ({ name }, run) => {
      if (name === 'carts.replace') {
        world.around = (_, next) => next();
        await create();
      }
      return run();
    };

    expect(await create()).toEqual(world.cart(KEY));
    expect(world.cart(KEY)?.cart.renewals).toBe(1);
  });

  it('A retry is rejected when the cart was changed at the same time and is still expired', async () => {
    const { cartId } = cartOf();
    await world.ports.carts.insert(cartOf());
    world.around = async ({ name }, run) => {
      if (name === 'carts.replace') {
        world.around = (_, next) => next();
        const { cart, etag } = world.cart(KEY)!;
        await world.ports.carts.replace({ ...cart, modifiedMs: LATER }, etag);
      }
      return run();
    };

    expect(await create()).toMatchObject({
      error: { name: 'cartNotFound', description: expect.stringContaining(cartId) },
    });
  });

  it('A retry is rejected when an order of the expired cart may exist', async () => {
    const cart = inCheckout();
    const groups = cart.checkout.groups.map((group) => ({ ...group, state: 'ambiguous' as const }));
    await world.ports.carts.insert({
      ...cart,
      checkout: { ...cart.checkout, state: 'failed', endedMs: NOW, groups },
    });

    expect(await create()).toMatchObject({ error: { name: 'cartNotFound' } });
    expect(world.cart(KEY)?.cart.renewals).toBeUndefined();
  });
});

it('A repeated request of a storefront never creates an expired cart again', async () => {
  await world.ports.carts.insert(cartOf());

  expect(await createCart(world.ports, KEY, DRAFT, { ...CREATE, idempotencyKey: 'first' })).toMatchObject({
    error: { name: 'cartNotFound' },
  });
});
