/**
 * What is told to whoever listens on the topic: CloudEvents 1.0, each with an id made from what it is about,
 * so that one sent twice is recognised by the broker's duplicate detection and by the receiver.
 */
import type { BulkOrder } from '../bulk/bulkOrder.ts';
import type { Counts } from '../bulk/progress.ts';
import type { Cart } from '../cart/cart.ts';
import type { Checkout } from '../cart/checkoutState.ts';
import { formatDuration } from '../duration.ts';
import { timestamp } from '../time.ts';

export type EventType =
  | 'cart.expiring'
  | 'cart.expired'
  | 'cart.ordered'
  | 'cart.checkoutFailed'
  | 'bulkorder.completed';

export interface CloudEvent {
  specversion: '1.0';
  id: string;
  source: string;
  type: EventType;
  subject: string;
  time: string;
  datacontenttype: 'application/json';
  data: Record<string, unknown>;
}

/** A cart nears its expiry: one event per cart and threshold (milliseconds before expiry). */
export function cartExpiring(cart: Cart, thresholdMs: number): CloudEvent {
  const threshold = formatDuration(thresholdMs);
  return event(cart, 'cart.expiring', {
    id: `${cart.cartId}.${threshold}`,
    timeMs: cart.expiresMs - thresholdMs,
    data: { threshold, expirationTimestamp: timestamp(cart.expiresMs) },
  });
}

/** A cart has expired: one event per cart. */
export function cartExpired(cart: Cart): CloudEvent {
  return event(cart, 'cart.expired', {
    id: `${cart.cartId}.expired`,
    timeMs: cart.expiresMs,
    data: { expirationTimestamp: timestamp(cart.expiresMs) },
  });
}

/** A checkout has ended: `cart.ordered` when every group was placed, `cart.checkoutFailed` with the reasons otherwise. */
export function checkoutEnded(cart: Cart, checkout: Checkout): CloudEvent {
  const orders = checkout.groups.flatMap(({ order, label }) =>
    order ? [{ id: order.orderId, orderGroupId: label }] : [],
  );
  const orderErrors = checkout.groups.flatMap(({ label, state, problem }) =>
    state !== 'placed' && problem
      ? [{ orderGroupId: label, code: Number(problem.code) || 0, description: problem.description }]
      : [],
  );
  const isOrdered = checkout.state === 'ordered';
  return event(cart, isOrdered ? 'cart.ordered' : 'cart.checkoutFailed', {
    id: `${checkout.id}.${isOrdered ? 'ordered' : 'failed'}`,
    timeMs: checkout.endedMs ?? cart.modifiedMs,
    data: { checkoutId: checkout.id, attempts: checkout.attempt, orders, orderErrors },
  });
}

/** A bulk order has come to its end, by itself or because it was cancelled or stopped: one event per end. */
export function bulkOrderEnded(order: BulkOrder, counts: Counts): CloudEvent {
  const { tenant, bulkOrderId, generation, state, reference } = order;
  const ended = counts.total - counts.waiting - counts.running;
  return cloudEvent('bulkorder.completed', {
    tenant,
    id: `${bulkOrderId}.${generation}.${ended}`,
    subject: `bulkorders/${bulkOrderId}`,
    timeMs: order.endedMs ?? order.startedMs,
    data: { bulkOrderId, reference, state, counts },
  });
}

function event(
  { tenant, customer, cartId }: Cart,
  type: EventType,
  { id, timeMs, data }: { id: string; timeMs: number; data: Record<string, unknown> },
): CloudEvent {
  const subject = `customers/${customer}/carts/${cartId}`;
  return cloudEvent(type, { tenant, id, subject, timeMs, data: { customerId: customer, cartId, ...data } });
}

interface About {
  tenant: string;
  id: string;
  subject: string;
  timeMs: number;
  data: Record<string, unknown>;
}

function cloudEvent(type: EventType, { tenant, id, subject, timeMs, data }: About): CloudEvent {
  return {
    specversion: '1.0',
    id,
    source: `/partners/${tenant}`,
    type,
    subject,
    time: timestamp(timeMs),
    datacontenttype: 'application/json',
    data: { partnerTenantId: tenant, ...data },
  };
}
