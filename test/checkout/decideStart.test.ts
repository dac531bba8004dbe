/** What a request to check a cart out comes to. */
import { describe, expect, it } from 'vitest';
import type { Cart } from '../../shared/cart/cart.ts';
import type { Checkout, GroupProgress } from '../../shared/cart/checkoutState.ts';
import { decideStart, type StartInput } from '../../shared/checkout/decideStart.ts';
import { uuidV8 } from '../../shared/ids.ts';
import {
  BEGIN,
  cartOf,
  DAY,
  inCheckout,
  LEGACY,
  line,
  MINUTE,
  MONTHLY,
  NOW,
  ONE_TIME,
  placedOrder,
  REFUSAL,
  TROUBLE,
} from '../support/samples.ts';

const begin = (cart: Cart, more: Partial<StartInput> = {}) => decideStart(cart, { ...BEGIN, ...more });

/** The checkout that the decision marks the cart with. */
function marked(cart: Cart, more: Partial<StartInput> = {}): Checkout {
  const decision = begin(cart, more);
  if (decision.kind !== 'start') throw new Error(`Not marked: ${JSON.stringify(decision)}`);
  expect(decision.cart.checkout).toEqual(decision.checkout);
  return decision.checkout;
}

const faultIn = (decision: ReturnType<typeof begin>) =>
  decision.kind === 'refuse' ? decision.error.name : decision.kind;

describe('an active cart', () => {
  it('A checkout starts with its first attempt, due immediately, and a watchdog check', () => {
    expect(marked(cartOf(), { traceparent: '00-a-b-01' })).toMatchObject({
      state: 'running',
      attempt: 1,
      startedMs: NOW,
      dueMs: NOW,
      watchdogAtMs: NOW + 2 * MINUTE,
      traceparent: '00-a-b-01',
    });
  });

  it('A checkout has a pending group for every order, legacy first, each with a separate request id', () => {
    const { groups } = marked(
      cartOf([line(), line({ catalogItemId: LEGACY }), line({ billingCycle: 'annual' })]),
    );

    expect(groups.map(({ label, state }) => [label, state])).toEqual([
      ['OMS-0', 'pending'],
      ['0', 'pending'],
      ['1', 'pending'],
    ]);
    expect(new Set(groups.map(({ requestId }) => requestId)).size).toBe(3);
  });

  it('A version of a cart has one checkout, regardless of caller and time', () => {
    const [one, same] = [marked(cartOf()), marked(cartOf(), { nowMs: NOW + 1 })];
    const other = marked(cartOf(), { etag: 'W/"2"' });

    expect(same.id).toBe(one.id);
    expect(same.groups).toEqual(one.groups);
    expect(other.id).not.toBe(one.id);
    expect(other.groups[0]?.requestId).not.toBe(one.groups[0]?.requestId);
  });

  it('is refused with every line item that cannot be bought, add-ons too', () => {
    const bad = line({ catalogItemId: 'nonsense' });

    expect(begin(cartOf([line({ addonItems: [bad] }), bad]))).toMatchObject({
      kind: 'refuse',
      error: {
        name: 'lineItemErrors',
        data: [
          { lineItemId: 1, errorCode: 10_001, errorDescription: expect.stringContaining('nonsense') },
          { lineItemId: 2, errorCode: 10_001 },
        ],
      },
    });
  });
});

describe('phases', () => {
  const PAST = NOW + 8 * DAY;

  it.each([
    ['expired', cartOf(), 'cartNotFound'],
    ['expired, whose checkout failed', inCheckout({ state: 'failed' }), 'cartNotFound'],
    ['expired, partly ordered', inCheckout({ state: 'partlyOrdered' }), 'replay'],
    ['past its time, but ordered', inCheckout({ state: 'ordered' }), 'replay'],
    ['past its time, but in checkout', inCheckout(), 'join'],
  ])('%s', (_, cart, outcome) => {
    expect(faultIn(begin(cart, { nowMs: PAST }))).toBe(outcome);
  });

  it('holds a caller that insists on a version to it, also when the cart has expired partly ordered', () => {
    const cart = inCheckout({ state: 'partlyOrdered' });
    const insisting = (ifMatch: string) => begin(cart, { nowMs: PAST, etag: 'W/"3"', ifMatch: [ifMatch] });

    expect([BEGIN.etag, 'W/"3"', 'W/"0"'].map(insisting).map(faultIn)).toEqual([
      'replay',
      'replay',
      'etagMismatch',
    ]);
  });

  it('gives back the checkout that is there, as it is', () => {
    for (const state of ['running', 'ordered'] as const) {
      const cart = inCheckout({ state, attempt: 3 });

      expect(begin(cart, { etag: 'W/"9"' })).toMatchObject({ checkout: cart.checkout });
    }
  });
});

describe('If-Match', () => {
  const before = BEGIN.etag;

  it.each([
    ['the version as read', cartOf(), before, before, 'start'],
    ['another version', cartOf(), 'W/"2"', before, 'etagMismatch'],
    ['the version that is being checked out', inCheckout(), 'W/"2"', before, 'join'],
    ['the version since it was marked', inCheckout(), 'W/"2"', 'W/"2"', 'join'],
    ['neither', inCheckout(), 'W/"2"', 'W/"0"', 'etagMismatch'],
    ['the version that was ordered', inCheckout({ state: 'ordered' }), 'W/"3"', before, 'replay'],
    ['the version since it was ordered', inCheckout({ state: 'ordered' }), 'W/"3"', 'W/"3"', 'replay'],
    [
      'the version that was partly ordered',
      inCheckout({ state: 'partlyOrdered' }),
      'W/"3"',
      'W/"3"',
      'start',
    ],
    ['a version whose checkout failed', inCheckout({ state: 'failed' }), 'W/"3"', before, 'etagMismatch'],
  ])('on %s', (_, cart, etag, ifMatch, outcome) => {
    expect(faultIn(begin(cart, { etag, ifMatch: [ifMatch] }))).toBe(outcome);
    expect(faultIn(begin(cart, { etag, ifMatch: ['W/"none"', ifMatch] }))).toBe(outcome);
  });
});

