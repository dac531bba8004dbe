/** The decision about a replace: write, repeat or reject. */
import { describe, expect, it } from 'vitest';
import { type Cart, generatedKey } from '../../shared/cart/cart.ts';
import type { GroupProgress } from '../../shared/cart/checkoutState.ts';
import { decideReplace, type ReplaceContext } from '../../shared/cart/decideReplace.ts';
import type { LineItemDraft } from '../../shared/cart/lineItem.ts';
import {
  cartOf,
  DAY,
  inCheckout,
  line,
  MODERN,
  MONTHLY,
  NOW,
  placedOrder,
  REFUSAL,
  RULES,
  TROUBLE,
} from '../support/samples.ts';

const LATER = NOW + 60_000;
const CONTEXT: ReplaceContext = {
  nowMs: LATER,
  etag: 'W/"1"',
  rules: RULES,
  modifiedBy: 'another user',
};
const OTHER = 'CFQ7TTC0LH0Z:0001:CFQ7TTC0K18P';

const decide = (cart: Cart, lineItems: LineItemDraft[] = [line()], more: Partial<ReplaceContext> = {}) =>
  decideReplace(cart, { lineItems }, { ...CONTEXT, ...more });

/** The cart that the decision writes. */
function written(decision: ReturnType<typeof decideReplace>): Cart {
  if (decision.kind !== 'write') throw new Error(`Not written: ${JSON.stringify(decision)}`);
  return decision.cart;
}

const resultOf = (decision: ReturnType<typeof decideReplace>) =>
  decision.kind === 'refuse' ? decision.error.name : decision.kind;

describe('a replace of an active cart', () => {
  it('A replace changes the line items, the modifier and the modification time, but neither creation nor expiry', () => {
    const cart = cartOf();

    const after = written(decide(cart, [line({ catalogItemId: OTHER, quantity: 3 })]));

    expect(after).toMatchObject({
      createdMs: cart.createdMs,
      expiresMs: cart.expiresMs,
      modifiedMs: LATER,
      modifiedBy: 'another user',
    });
    expect(after.lineItems).toMatchObject([{ id: 0, catalogItemId: OTHER, quantity: 3, orderGroup: '0' }]);
    expect(after.lineItems).toHaveLength(1);
  });

  it('A replace keeps the attestation when the caller omits it, and otherwise takes the caller’s', () => {
    const cart = cartOf([line()], { partnerOnRecordAttestationAccepted: true });
    const given = { lineItems: [line()], partnerOnRecordAttestationAccepted: false };

    expect(written(decide(cart)).partnerOnRecordAttestationAccepted).toBe(true);
    expect(written(decideReplace(cart, given, CONTEXT)).partnerOnRecordAttestationAccepted).toBe(false);
  });

  it('Additional resellers need an attestation in the request or in the cart', () => {
    const lineItems = [line({ participants: [{ key: 'additional_transaction_reseller', value: '1' }] })];
    const attested = cartOf([line()], { partnerOnRecordAttestationAccepted: true });
    const withdrawn = { lineItems, partnerOnRecordAttestationAccepted: false };

    expect(resultOf(decide(cartOf(), lineItems))).toBe('attestationMissing');
    expect(resultOf(decide(attested, lineItems))).toBe('write');
    expect(resultOf(decideReplace(attested, withdrawn, CONTEXT))).toBe('attestationMissing');
  });

  it('A replace validates the line items again, so that the error of a replaced line item disappears', () => {
    const cart = cartOf([line({ catalogItemId: 'nonsense' })]);

    expect(written(decide(cart)).lineItems[0]).not.toHaveProperty('error');
  });

  it('A replace with the line items of the response leaves them unchanged', () => {
    const cart = cartOf();

    expect(written(decide(cart, cart.lineItems)).lineItems).toEqual(cart.lineItems);
  });
});

describe('the status of the cart', () => {
  it.each([
    ['expired', 'cartNotFound', cartOf([line()], { expiresMs: LATER })],
    ['ordered', 'alreadyOrdered', inCheckout({ state: 'ordered' })],
    ['in checkout', 'cartBusy', inCheckout()],
    ['active after a failed checkout', 'write', inCheckout({ state: 'failed' })],
  ])('A replace of a cart that is %s results in %s', (_, outcome, cart) => {
    expect(resultOf(decide(cart))).toBe(outcome);
  });

  it('A replace of a cart in checkout is rejected with the time after which to retry', () => {
    expect(decide(inCheckout())).toMatchObject({ error: { retryAfterMs: 5_000 } });
  });
});

describe('If-Match', () => {
  it.each([
    [undefined, 'write'],
    [['W/"1"'], 'write'],
    [['W/"0"', 'W/"1"'], 'write'],
    [['W/"0"'], 'etagMismatch'],
    [['"1"'], 'etagMismatch'],
    [[], 'etagMismatch'],
  ])('A replace with If-Match %j results in %s', (ifMatch, outcome) => {
    expect(resultOf(decide(cartOf(), [line()], { ifMatch }))).toBe(outcome);
  });
});

