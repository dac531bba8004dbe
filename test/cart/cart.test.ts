/** The phase of a cart and its memory of writes. */
import { expect, it } from 'vitest';
import { cartStatus, IDEMPOTENCY_KEYS_KEPT, rememberKey } from '../../shared/cart/cart.ts';
import { cartOf, DAY, inCheckout, NOW } from '../support/samples.ts';

const EXPIRES = NOW + 7 * DAY;

it('is active until the millisecond of its expiry, then expired', () => {
  expect(cartStatus(cartOf(), EXPIRES - 1)).toBe('active');
  expect(cartStatus(cartOf(), EXPIRES)).toBe('expired');
});

it.each([
  ['running', 'inCheckout', 'inCheckout'],
  ['ordered', 'ordered', 'ordered'],
  ['partlyOrdered', 'active', 'expired'],
  ['failed', 'active', 'expired'],
] as const)('with a checkout %s is %s, and past its expiry %s', (state, before, after) => {
  const cart = inCheckout({ state });

  expect([cartStatus(cart, EXPIRES - 1), cartStatus(cart, EXPIRES)]).toEqual([before, after]);
});

it('remembers the last writes, the newest first', () => {
  const writes = Array.from({ length: 12 }, (_, n) => `w${n}`).reduce<string[]>(rememberKey, []);

  expect(writes).toHaveLength(IDEMPOTENCY_KEYS_KEPT);
  expect([writes[0], writes.at(-1)]).toEqual(['w11', 'w4']);
});

it('forgets nothing by a write without a key', () => {
  expect(rememberKey(['a'], undefined)).toEqual(['a']);
});
