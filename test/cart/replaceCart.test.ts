/** Replacing a cart: read, decide, write, and repeat after a lost race. */
import { beforeEach, expect, it } from 'vitest';
import { replaceCart } from '../../shared/cart/replaceCart.ts';
import { newWorld, type World } from '../support/ports.ts';
import { CREATE, cartOf, KEY, line, NOW } from '../support/samples.ts';

const DRAFT = { lineItems: [line({ quantity: 7 })] };

let world: World;
let etag: string;
beforeEach(async () => {
  world = newWorld(NOW);
  etag = (await world.ports.carts.insert(cartOf()))?.etag ?? '';
  world.effects = [];
});
const names = () => world.effects.map(({ name }) => name);
const replace = (more: { ifMatch?: string[]; idempotencyKey?: string } = {}) =>
  replaceCart(world.ports, KEY, DRAFT, { rules: CREATE.rules, modifiedBy: 'me', ...more });

/** Another caller writes the cart immediately before each of the next `count` writes. */
function loseRaces(count: number) {
  let left = count;
  world.around = async (effect, run) => {
    const now = world.cart(KEY);
    if (effect.name === 'carts.replace' && now && left-- > 0) {
      world.around = (_, next) => next();
      await world.ports.carts.replace({ ...now.cart, modifiedBy: 'another user' }, now.etag);
      loseRaces(left);
    }
    return run();
  };
}

it('A replace reads and writes once, and writes no due entry, because the expiry does not change', async () => {
  const replaced = await replace();

  expect(names()).toEqual(['carts.read', 'carts.replace']);
  expect(replaced).toEqual(world.cart(KEY));
  expect(replaced).toMatchObject({ cart: { lineItems: [{ quantity: 7 }] } });
});

it('A replace of a cart that does not exist fails with cartNotFound', async () => {
  const nowhere = { ...KEY, cartId: '00000000-0000-4000-8000-000000000000' };

  const replaced = await replaceCart(world.ports, nowhere, DRAFT, { ...CREATE });

  expect(replaced).toMatchObject({ error: { name: 'cartNotFound' } });
});

it('A replace that loses a race is decided again with the current cart', async () => {
  loseRaces(2);

  const replaced = await replace();

  expect(replaced).toEqual(world.cart(KEY));
  expect(names().filter((name) => name === 'carts.read')).toHaveLength(3);
});

it('A replace that loses three races is rejected with a retryable error', async () => {
  loseRaces(3);

  expect(await replace()).toMatchObject({ error: { name: 'cartBusy', retryAfterMs: 1_000 } });
  expect(world.cart(KEY)?.cart.modifiedBy).toBe('another user');
});

it('A replace with If-Match that loses a race is rejected and not repeated', async () => {
  loseRaces(1);

  expect(await replace({ ifMatch: [etag] })).toMatchObject({ error: { name: 'etagMismatch' } });
  expect(world.cart(KEY)?.cart.modifiedBy).toBe('another user');
});

it('A repeated replace is written once, also when the response to the first write was lost', async () => {
  world.around = async (effect, run) => {
    const done = await run();
    if (effect.name === 'carts.replace') throw new Error('The response is lost.');
    return done;
  };
  await expect(replace({ idempotencyKey: 'k' })).rejects.toThrow('lost');
  const first = world.cart(KEY);
  world.around = (_, run) => run();

  const repeated = await replace({ idempotencyKey: 'k', ifMatch: [etag] });

  expect(repeated).toEqual(first);
  expect(world.cart(KEY)).toEqual(first);
});

it('A rejected replace writes nothing', async () => {
  await replace({ ifMatch: ['W/"0"'] });

  expect(names()).toEqual(['carts.read']);
});