describe('a repeat of the call that began a checkout', () => {
  const ended = (state: 'failed' | 'partlyOrdered', exhausted?: boolean): Cart => ({
    ...inCheckout({ state, exhausted, endedMs: NOW + MINUTE, idempotencyKey: 'mine' }),
    modifiedMs: NOW + MINUTE,
  });
  const again = (cart: Cart, idempotencyKey?: string, ifMatch?: string[]) =>
    faultIn(begin(cart, { etag: 'W/"3"', nowMs: NOW + 2 * MINUTE, idempotencyKey, ifMatch }));

  it.each([
    ['failed', ended('failed')],
    ['was given up', ended('failed', true)],
    ['ordered some', ended('partlyOrdered')],
  ])('that %s gets its answer again, and begins none', (_, cart) => {
    expect(begin(cart, { idempotencyKey: 'mine' })).toEqual({ kind: 'replay', checkout: cart.checkout });
    expect(again(cart, 'another')).toBe('start');
    expect(again(cart)).toBe('start');
  });

  it('is not held against the version that its checkout left', () => {
    expect(again(ended('failed'), 'mine', [BEGIN.etag])).toBe('replay');
    expect(again(ended('failed'), 'another', [BEGIN.etag])).toBe('etagMismatch');
  });

  it('begins another of a cart that has been edited since', () => {
    expect(again({ ...ended('failed'), modifiedMs: NOW + MINUTE + 1 }, 'mine')).toBe('start');
  });

  it('gets its answer also when the cart has expired meanwhile', () => {
    const late = { ...ended('failed'), expiresMs: NOW };

    expect(again(late, 'mine')).toBe('replay');
    expect(again(late, 'another')).toBe('cartNotFound');
  });

  it('joins the one that is running', () => {
    expect(again(inCheckout({ idempotencyKey: 'mine' }), 'mine')).toBe('join');
  });

  it('is known by the key that the first one left, and no call without an id by any', () => {
    expect(marked(cartOf(), { idempotencyKey: 'mine' }).idempotencyKey).toBe('mine');
    const keyless = { ...inCheckout({ state: 'failed', endedMs: NOW }), modifiedMs: NOW };
    expect(again(keyless)).toBe('start');
  });
});

describe('a later checkout', () => {
  const again = (cart: Cart) => marked(cart, { etag: 'W/"7"', nowMs: NOW + MINUTE });
  const withStates = (monthly: Partial<GroupProgress>, oneTime: Partial<GroupProgress>) => {
    const cart = inCheckout({ state: 'partlyOrdered', exhausted: true, endedMs: NOW, lastProblem: TROUBLE });
    const groups = cart.checkout.groups.map((group) => ({
      ...group,
      ...(group.key === MONTHLY ? monthly : oneTime),
    }));
    return { ...cart, checkout: { ...cart.checkout, groups } };
  };

  it('keeps what was placed, and asks for the refused under a new request id', () => {
    const cart = withStates(
      { state: 'placed', order: placedOrder() },
      { state: 'refused', problem: REFUSAL },
    );

    const { groups } = again(cart);

    expect(groups[0]).toEqual(cart.checkout.groups[0]);
    expect(groups[1]).toMatchObject({ key: ONE_TIME, state: 'pending' });
    expect(groups[1]).not.toHaveProperty('problem');
    expect(groups[1]?.requestId).not.toBe(cart.checkout.groups[1]?.requestId);
  });

  it('asks for an order that may have been made under the request id it had, over any number of checkouts', () => {
    const first = withStates(
      { state: 'ambiguous', problem: TROUBLE },
      { state: 'refused', problem: REFUSAL },
    );

    const second = again(first);
    const third = marked({ ...first, checkout: { ...second, state: 'failed' } }, { etag: 'W/"8"' });

    for (const { groups } of [second, third]) {
      expect(groups[0]).toMatchObject({ state: 'ambiguous', requestId: first.checkout.groups[0]?.requestId });
    }
    expect(third.groups[1]?.requestId).not.toBe(second.groups[1]?.requestId);
  });

  it('starts from the first attempt, with nothing of the one before', () => {
    const checkout = again(withStates({ state: 'ambiguous' }, { state: 'refused' }));

    expect(checkout).toMatchObject({ attempt: 1, startedMs: NOW + MINUTE, dueMs: NOW + MINUTE });
    for (const name of ['endedMs', 'exhausted', 'lastProblem', 'leaseUntilMs']) {
      expect(checkout).not.toHaveProperty(name);
    }
  });

  it('gives a kept group the label that the cart gives it now', () => {
    const cart = withStates({ state: 'placed', order: placedOrder() }, { state: 'refused' });
    const [monthly, oneTime] = cart.lineItems;

    const { groups } = again({ ...cart, lineItems: [oneTime!, monthly!] });

    expect(groups.map(({ key, label, state }) => [key, label, state])).toEqual([
      [ONE_TIME, '0', 'pending'],
      [MONTHLY, '1', 'placed'],
    ]);
  });
});

it('makes every id from names alone', () => {
  expect(marked(cartOf()).id).toBe(uuidV8('checkout', cartOf().cartId, BEGIN.etag));
});
