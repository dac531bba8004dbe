/** What a replace comes to. */
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

const faultIn = (decision: ReturnType<typeof decideReplace>) =>
  decision.kind === 'refuse' ? decision.error.name : decision.kind;

describe('an active cart', () => {
  it('gets new line items, and who and when; its creation and expiry stay', () => {
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

  it('keeps an attestation that the caller leaves out, and takes one that it gives', () => {
    const cart = cartOf([line()], { partnerOnRecordAttestationAccepted: true });
    const given = { lineItems: [line()], partnerOnRecordAttestationAccepted: false };

    expect(written(decide(cart)).partnerOnRecordAttestationAccepted).toBe(true);
    expect(written(decideReplace(cart, given, CONTEXT)).partnerOnRecordAttestationAccepted).toBe(false);
  });

  it('takes additional resellers with an attestation only, of now or of before', () => {
    const lineItems = [line({ participants: [{ key: 'additional_transaction_reseller', value: '1' }] })];
    const attested = cartOf([line()], { partnerOnRecordAttestationAccepted: true });
    const withdrawn = { lineItems, partnerOnRecordAttestationAccepted: false };

    expect(faultIn(decide(cartOf(), lineItems))).toBe('attestationMissing');
    expect(faultIn(decide(attested, lineItems))).toBe('write');
    expect(faultIn(decideReplace(attested, withdrawn, CONTEXT))).toBe('attestationMissing');
  });

  it('is checked anew: an error goes with the item that had it', () => {
    const cart = cartOf([line({ catalogItemId: 'nonsense' })]);

    expect(written(decide(cart)).lineItems[0]).not.toHaveProperty('error');
  });

  it('takes back what it answered with, unchanged', () => {
    const cart = cartOf();

    expect(written(decide(cart, cart.lineItems)).lineItems).toEqual(cart.lineItems);
  });
});

describe('phases', () => {
  it.each([
    ['expired', cartOf([line()], { expiresMs: LATER }), 'cartNotFound'],
    ['ordered', inCheckout({ state: 'ordered' }), 'alreadyOrdered'],
    ['in checkout', inCheckout(), 'cartBusy'],
    ['after a failed checkout', inCheckout({ state: 'failed' }), 'write'],
  ])('%s', (_, cart, outcome) => {
    expect(faultIn(decide(cart))).toBe(outcome);
  });

  it('says when to come back to a cart in checkout', () => {
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
  ])('%j: %s', (ifMatch, outcome) => {
    expect(faultIn(decide(cartOf(), [line()], { ifMatch }))).toBe(outcome);
  });
});

describe('a repeated replace', () => {
  const repeat = (cart: Cart, more: Partial<ReplaceContext> = {}) =>
    faultIn(decide({ ...cart, idempotencyKeys: ['a', 'b'] }, [line()], { idempotencyKey: 'a', ...more }));

  it('writes nothing while it is the latest, whatever the state of the cart', () => {
    expect(repeat(cartOf())).toBe('repeat');
    expect(repeat(inCheckout())).toBe('repeat');
    expect(repeat(inCheckout({ state: 'ordered' }))).toBe('repeat');
  });

  it('is not compared with If-Match while it is the latest: it made the current version', () => {
    expect(repeat(cartOf(), { ifMatch: ['W/"0"'] })).toBe('repeat');
  });

  it('does not restore an expired cart', () => {
    expect(repeat(cartOf(), { nowMs: NOW + 7 * DAY })).toBe('cartNotFound');
  });

  it('is refused when a later replace has superseded it, with and without If-Match', () => {
    expect(repeat(cartOf(), { idempotencyKey: 'b' })).toBe('cartBusy');
    expect(repeat(cartOf(), { idempotencyKey: 'b', ifMatch: ['W/"1"'] })).toBe('etagMismatch');
  });

  it('PUT 4, PUT 5, PUT 4 with one pinned request id: the third is refused, and the cart keeps 5', () => {
    const put = (cart: Cart, quantity: number) =>
      decide(cart, [line({ quantity })], { idempotencyKey: `PUT ${quantity}` });
    const four = written(put(cartOf(), 4));
    const five = written(put(four, 5));

    expect(faultIn(put(five, 4))).toBe('cartBusy');
    expect(faultIn(put(five, 5))).toBe('repeat');
  });

  it('is superseded by a replace without a client request id as well', () => {
    const first = written(decide(cartOf(), [line()], { idempotencyKey: 'a' }));
    const second = written(decide(first, [line()], { idempotencyKey: generatedKey('b') }));

    expect(faultIn(decide(second, [line()], { idempotencyKey: 'a' }))).toBe('cartBusy');
  });
});

describe.each(['placed', 'ambiguous'] as const)('an order group that is %s', (state) => {
  const settled = { state, order: state === 'placed' ? placedOrder() : undefined };
  const [a, b, open] = [
    line(),
    line({ catalogItemId: OTHER, quantity: 2 }),
    line({ billingCycle: 'one_time' }),
  ];
  const before = inCheckout({ state: 'partlyOrdered' }, [open, a, b]);
  const groups = before.checkout.groups.map((group): GroupProgress => {
    return group.key === MONTHLY
      ? { ...group, ...settled }
      : { ...group, state: 'refused', problem: REFUSAL };
  });
  const cart = { ...before, checkout: { ...before.checkout, groups } };
  const ids = (after: Cart) => after.lineItems.map((item) => [item.catalogItemId, item.quantity]);

  it('stays when the caller sends it back, in whatever order, while the others change', () => {
    const after = written(decide(cart, [b, line({ billingCycle: 'annual' }), a]));

    expect(ids(after)).toEqual([
      [MODERN, 1],
      [OTHER, 2],
      [MODERN, 1],
    ]);
    expect(after.lineItems.map(({ billingCycle }) => billingCycle)).toEqual(['monthly', 'monthly', 'annual']);
    expect(after.lineItems.map(({ id, orderGroup }) => [id, orderGroup])).toEqual([
      [0, '0'],
      [1, '0'],
      [2, '1'],
    ]);
  });

  it('stays when the caller leaves it out', () => {
    expect(ids(written(decide(cart, [open])))).toEqual([
      [MODERN, 1],
      [OTHER, 2],
      [MODERN, 1],
    ]);
  });

  it('stays as it was ordered, whatever a client dropped from it on the way', () => {
    const full = inCheckout({}, [
      line({ friendlyName: 'Mine', addonItems: [line({ catalogItemId: OTHER })] }),
    ]);
    const [group] = full.checkout.groups;
    const groups = group ? [{ ...group, ...settled }] : [];
    const partly = { ...full, checkout: { ...full.checkout, state: 'partlyOrdered' as const, groups } };

    expect(written(decide(partly, [line()])).lineItems).toEqual(full.lineItems);
  });

  it.each([
    ['another quantity', [line({ quantity: 5 }), b], 0],
    ['one more of the group', [a, b, a], 2],
    ['another product', [open, a, line({ catalogItemId: 'CFQ7TTC0LFLS:0002:CFQ7TTC0KDLJ' })], 2],
    ['a new add-on', [b, line({ addonItems: [line()] })], 1],
  ])('refuses %s, naming the line and the group as the cart has it', (_, lineItems, at) => {
    const decision = decide(cart, lineItems);

    expect(faultIn(decision)).toBe('alreadyOrdered');
    expect(decision).toMatchObject({
      error: {
        description: expect.stringContaining('Order group 1 of the cart'),
        data: [{ path: `lineItems[${at}]` }],
      },
    });
  });
});

it('does not freeze a group that was refused or only tried', () => {
  const groups = inCheckout().checkout.groups.map(
    (group): GroupProgress => ({ ...group, state: 'refused', problem: TROUBLE }),
  );

  expect(faultIn(decide(inCheckout({ state: 'failed', groups }), [line({ quantity: 9 })]))).toBe('write');
});
