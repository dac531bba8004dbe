/**
 * A cart and the progress of its checkout as the wire has them: exact camelCase, absent rather than null,
 * links without `/v1` and without a trailing slash (docs/contract.md 6).
 */
import { type Cart, cartStatus } from '../cart/cart.ts';
import type { Checkout } from '../cart/checkoutState.ts';
import type { LineItem } from '../cart/lineItem.ts';
import { ordersOf } from '../orders/order.ts';
import type { Versioned } from '../ports.ts';
import { timestamp } from '../time.ts';
import { parsableBy, participantsFor } from './clientEnums.ts';
import type { Client } from './clients.ts';
import { link, type OrderDialect, orderBody } from './orderResponse.ts';

/** How a client reads responses (docs/contract.md 16). */
export interface Dialect extends OrderDialect {
  client: Pick<Client, 'addonsName' | 'unparsable'>;
}

export const cartUri = ({ customer, cartId }: Cart): string => `/customers/${customer}/carts/${cartId}`;

/** The body of a cart. */
export function cartBody({ cart, etag }: Versioned, dialect: Dialect) {
  return {
    id: cart.cartId,
    creationTimestamp: timestamp(cart.createdMs),
    lastModifiedTimestamp: timestamp(cart.modifiedMs),
    expirationTimestamp: timestamp(cart.expiresMs),
    lastModifiedUser: cart.modifiedBy,
    status: cart.checkout?.state === 'ordered' ? 'Ordered' : 'Active',
    lineItems: cart.lineItems.map((item) => lineItemBody(item, dialect)),
    partnerOnRecordAttestationAccepted: cart.partnerOnRecordAttestationAccepted,
    links: { self: link(cartUri(cart)) },
    attributes: { objectType: 'Cart', etag },
  };
}

function lineItemBody(item: LineItem, dialect: Dialect): Record<string, unknown> {
  return {
    id: item.id,
    catalogItemId: item.catalogItemId,
    friendlyName: item.friendlyName,
    quantity: item.quantity,
    currencyCode: item.currencyCode,
    billingCycle: parsableBy(dialect.client, item.billingCycle),
    termDuration: item.termDuration,
    participants: participantsFor(dialect.client, item.participants),
    provisioningContext: item.provisioningContext,
    orderGroup: item.orderGroup,
    purchaseSystem: item.purchaseSystem,
    [dialect.client.addonsName]: item.addonItems?.map((addon) => lineItemBody(addon, dialect)),
    renewsTo: item.renewsTo,
    promotionId: item.promotionId,
    customTermEndDate: item.customTermEndDate,
    attestationAccepted: item.attestationAccepted,
    purchaseCommitment: item.purchaseCommitment,
    scheduledNextTermInstructions: item.scheduledNextTermInstructions,
    error: item.error,
  };
}

/** The body of a checkout's result (docs/contract.md 12.2). */
export function checkoutResultBody(cart: Cart, checkout: Checkout, dialect: Dialect) {
  return {
    orders: orderBodies(cart, checkout, dialect),
    orderErrors: orderErrors(checkout),
    attributes: { objectType: 'CartCheckoutResult' },
  };
}

/** The body of a checkout's progress: ours, with Partner Center's conventions. */
export function checkoutProgressBody(cart: Cart, checkout: Checkout, dialect: Dialect & { nowMs: number }) {
  const { lastProblem, endedMs } = checkout;
  const status = cartStatus(cart, dialect.nowMs);
  const isWaiting = checkout.state === 'running' && checkout.dueMs > dialect.nowMs;
  return {
    id: checkout.id,
    status: checkout.state,
    cartStatus: status === 'ordered' ? 'Ordered' : 'Active',
    attempts: isWaiting ? checkout.attempt - 1 : checkout.attempt,
    nextAttemptTimestamp: isWaiting ? timestamp(checkout.dueMs) : undefined,
    startedTimestamp: timestamp(checkout.startedMs),
    endedTimestamp: endedMs === undefined ? undefined : timestamp(endedMs),
    lastError: lastProblem && { code: lastProblem.code, description: lastProblem.description },
    orders: orderBodies(cart, checkout, dialect),
    orderErrors: orderErrors(checkout),
    links: {
      self: link(`${cartUri(cart)}/checkout`),
      // An expired cart is 404, and its checkout stays readable.
      ...(status === 'expired' ? {} : { cart: link(cartUri(cart)) }),
    },
    attributes: { objectType: 'CartCheckout' },
  };
}

function orderBodies(cart: Cart, checkout: Checkout, dialect: Dialect) {
  return ordersOf(cart, checkout).map((order) => orderBody(order, dialect));
}

function orderErrors({ state, groups }: Checkout) {
  if (state === 'running') return [];
  return groups.flatMap(({ label, state: of, problem }) =>
    of === 'placed' || !problem
      ? []
      : [{ orderGroupId: label, code: codeNumber(problem.code), description: problem.description }],
  );
}

/** The number that the SDKs read, which is one of 32 bits; 0, "unknown", for what is none. */
const codeNumber = (code: string): number => (/^\d{1,9}$/.test(code) ? Number(code) : 0);