describe('a repeated replace', () => {
  const repeat = (cart: Cart, more: Partial<ReplaceContext> = {}) =>
    resultOf(decide({ ...cart, idempotencyKeys: ['a', 'b'] }, [line()], { idempotencyKey: 'a', ...more }));

  it('A repeat of the latest replace writes nothing, whatever the status of the cart', () => {
    expect(repeat(cartOf())).toBe('repeat');
    expect(repeat(inCheckout())).toBe('repeat');
    expect(repeat(inCheckout({ state: 'ordered' }))).toBe('repeat');
  });

  it('A repeat of the latest replace ignores If-Match, because it wrote the current version', () => {
    expect(repeat(cartOf(), { ifMatch: ['W/"0"'] })).toBe('repeat');
  });

  it('A repeat of the latest replace does not restore an expired cart', () => {
    expect(repeat(cartOf(), { nowMs: NOW + 7 * DAY })).toBe('cartNotFound');
  });

  it('A repeat of a superseded replace is rejected, with and without If-Match', () => {
    expect(repeat(cartOf(), { idempotencyKey: 'b' })).toBe('cartBusy');
    expect(repeat(cartOf(), { idempotencyKey: 'b', ifMatch: ['W/"1"'] })).toBe('etagMismatch');
  });

  it('A repeat of PUT 4 after PUT 5 with one pinned request id is rejected, and the cart keeps 5', () => {
    const put = (cart: Cart, quantity: number) =>
      decide(cart, [line({ quantity })], { idempotencyKey: `PUT ${quantity}` });
    const four = written(put(cartOf(), 4));
    const five = written(put(four, 5));

    expect(resultOf(put(five, 4))).toBe('cartBusy');
    expect(resultOf(put(five, 5))).toBe('repeat');
  });

  it('A replace is superseded by a later replace without a client request id, too', () => {
    const first = written(decide(cartOf(), [line()], { idempotencyKey: 'a' }));
    const second = written(decide(first, [line()], { idempotencyKey: generatedKey('b') }));

    expect(resultOf(decide(second, [line()], { idempotencyKey: 'a' }))).toBe('cartBusy');
  });
});

describe.each(['placed', 'ambiguous'] as const)('a replace of a cart with a group that is %s', (state) => {
  const frozen = { state, order: state === 'placed' ? placedOrder() : undefined };
  const [a, b, open] = [
    line(),
    line({ catalogItemId: OTHER, quantity: 2 }),
    line({ billingCycle: 'one_time' }),
  ];
  const before = inCheckout({ state: 'partlyOrdered' }, [open, a, b]);
  const groups = before.checkout.groups.map((group): GroupProgress => {
    return group.key === MONTHLY ? { ...group, ...frozen } : { ...group, state: 'refused', problem: REFUSAL };
  });
  const cart = { ...before, checkout: { ...before.checkout, groups } };
  const productsOf = (after: Cart) =>
    after.lineItems.map(({ catalogItemId, quantity }) => ({ catalogItemId, quantity }));
  const FROZEN_PRODUCTS = [
    { catalogItemId: MODERN, quantity: 1 },
    { catalogItemId: OTHER, quantity: 2 },
  ];

  it('A frozen group stays when the caller sends it back in any order, while the other line items change', () => {
    const after = written(decide(cart, [b, line({ billingCycle: 'annual' }), a]));

    expect(productsOf(after)).toEqual([...FROZEN_PRODUCTS, { catalogItemId: MODERN, quantity: 1 }]);
    expect(after.lineItems.map(({ billingCycle }) => billingCycle)).toEqual(['monthly', 'monthly', 'annual']);
    expect(after.lineItems).toMatchObject([
      { id: 0, orderGroup: '0' },
      { id: 1, orderGroup: '0' },
      { id: 2, orderGroup: '1' },
    ]);
  });

  it('A frozen group stays when the caller omits it', () => {
    expect(productsOf(written(decide(cart, [open])))).toEqual([
      ...FROZEN_PRODUCTS,
      { catalogItemId: MODERN, quantity: 1 },
    ]);
  });

  it('A frozen group stays as it was ordered when the client drops fields of its line items', () => {
    const full = inCheckout({}, [
      line({ friendlyName: 'Mine', addonItems: [line({ catalogItemId: OTHER })] }),
    ]);
    const [group] = full.checkout.groups;
    const groups = group ? [{ ...group, ...frozen }] : [];
    const partly = { ...full, checkout: { ...full.checkout, state: 'partlyOrdered' as const, groups } };

    expect(written(decide(partly, [line()])).lineItems).toEqual(full.lineItems);
  });

  it.each([
    ['another quantity', [line({ quantity: 5 }), b], 0],
    ['one more of the group', [a, b, a], 2],
    ['another product', [open, a, line({ catalogItemId: 'CFQ7TTC0LFLS:0002:CFQ7TTC0KDLJ' })], 2],
    ['a new add-on', [b, line({ addonItems: [line()] })], 1],
  ])(
    'A replace of a frozen group with %s is rejected with the line item and the group as the cart has it',
    (_, lineItems, at) => {
      const decision = decide(cart, lineItems);

      expect(resultOf(decision)).toBe('alreadyOrdered');
      expect(decision).toMatchObject({
        error: {
          description: expect.stringContaining('Order group 1 of the cart'),
          data: [{ path: `lineItems[${at}]` }],
        },
      });
    },
  );
});

it('A replace changes a group that was refused in a failed checkout', () => {
  const groups = inCheckout().checkout.groups.map(
    (group): GroupProgress => ({ ...group, state: 'refused', problem: TROUBLE }),
  );

  expect(resultOf(decide(inCheckout({ state: 'failed', groups }), [line({ quantity: 9 })]))).toBe('write');
});
