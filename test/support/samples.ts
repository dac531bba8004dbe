/**
 * Carts, line items and checkouts for the unit tests: valid, small and constant. A test changes what it is about.
 */
import type { Cart, CartKey } from '../../shared/cart/cart.ts';
import type { Checkout, PlacedOrder, Problem } from '../../shared/cart/checkoutState.ts';
import { newCart } from '../../shared/cart/createCart.ts';
import type { LineItemDraft } from '../../shared/cart/lineItem.ts';
import type { LineItemRules } from '../../shared/cart/lineRules.ts';
import { decideStart } from '../../shared/checkout/decideStart.ts';
import type { RetryPolicy } from '../../shared/checkout/retryPolicy.ts';
import { uuidV8 } from '../../shared/ids.ts';
import type { SweepPolicy } from '../../shared/sweeper/runEntry.ts';

export const SECOND = 1_000;
export const MINUTE = 60_000;
export const HOUR = 3_600_000;
export const DAY = 86_400_000;

export const NOW = Date.UTC(2026, 2, 15, 17, 15, 2, 384);
export const KEY: CartKey = {
  tenant: '5d8a4b0e-6c1f-4f7b-9a56-0c3f2f1d7e11',
  customer: 'd6bf25b7-e0a8-4f2d-a31b-97b55cfc774d',
  cartId: 'b4c8fdea-cbe4-4d17-9576-13fcacbf9605',
};
export const LIFECYCLE: SweepPolicy = {
  noticesMs: [DAY, HOUR],
  retentionMs: 30 * DAY,
  orderRetentionMs: 2_557 * DAY,
  watchdogMs: 2 * MINUTE,
  delivery: { watchdogMs: 2 * MINUTE, retentionMs: 7 * DAY },
  erasure: {
    orders: 'pseudonymize',
    reason: 'Commercial law',
    outside: { eventsMs: 7 * DAY, logsMs: 90 * DAY },
  },
};
export const RETRY: RetryPolicy = {
  initialIntervalMs: 2_000,
  maximumIntervalMs: 900_000,
  maximumAttempts: 12,
  scheduleToCloseMs: DAY,
};
export const RULES: LineItemRules = { currencyCode: 'USD', market: 'US', isIndirectProvider: true };
export const CREATE = {
  lifetimeMs: 7 * DAY,
  rules: RULES,
  lifecycle: LIFECYCLE,
  modifiedBy: '2713ccd7-ea3b-470a-9cfb-451d5d0482cc',
};

export const MODERN = 'DG7GMGF0DWTL:0001:DG7GMGF0DSJB';
export const LEGACY = '195416c1-3447-423a-b37b-ee59a99a19c4';

/** A line item of a request: modern and monthly by default. */
export const line = (more: Partial<LineItemDraft> = {}): LineItemDraft => ({
  catalogItemId: MODERN,
  quantity: 1,
  billingCycle: 'monthly',
  ...more,
});

/** Two line items of two order groups, `0` and `1`. */
export const TWO_GROUPS = [line(), line({ billingCycle: 'one_time' })];
export const MONTHLY = 'modern|monthly|USD';
export const ONE_TIME = 'modern|one_time|USD';

/** A cart that was created at `NOW` with these line items. */
export function cartOf(lineItems: LineItemDraft[] = TWO_GROUPS, more: Partial<Cart> = {}): Cart {
  return { ...newCart(KEY, { lineItems }, { ...CREATE, nowMs: NOW }), ...more };
}

export const BEGIN = { nowMs: NOW, etag: 'W/"1"', watchdogMs: LIFECYCLE.watchdogMs, uuidV8 };

/** A cart whose checkout started at `NOW`, with these changes. */
export function inCheckout(
  more: Partial<Checkout> = {},
  lineItems = TWO_GROUPS,
): Cart & { checkout: Checkout } {
  const begin = decideStart(cartOf(lineItems), BEGIN);
  if (begin.kind !== 'start') throw new Error(`The sample does not start a checkout: ${begin.kind}.`);
  return { ...begin.cart, checkout: { ...begin.checkout, ...more } };
}

/** The result of a gateway for a placed order. */
export const placedOrder = (more: Partial<PlacedOrder> = {}): PlacedOrder => ({
  orderId: 'f76c6b7f449d',
  alternateId: 'f76c6b7f449d',
  placedMs: NOW,
  status: 'completed',
  subscriptionIds: [],
  ...more,
});

export const REFUSAL: Problem = { code: '800010', description: 'There is no inventory.', status: 400 };
export const TROUBLE: Problem = { code: '800005', description: 'The gateway is busy.', status: 409 };
