/** Creating and reading a cart: the due entry is written before the cart, and a repeated create returns the cart. */
import { beforeEach, describe, expect, it } from 'vitest';
import { createCart } from '../../shared/cart/createCart.ts';
import { getCart } from '../../shared/cart/getCart.ts';
import { newWorld, type World } from '../support/ports.ts';
import { CREATE, DAY, inCheckout, KEY, line, NOW } from '../support/samples.ts';

const DRAFT = { lineItems: [line()] };
const CONTEXT = { ...CREATE, idempotencyKey: 'first' };

let world: World;
beforeEach(() => {
  world = newWorld(NOW);
});
const names = () => world.effects.map(({ name }) => name);
const create = () => createCart(world.ports, KEY, DRAFT, CONTEXT);
const get = () => getCart(world.ports, KEY);

it.each([undefined, false])(
  'A create with additional resellers is rejected when the partner’s attestation is %s',
  async (partnerOnRecordAttestationAccepted) => {
    const addonItems = [line({ participants: [{ key: 'additional_transaction_reseller', value: '1' }] })];
    const draft = { lineItems: [line({ addonItems })], partnerOnRecordAttestationAccepted };

    expect(await createCart(world.ports, KEY, draft, CONTEXT)).toMatchObject({
      error: { name: 'attestationMissing', data: [{ path: 'partnerOnRecordAttestationAccepted' }] },
    });
    expect(names()).toEqual([]);
    expect(
      await createCart(world.ports, KEY, { ...draft, partnerOnRecordAttestationAccepted: true }, CONTEXT),
    ).toHaveProperty('cart');
  },
);

describe('createCart', () => {
  it('A create writes the first due entry before the cart, in two operations', async () => {
    const created = await create();

    expect(names()).toEqual(['due.put', 'carts.insert']);
    expect([...world.dueEntries.values()]).toEqual([{ ...KEY, atMs: NOW + 6 * DAY }]);
    expect(created).toEqual(world.cart(KEY));
  });

  it('A cart expires exactly seven days after its creation', async () => {
    await create();

    expect(world.cart(KEY)?.cart).toMatchObject({
      createdMs: NOW,
      modifiedMs: NOW,
      expiresMs: NOW + 604_800_000,
      modifiedBy: CREATE.modifiedBy,
      idempotencyKeys: ['first'],
    });
  });

  it('A create writes no cart when the due entry cannot be written', async () => {
    world.around = async () => {
      throw new Error('Storage is unavailable.');
    };

    await expect(create()).rejects.toThrow('unavailable');

    expect(world.cart(KEY)).toBeUndefined();
  });

  it('A create that crashes between its writes leaves only a due entry, and the repeat creates the cart', async () => {
    world.around = async (effect, run) => {
      if (effect.name === 'carts.insert') throw new Error('Crash.');
      return run();
    };
    await expect(create()).rejects.toThrow('Crash');
    expect(world.dueEntries.size).toBe(1);

    world.around = (_, run) => run();
    const created = await create();

    expect(created).toEqual(world.cart(KEY));
    expect(world.dueEntries.size).toBe(1);
  });

  it('A repeated create returns the current cart and does not create it again', async () => {
    await create();
    const first = world.cart(KEY);
    await world.ports.carts.replace({ ...first!.cart, modifiedBy: 'another' }, first!.etag);

    world.nowMs += 1_000;
    const repeated = await create();

    expect(repeated).toEqual(world.cart(KEY));
    expect(repeated).toMatchObject({ cart: { modifiedBy: 'another', createdMs: NOW } });
  });

  it('A repeated create does not return an expired cart', async () => {
    await create();

    world.nowMs += 7 * DAY;

    expect(await create()).toMatchObject({ error: { name: 'cartNotFound' } });
  });
});

describe('getCart', () => {
  it('A get reads the cart once and changes nothing', async () => {
    await create();
    world.effects = [];

    expect(await get()).toEqual(world.cart(KEY));
    expect(names()).toEqual(['carts.read']);
  });

  it('A get of a cart that was never created fails with cartNotFound', async () => {
    expect(await get()).toMatchObject({ error: { name: 'cartNotFound' } });
  });

  it('A get fails with cartNotFound from the millisecond of the expiry on, before the sweeper records it', async () => {
    await create();

    world.nowMs = NOW + 7 * DAY - 1;
    expect(await get()).toHaveProperty('cart');
    world.nowMs += 1;
    expect(await get()).toMatchObject({ error: { name: 'cartNotFound' } });
  });

  it('A get returns a cart after its expiry when it is in checkout or ordered', async () => {
    for (const state of ['running', 'ordered'] as const) {
      world = newWorld(NOW + 8 * DAY);
      await world.ports.carts.insert(inCheckout({ state }));

      expect(await get()).toHaveProperty('cart');
    }
  });
});
