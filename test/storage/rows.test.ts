/** Carts and orders are converted to table rows and back. */
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Cart } from '../../shared/cart/cart.ts';
import type { LineItemDraft } from '../../shared/cart/lineItem.ts';
import { ordersOf } from '../../shared/orders/order.ts';
import { fromCartRow, fromOrderRow, toCartRow, toOrderRow } from '../../shared/storage/cartRow.ts';
import { cartOf, inCheckout, KEY, line, MINUTE, NOW, placedOrder, TROUBLE } from '../support/samples.ts';

const FULL = line({
  friendlyName: 'Mine ☃',
  participants: [{ key: 'transaction_reseller', value: '5357564' }],
  provisioningContext: { scope: 'shared', duration: '1Year' },
  purchaseSystem: 'PI',
  renewsTo: { termDuration: 'P1Y' },
  promotionId: '39NFJQT1PHSN:0008:39NFJQT1Q5J0',
  customTermEndDate: '2027-02-19T00:00:00Z',
  attestationAccepted: false,
  purchaseCommitment: { amount: 1.5, currency: 'usd', grain: 'hourly' },
  scheduledNextTermInstructions: { product: { productId: 'x' } },
  addonItems: [line({ catalogItemId: 'nonsense' })],
});
const CHECKOUT = inCheckout({
  state: 'partlyOrdered',
  attempt: 12,
  leaseUntilMs: NOW + MINUTE,
  endedMs: NOW + MINUTE,
  exhausted: true,
  lastProblem: TROUBLE,
  traceparent: '00-a-b-01',
}).checkout;

/** Converts a cart to a row, to the JSON that storage receives (binaries unchanged) and back. */
function throughRow(cart: Cart): Cart {
  const row: Record<string, unknown> = toCartRow(cart);
  const stored = Object.entries(row).map(([name, value]) => {
    return [name, value instanceof Uint8Array ? value : JSON.parse(JSON.stringify(value))];
  });
  return fromCartRow(cart, { ...Object.fromEntries(stored), etag: 'W/"1"', timestamp: 'now' });
}
/** The approximate size of a row in storage, in bytes: names and values. */
const bytesOf = (row: Record<string, unknown>) =>
  Object.entries(row).reduce(
    (sum, [name, value]) =>
      sum + 2 * name.length + (value instanceof Uint8Array ? value.length : 2 * String(value).length),
    0,
  );

describe('the row of a cart', () => {
  it('A cart that was made for an order without a cart is read as it was written', () => {
    const cart = { ...cartOf(), isDirectOrder: true as const };

    expect(throughRow(cart)).toEqual(cart);
  });

  it.each<[string, LineItemDraft[]]>([
    ['one line item', [line()]],
    ['one line item that has every member', [FULL]],
    ['10 line items', Array.from({ length: 10 }, () => FULL)],
    ['200 line items', Array.from({ length: 200 }, () => line(FULL))],
  ])('A cart with %s is read as it was written', (_, lines) => {
    const cart = cartOf(lines);

    expect(throughRow(cart)).toEqual(cart);
  });

  it('A cart is read with every optional member', () => {
    const groups = CHECKOUT.groups.map((group) => ({
      ...group,
      state: 'placed' as const,
      order: placedOrder({ subscriptionIds: [null, 'x'] }),
      problem: TROUBLE,
    }));
    const cart = cartOf([FULL], {
      partnerOnRecordAttestationAccepted: false,
      idempotencyKeys: ['a', 'b'],
      checkout: { ...CHECKOUT, groups },
    });

    expect(throughRow(cart)).toEqual(cart);
  });

  it('A cart is read without the members that it does not have', () => {
    const cart = throughRow(cartOf());

    expect(cart.checkout).toBeUndefined();
    expect(cart.partnerOnRecordAttestationAccepted).toBeUndefined();
    expect(cart.idempotencyKeys).toEqual([]);
  });

  it('The largest cart fits a row with text that compresses badly', () => {
    const text = () => randomBytes(700).toString('base64').slice(0, 900);
    const lines = Array.from({ length: 200 }, () =>
      line({
        friendlyName: text(),
        promotionId: text(),
        purchaseSystem: text(),
        provisioningContext: { a: text(), b: text() },
      }),
    );
    const cart = { ...cartOf(lines), checkout: CHECKOUT };

    expect(JSON.stringify(cart.lineItems).length).toBeGreaterThan(900_000);
    expect(bytesOf(toCartRow(cart))).toBeLessThan(1_000_000);
    expect(throughRow(cart)).toEqual(cart);
  });

  it('The times in the row of a cart are readable', () => {
    expect(toCartRow(cartOf())).toMatchObject({
      created: '2026-03-15T17:15:02.384Z',
      modified: '2026-03-15T17:15:02.384Z',
      expires: '2026-03-22T17:15:02.384Z',
    });
  });

  it('The row of a cart has neither undefined nor null, which storage would drop', () => {
    for (const cart of [cartOf(), { ...cartOf([FULL]), checkout: CHECKOUT }]) {
      for (const value of Object.values(toCartRow(cart))) expect(value ?? undefined).toBeDefined();
    }
  });
});

describe('invalid rows', () => {
  it.each([
    ['a later version', { rowVersion: 2 }],
    ['no version', { rowVersion: undefined }],
    ['an invalid time', { expires: 'soon' }],
    ['no line items', { lineItems: undefined }],
    ['truncated line items', { lineItems: '[{' }],
  ])('The row of a cart with %s is rejected', (_, more) => {
    expect(() => fromCartRow(KEY, { ...toCartRow(cartOf()), ...more })).toThrow();
  });
});

describe('the row of an order', () => {
  it.each([1, 10, 200])('An order with %i lines is read as it was written', (count) => {
    const cart = inCheckout(
      {},
      Array.from({ length: count }, (_, n) => line({ friendlyName: `Line ${n}` })),
    );
    const groups = cart.checkout.groups.map((group) => ({
      ...group,
      order: placedOrder({ subscriptionIds: ['s'] }),
    }));
    const [order] = ordersOf(cart, { ...cart.checkout, groups });

    const row = toOrderRow(order!);

    expect(row).toMatchObject({
      partitionKey: `${KEY.tenant}_${KEY.customer}`,
      rowKey: 'order_f76c6b7f449d',
      cartId: KEY.cartId,
      placed: '2026-03-15T17:15:02.384Z',
    });
    expect(fromOrderRow(row)).toEqual(order);
  });
});
