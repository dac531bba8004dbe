/** Decides from the current cart what a checkout message leads to: an attempt, a wait, an expiry or nothing. */
import { describe, expect, it } from 'vitest';
import type { Cart } from '../../shared/cart/cart.ts';
import type { Checkout } from '../../shared/cart/checkoutState.ts';
import { CLOCK_TOLERANCE_MS, decideAttempt } from '../../shared/checkout/decideAttempt.ts';
import { cartOf, DAY, inCheckout, KEY, MINUTE, NOW } from '../support/samples.ts';

const CHECKOUT = inCheckout().checkout;
const decide = (cart: Cart | undefined, attempt = 1, nowMs = NOW) =>
  decideAttempt(cart, { ...KEY, checkoutId: CHECKOUT.id, attempt }, { nowMs, scheduleToCloseMs: DAY });
const cartIn = (more: Partial<Checkout>) => inCheckout(more);

describe('obsolete messages', () => {
  it.each([
    ['there is no cart', undefined],
    ['the cart has no checkout', cartOf()],
    ['the cart is in another checkout', cartIn({ id: KEY.cartId })],
    ['another checkout of the cart has ended', cartIn({ id: KEY.cartId, state: 'ordered' })],
    ['a later attempt is running', cartIn({ attempt: 2 })],
  ])('A message is obsolete when %s', (_, cart) => {
    expect(decide(cart)).toMatchObject({ kind: 'obsolete', why: expect.any(String) });
  });
});

it.each(['ordered', 'partlyOrdered', 'failed'] as const)(
  'A message of a checkout in state %s is decided as ended',
  (state) => {
    const cart = cartIn({ state, attempt: 3 });

    expect(decide(cart)).toEqual({ kind: 'ended', checkout: cart.checkout });
  },
);

describe('attempts that run', () => {
  it('An attempt runs when it is due and no worker has its lease', () => {
    const cart = cartIn({});

    expect(decide(cart)).toEqual({ kind: 'go', checkout: cart.checkout });
  });

  it('An attempt runs early within the clock tolerance, and otherwise waits until it is due', () => {
    const cart = cartIn({ attempt: 2, dueMs: NOW + CLOCK_TOLERANCE_MS });

    expect(decide(cart, 2).kind).toBe('go');
    expect(decide(cart, 2, NOW - 1)).toMatchObject({ kind: 'wait', untilMs: NOW + CLOCK_TOLERANCE_MS });
  });

  it('An attempt waits until the lease of another worker ends, to the millisecond', () => {
    const cart = cartIn({ leaseUntilMs: NOW + MINUTE });

    expect(decide(cart, 1, NOW)).toMatchObject({ kind: 'wait', untilMs: NOW + MINUTE });
    expect(decide(cart, 1, NOW + MINUTE - 1)).toMatchObject({ kind: 'wait' });
    expect(decide(cart, 1, NOW + MINUTE).kind).toBe('go');
  });

  it('An attempt runs after the expiry of the cart, because a cart in checkout does not expire', () => {
    expect(decide({ ...cartIn({}), expiresMs: NOW }).kind).toBe('go');
  });
});

describe('overdue attempts', () => {
  it('An attempt is overdue from the first millisecond after the maximum age of the checkout, due or not', () => {
    const cart = cartIn({ dueMs: NOW + 2 * DAY });

    expect(decide(cartIn({}), 1, NOW + DAY).kind).toBe('go');
    expect(decide(cartIn({}), 1, NOW + DAY + 1)).toEqual({ kind: 'overdue', checkout: CHECKOUT });
    expect(decide(cart, 1, NOW + DAY + 1).kind).toBe('overdue');
  });

  it('An attempt is not overdue while a worker leases the checkout or when the checkout has ended', () => {
    const late = NOW + DAY + 1;

    expect(decide(cartIn({ leaseUntilMs: late + 1 }), 1, late)).toMatchObject({ kind: 'wait' });
    expect(decide(cartIn({ state: 'failed' }), 1, late).kind).toBe('ended');
  });
});
