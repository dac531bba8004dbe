/** The phase of a cart and its memory of writes. */
import { expect, it } from 'vitest';
import { cartStatus, generatedKey, IDEMPOTENCY_KEYS_KEPT, rememberKey } from '../../shared/cart/cart.ts';
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

it('a cart keeps the keys of its last writes, the newest first', () => {
  const keys = Array.from({ length: 12 }, (_, n) => `w${n}`).reduce<string[]>(
    (kept, key) => rememberKey(kept, key),
    [],
  );

  expect(keys).toHaveLength(IDEMPOTENCY_KEYS_KEPT);
  expect({ newest: keys[0], oldest: keys.at(-1) }).toEqual({ newest: 'w11', oldest: 'w4' });
});

it('a write without a key evicts no key', () => {
  expect(rememberKey(['a'], undefined)).toEqual(['a']);
});

it('a write without a client request id evicts no key of a call that has one, and becomes the latest', () => {
  const clientKeys = Array.from({ length: IDEMPOTENCY_KEYS_KEPT }, (_, n) => `w${n}`);
  const keys = Array.from({ length: 20 }, (_, n) => generatedKey(`g${n}`)).reduce<string[]>(
    (kept, key) => rememberKey(kept, key),
    clientKeys,
  );

  expect(keys).toEqual([generatedKey('g19'), ...clientKeys]);
  expect(rememberKey(keys, 'new')).toEqual(['new', ...clientKeys.slice(0, -1)]);
});
