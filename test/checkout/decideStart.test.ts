/** The decision about a checkout request: start, join, replay or reject. */
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

const decide = (cart: Cart, more: Partial<StartInput> = {}) => decideStart(cart, { ...BEGIN, ...more });

/** The checkout that the decision starts. */
function started(cart: Cart, more: Partial<StartInput> = {}): Checkout {
  const decision = decide(cart, more);
  if (decision.kind !== 'start') throw new Error(`Not started: ${JSON.stringify(decision)}`);
  expect(decision.cart.checkout).toEqual(decision.checkout);
  return decision.checkout;
}

const resultOf = (decision: ReturnType<typeof decide>) =>
  decision.kind === 'refuse' ? decision.error.name : decision.kind;

describe('the checkout of an active cart', () => {
  it('A checkout starts with its first attempt, due immediately, and a watchdog check', () => {
    expect(started(cartOf(), { traceparent: '00-a-b-01' })).toMatchObject({
      state: 'running',
      attempt: 1,
      startedMs: NOW,
      dueMs: NOW,
      watchdogAtMs: NOW + 2 * MINUTE,
      traceparent: '00-a-b-01',
    });
  });

  it('A checkout has a pending group for every order, legacy first, each with a separate request id', () => {
    const { groups } = started(
      cartOf([line(), line({ catalogItemId: LEGACY }), line({ billingCycle: 'annual' })]),
    );

    expect(groups.map(({ label, state }) => ({ label, state }))).toEqual([
      { label: 'OMS-0', state: 'pending' },
      { label: '0', state: 'pending' },
      { label: '1', state: 'pending' },
    ]);
    expect(new Set(groups.map(({ requestId }) => requestId)).size).toBe(3);
  });

  it('A version of a cart has one checkout, regardless of caller and time', () => {
    const [one, same] = [started(cartOf()), started(cartOf(), { nowMs: NOW + 1 })];
    const other = started(cartOf(), { etag: 'W/"2"' });

    expect(same.id).toBe(one.id);
    expect(same.groups).toEqual(one.groups);
    expect(other.id).not.toBe(one.id);
    expect(other.groups[0]?.requestId).not.toBe(one.groups[0]?.requestId);
  });

  it('A checkout is rejected with the errors of all line items and add-ons', () => {
    const bad = line({ catalogItemId: 'nonsense' });

    expect(decide(cartOf([line({ addonItems: [bad] }), bad]))).toMatchObject({
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

describe('the status of the cart', () => {
  const AFTER_EXPIRY = NOW + 8 * DAY;

  it.each([
    ['expired', 'cartNotFound', cartOf()],
    ['expired after a failed checkout', 'cartNotFound', inCheckout({ state: 'failed' })],
    ['expired and partly ordered', 'replay', inCheckout({ state: 'partlyOrdered' })],
    ['ordered and past its expiry', 'replay', inCheckout({ state: 'ordered' })],
    ['in checkout and past its expiry', 'join', inCheckout()],
  ])('A checkout request for a cart that is %s results in %s', (_, outcome, cart) => {
    expect(resultOf(decide(cart, { nowMs: AFTER_EXPIRY }))).toBe(outcome);
  });

  it('A checkout request with If-Match for an expired, partly ordered cart must name the version before or after its checkout', () => {
    const cart = inCheckout({ state: 'partlyOrdered' });
    const withIfMatch = (ifMatch: string) =>
      decide(cart, { nowMs: AFTER_EXPIRY, etag: 'W/"3"', ifMatch: [ifMatch] });

    expect(resultOf(withIfMatch(BEGIN.etag))).toBe('replay');
    expect(resultOf(withIfMatch('W/"3"'))).toBe('replay');
    expect(resultOf(withIfMatch('W/"0"'))).toBe('etagMismatch');
  });

  it('A checkout request for a running or ordered cart returns its checkout unchanged', () => {
    for (const state of ['running', 'ordered'] as const) {
      const cart = inCheckout({ state, attempt: 3 });

      expect(decide(cart, { etag: 'W/"9"' })).toMatchObject({ checkout: cart.checkout });
    }
  });
});

describe('If-Match', () => {
  const before = BEGIN.etag;

  it.each([
    ['the current version', 'start', cartOf(), before, before],
    ['another version', 'etagMismatch', cartOf(), 'W/"2"', before],
    ['the version that is being checked out', 'join', inCheckout(), 'W/"2"', before],
    ['the version of the running checkout', 'join', inCheckout(), 'W/"2"', 'W/"2"'],
    ['another version than that of the running checkout', 'etagMismatch', inCheckout(), 'W/"2"', 'W/"0"'],
    ['the version that was ordered', 'replay', inCheckout({ state: 'ordered' }), 'W/"3"', before],
    ['the version of the ordered cart', 'replay', inCheckout({ state: 'ordered' }), 'W/"3"', 'W/"3"'],
    [
      'the version of the partly ordered cart',
      'start',
      inCheckout({ state: 'partlyOrdered' }),
      'W/"3"',
      'W/"3"',
    ],
    ['a version whose checkout failed', 'etagMismatch', inCheckout({ state: 'failed' }), 'W/"3"', before],
  ])('A checkout request with If-Match on %s results in %s', (_, outcome, cart, etag, ifMatch) => {
    expect(resultOf(decide(cart, { etag, ifMatch: [ifMatch] }))).toBe(outcome);
    expect(resultOf(decide(cart, { etag, ifMatch: ['W/"none"', ifMatch] }))).toBe(outcome);
  });
});

describe('a repeat of the request that started a checkout', () => {
  const ended = (state: 'failed' | 'partlyOrdered', exhausted?: boolean): Cart => ({
    ...inCheckout({ state, exhausted, endedMs: NOW + MINUTE, idempotencyKey: 'mine' }),
    modifiedMs: NOW + MINUTE,
  });
  const repeat = (cart: Cart, idempotencyKey?: string, ifMatch?: string[]) =>
    resultOf(decide(cart, { etag: 'W/"3"', nowMs: NOW + 2 * MINUTE, idempotencyKey, ifMatch }));

  it.each([
    ['failed', ended('failed')],
    ['was exhausted', ended('failed', true)],
    ['ordered a part', ended('partlyOrdered')],
  ])('A repeat of the request whose checkout %s returns that checkout and starts none', (_, cart) => {
    expect(decide(cart, { idempotencyKey: 'mine' })).toEqual({ kind: 'replay', checkout: cart.checkout });
    expect(repeat(cart, 'another')).toBe('start');
    expect(repeat(cart)).toBe('start');
  });

  it('A repeat with If-Match on the version before its own checkout is accepted', () => {
    expect(repeat(ended('failed'), 'mine', [BEGIN.etag])).toBe('replay');
    expect(repeat(ended('failed'), 'another', [BEGIN.etag])).toBe('etagMismatch');
  });

  it('A repeat starts another checkout when the cart has been replaced since', () => {
    expect(repeat({ ...ended('failed'), modifiedMs: NOW + MINUTE + 1 }, 'mine')).toBe('start');
  });

  it('A repeat returns its checkout also when the cart has expired since', () => {
    const late = { ...ended('failed'), expiresMs: NOW };

    expect(repeat(late, 'mine')).toBe('replay');
    expect(repeat(late, 'another')).toBe('cartNotFound');
  });

  it('A repeat joins its checkout while that is running', () => {
    expect(repeat(inCheckout({ idempotencyKey: 'mine' }), 'mine')).toBe('join');
  });

  it('A checkout stores the idempotency key of its request, and a request without a key repeats none', () => {
    expect(started(cartOf(), { idempotencyKey: 'mine' }).idempotencyKey).toBe('mine');
    const keyless = { ...inCheckout({ state: 'failed', endedMs: NOW }), modifiedMs: NOW };
    expect(repeat(keyless)).toBe('start');
  });
});

describe('a later checkout of the same cart', () => {
  const startLater = (cart: Cart) => started(cart, { etag: 'W/"7"', nowMs: NOW + MINUTE });
  const withStates = (monthly: Partial<GroupProgress>, oneTime: Partial<GroupProgress>) => {
    const cart = inCheckout({ state: 'partlyOrdered', exhausted: true, endedMs: NOW, lastProblem: TROUBLE });
    const groups = cart.checkout.groups.map((group) => ({
      ...group,
      ...(group.key === MONTHLY ? monthly : oneTime),
    }));
    return { ...cart, checkout: { ...cart.checkout, groups } };
  };

  it('A later checkout keeps placed groups and orders refused groups with a new request id', () => {
    const cart = withStates(
      { state: 'placed', order: placedOrder() },
      { state: 'refused', problem: REFUSAL },
    );

    const { groups } = startLater(cart);

    expect(groups[0]).toEqual(cart.checkout.groups[0]);
    expect(groups[1]).toMatchObject({ key: ONE_TIME, state: 'pending' });
    expect(groups[1]).not.toHaveProperty('problem');
    expect(groups[1]?.requestId).not.toBe(cart.checkout.groups[1]?.requestId);
  });

  it('A later checkout orders an ambiguous group with its previous request id, over any number of checkouts', () => {
    const first = withStates(
      { state: 'ambiguous', problem: TROUBLE },
      { state: 'refused', problem: REFUSAL },
    );

    const second = startLater(first);
    const third = started({ ...first, checkout: { ...second, state: 'failed' } }, { etag: 'W/"8"' });

    for (const { groups } of [second, third]) {
      expect(groups[0]).toMatchObject({ state: 'ambiguous', requestId: first.checkout.groups[0]?.requestId });
    }
    expect(third.groups[1]?.requestId).not.toBe(second.groups[1]?.requestId);
  });

  it('A later checkout starts with its first attempt and nothing from the previous checkout', () => {
    const checkout = startLater(withStates({ state: 'ambiguous' }, { state: 'refused' }));

    expect(checkout).toMatchObject({ attempt: 1, startedMs: NOW + MINUTE, dueMs: NOW + MINUTE });
    for (const name of ['endedMs', 'exhausted', 'lastProblem', 'leaseUntilMs']) {
      expect(checkout).not.toHaveProperty(name);
    }
  });

  it('A later checkout gives a kept group the label that its line items have now', () => {
    const cart = withStates({ state: 'placed', order: placedOrder() }, { state: 'refused' });
    const [monthly, oneTime] = cart.lineItems;

    const { groups } = startLater({ ...cart, lineItems: [oneTime!, monthly!] });

    expect(groups.map(({ key, label, state }) => ({ key, label, state }))).toEqual([
      { key: ONE_TIME, label: '0', state: 'pending' },
      { key: MONTHLY, label: '1', state: 'placed' },
    ]);
  });
});

it('The id of a checkout is derived from the cart id and the version', () => {
  expect(started(cartOf()).id).toBe(uuidV8('checkout', cartOf().cartId, BEGIN.etag));
});
