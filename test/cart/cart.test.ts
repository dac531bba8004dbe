/** The status of a cart, and the idempotency keys that it keeps. */
import { expect, it } from 'vitest';
import { cartStatus, generatedKey, IDEMPOTENCY_KEYS_KEPT, rememberKey } from '../../shared/cart/cart.ts';
import { cartOf, DAY, inCheckout, NOW } from '../support/samples.ts';

const EXPIRES = NOW + 7 * DAY;

it('A cart is active until the millisecond before its expiry, and then expired', () => {
  expect(cartStatus(cartOf(), EXPIRES - 1)).toBe('active');
  expect(cartStatus(cartOf(), EXPIRES)).toBe('expired');
});

it.each([
  ['running', 'inCheckout', 'inCheckout'],
  ['ordered', 'ordered', 'ordered'],
  ['partlyOrdered', 'active', 'expired'],
  ['failed', 'active', 'expired'],
] as const)('A cart with a checkout in state %s is %s, and after its expiry %s', (state, before, after) => {
  const cart = inCheckout({ state });

  expect({ before: cartStatus(cart, EXPIRES - 1), after: cartStatus(cart, EXPIRES) }).toEqual({
    before,
    after,
  });
});

it('A cart keeps the idempotency keys of its last writes, the newest first', () => {
  const keys = Array.from({ length: 12 }, (_, n) => `w${n}`).reduce<string[]>(
    (kept, key) => rememberKey(kept, key),
    [],
  );

  expect(keys).toHaveLength(IDEMPOTENCY_KEYS_KEPT);
  expect({ newest: keys[0], oldest: keys.at(-1) }).toEqual({ newest: 'w11', oldest: 'w4' });
});

it('A write without an idempotency key evicts no key', () => {
  expect(rememberKey(['a'], undefined)).toEqual(['a']);
});

it('A write without a client request id becomes the latest and evicts no key of a call that has one', () => {
  const clientKeys = Array.from({ length: IDEMPOTENCY_KEYS_KEPT }, (_, n) => `w${n}`);
  const keys = Array.from({ length: 20 }, (_, n) => generatedKey(`g${n}`)).reduce<string[]>(
    (kept, key) => rememberKey(kept, key),
    clientKeys,
  );

  expect(keys).toEqual([generatedKey('g19'), ...clientKeys]);
  expect(rememberKey(keys, 'new')).toEqual(['new', ...clientKeys.slice(0, -1)]);
});
