/** A cart that is published as expired is never ordered, although its checkout was decided just before the expiry. */
import { beforeEach, expect, it } from 'vitest';
import { cartStatus } from '../../shared/cart/cart.ts';
import { recordExpiry } from '../../shared/cart/recordExpiry.ts';
import { requestCheckout } from '../../shared/checkout/requestCheckout.ts';
import { uuidV8 } from '../../shared/ids.ts';
import { fromCartRow, toCartRow } from '../../shared/storage/cartRow.ts';
import { sweep } from '../../shared/sweeper/sweep.ts';
import { newWorld, type World } from '../support/ports.ts';
import { cartOf, KEY, LIFECYCLE, MINUTE } from '../support/samples.ts';

const CART = cartOf();
const CONTEXT = { watchdogMs: LIFECYCLE.watchdogMs, uuidV8 };

let world: World;
beforeEach(async () => {
  world = newWorld(CART.expiresMs - 1);
  await world.ports.carts.insert(CART);
  await world.ports.due.put({ ...KEY, atMs: CART.expiresMs });
});

/** Sweeps immediately before the start of a checkout is written. */
function sweepBeforeTheStartIsWritten(sweepAtMs: number): void {
  world.around = async (effect, run) => {
    if (effect.name !== 'carts.replace') return run();
    world.around = (_, next) => next();
    const nowMs = world.nowMs;
    world.nowMs = sweepAtMs;
    await sweep(world.ports, LIFECYCLE);
    world.nowMs = nowMs;
    return run();
  };
}

it.each([
  ['one clock', CART.expiresMs],
  ['a sweeper whose clock is minutes ahead', CART.expiresMs + 4 * MINUTE],
])('A start that was decided before the expiry and written after it fails, with %s', async (_, sweepAtMs) => {
  sweepBeforeTheStartIsWritten(sweepAtMs);

  const requested = await requestCheckout(world.ports, KEY, CONTEXT);

  expect(world.events).toContainEqual(expect.objectContaining({ type: 'cart.expired.v1' }));
  expect(requested).toMatchObject({ error: { name: 'cartNotFound' } });
  expect(world.cart(KEY)?.cart.checkout).toBeUndefined();
});

it('A cart whose checkout started in time is not published as expired', async () => {
  await requestCheckout(world.ports, KEY, CONTEXT);
  world.nowMs = CART.expiresMs + 1;

  await sweep(world.ports, LIFECYCLE);

  expect(world.events).toEqual([]);
  expect(world.cart(KEY)?.cart.expiredMs).toBeUndefined();
});

it('An expiry is recorded once, also when the response to the write is lost', async () => {
  world.nowMs = CART.expiresMs;
  world.around = async (effect, run) => {
    if (effect.name !== 'carts.replace') return run();
    await run();
    return run();
  };

  const recorded = await recordExpiry(world.ports, KEY);
  world.nowMs += MINUTE;
  const again = await recordExpiry(world.ports, KEY);

  expect(recorded?.cart.expiredMs).toBe(CART.expiresMs);
  expect(again).toEqual(recorded);
});

it('A recorded expiry is stored in the row of the cart', () => {
  const cart = { ...CART, expiredMs: CART.expiresMs + MINUTE };

  expect(fromCartRow(KEY, toCartRow(cart))).toEqual(cart);
  expect(cartStatus(cart, CART.createdMs)).toBe('expired');
});
