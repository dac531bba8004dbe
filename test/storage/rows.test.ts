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

/** Through the row and what the wire to storage makes of it: JSON, with binaries as they are. */
function throughRow(cart: Cart): Cart {
  const row: Record<string, unknown> = toCartRow(cart);
  const stored = Object.entries(row).map(([name, value]) => {
    return [name, value instanceof Uint8Array ? value : JSON.parse(JSON.stringify(value))];
  });
  return fromCartRow(cart, { ...Object.fromEntries(stored), etag: 'W/"1"', timestamp: 'now' });
}
/** The bytes of a row as storage counts them, roughly: names and values. */
const bytesOf = (row: Record<string, unknown>) =>
  Object.entries(row).reduce(
    (sum, [name, value]) =>
      sum + 2 * name.length + (value instanceof Uint8Array ? value.length : 2 * String(value).length),
    0,
  );

describe('a cart', () => {
  it.each<[string, LineItemDraft[]]>([
    ['one line item', [line()]],
    ['one with every member', [FULL]],
    ['10 line items', Array.from({ length: 10 }, () => FULL)],
    ['200 line items', Array.from({ length: 200 }, () => line(FULL))],
  ])('with %s is read as it was written', (_, lines) => {
    const cart = cartOf(lines);

    expect(throughRow(cart)).toEqual(cart);
  });

  it('is read with every optional member', () => {
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

  it('is read without the members that it does not have', () => {
    const cart = throughRow(cartOf());

    expect(cart.checkout).toBeUndefined();
    expect(cart.partnerOnRecordAttestationAccepted).toBeUndefined();
    expect(cart.idempotencyKeys).toEqual([]);
  });

  it('fits a row at its largest, with text that does not compress', () => {
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

  it('has readable times', () => {
    expect(toCartRow(cartOf())).toMatchObject({
      created: '2026-03-15T17:15:02.384Z',
      modified: '2026-03-15T17:15:02.384Z',
      expires: '2026-03-22T17:15:02.384Z',
    });
  });

  it('has no value that storage would drop: no undefined, no null', () => {
    for (const cart of [cartOf(), { ...cartOf([FULL]), checkout: CHECKOUT }]) {
      for (const value of Object.values(toCartRow(cart))) expect(value ?? undefined).toBeDefined();
    }
  });
});

describe('a row of unknown origin', () => {
  it.each([
    ['a later version', { rowVersion: 2 }],
    ['no version', { rowVersion: undefined }],
    ['a time that is none', { expires: 'soon' }],
    ['no line items', { lineItems: undefined }],
    ['half a line items', { lineItems: '[{' }],
  ])('is rejected: %s', (_, more) => {
    expect(() => fromCartRow(KEY, { ...toCartRow(cartOf()), ...more })).toThrow();
  });
});

describe('an order', () => {
  it.each([1, 10, 200])('with %i lines is read as it was written', (count) => {
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
