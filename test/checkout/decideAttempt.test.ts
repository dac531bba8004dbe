/** What a checkout message comes to, from the cart as it is when the message arrives. */
import { describe, expect, it } from 'vitest';
import type { Cart } from '../../shared/cart/cart.ts';
import type { Checkout } from '../../shared/cart/checkoutState.ts';
import { CLOCK_TOLERANCE_MS, decideAttempt } from '../../shared/checkout/decideAttempt.ts';
import { cartOf, DAY, inCheckout, KEY, MINUTE, NOW } from '../support/samples.ts';

const CHECKOUT = inCheckout().checkout;
const decide = (cart: Cart | undefined, attempt = 1, nowMs = NOW) =>
  decideAttempt(cart, { ...KEY, checkoutId: CHECKOUT.id, attempt }, { nowMs, scheduleToCloseMs: DAY });
const cartIn = (more: Partial<Checkout>) => inCheckout(more);

describe('is obsolete', () => {
  it.each([
    ['when there is no cart', undefined],
    ['when the cart is in no checkout', cartOf()],
    ['when the cart is in another checkout', cartIn({ id: KEY.cartId })],
    ['when another checkout has ended', cartIn({ id: KEY.cartId, state: 'ordered' })],
    ['when a later attempt is under way', cartIn({ attempt: 2 })],
  ])('%s', (_, cart) => {
    expect(decide(cart)).toMatchObject({ kind: 'obsolete', why: expect.any(String) });
  });
});

it.each(['ordered', 'partlyOrdered', 'failed'] as const)('finds a checkout that is %s ended', (state) => {
  const cart = cartIn({ state, attempt: 3 });

  expect(decide(cart)).toEqual({ kind: 'ended', checkout: cart.checkout });
});

describe('goes', () => {
  it('An attempt runs when it is due and no worker has its lease', () => {
    const cart = cartIn({});

    expect(decide(cart)).toEqual({ kind: 'go', checkout: cart.checkout });
  });

  it('when it is early by no more than clocks may stand apart', () => {
    const cart = cartIn({ attempt: 2, dueMs: NOW + CLOCK_TOLERANCE_MS });

    expect(decide(cart, 2).kind).toBe('go');
    expect(decide(cart, 2, NOW - 1)).toMatchObject({ kind: 'wait', untilMs: NOW + CLOCK_TOLERANCE_MS });
  });

  it('when the claim of another worker has run out, to the millisecond', () => {
    const cart = cartIn({ leaseUntilMs: NOW + MINUTE });

    expect(decide(cart, 1, NOW)).toMatchObject({ kind: 'wait', untilMs: NOW + MINUTE });
    expect(decide(cart, 1, NOW + MINUTE - 1)).toMatchObject({ kind: 'wait' });
    expect(decide(cart, 1, NOW + MINUTE).kind).toBe('go');
  });

  it('past the expiry of the cart, because a cart in checkout does not expire', () => {
    expect(decide({ ...cartIn({}), expiresMs: NOW }).kind).toBe('go');
  });
});

describe('is overdue', () => {
  it('when no attempt may begin any more, to the millisecond, due or not', () => {
    const cart = cartIn({ dueMs: NOW + 2 * DAY });

    expect(decide(cartIn({}), 1, NOW + DAY).kind).toBe('go');
    expect(decide(cartIn({}), 1, NOW + DAY + 1)).toEqual({ kind: 'overdue', checkout: CHECKOUT });
    expect(decide(cart, 1, NOW + DAY + 1).kind).toBe('overdue');
  });

  it('but not while a worker is at it, and not once it has ended', () => {
    const late = NOW + DAY + 1;

    expect(decide(cartIn({ leaseUntilMs: late + 1 }), 1, late)).toMatchObject({ kind: 'wait' });
    expect(decide(cartIn({ state: 'failed' }), 1, late).kind).toBe('ended');
  });
});
