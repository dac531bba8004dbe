/** Events about the expiry of a cart. Their ids are stable, so that consumers recognize a repeat. */
import { formatDuration } from '../duration.ts';
import { type CloudEvent, cloudEvent, type EventType } from '../events/cloudEvent.ts';
import { timestamp } from '../time.ts';
import type { Cart } from './cart.ts';

/** When a cart is reported as expiring, in milliseconds before its expiry. */
export interface ExpiryNotice {
  /** The configured threshold that was reached. */
  thresholdMs: number;
  /** What is left when the event is published; after an outage less than the threshold. */
  remainingMs: number;
}

/** A cart expires soon: one event per cart and threshold. `remaining` is cut to whole seconds. */
export function cartExpiring(cart: Cart, { thresholdMs, remainingMs }: ExpiryNotice): CloudEvent {
  const threshold = formatDuration(thresholdMs);
  return cartEvent(cart, 'cart.expiring.v1', {
    id: `${lifeId(cart)}.${threshold}`,
    timeMs: cart.expiresMs - thresholdMs,
    data: {
      threshold,
      remaining: formatDuration(remainingMs - (remainingMs % 1_000)),
      expirationTimestamp: timestamp(cart.expiresMs),
    },
  });
}

/** A cart has expired: one event per cart. */
export function cartExpired(cart: Cart): CloudEvent {
  return cartEvent(cart, 'cart.expired.v1', {
    id: `${lifeId(cart)}.expired`,
    timeMs: cart.expiresMs,
    data: { expirationTimestamp: timestamp(cart.expiresMs) },
  });
}

/** An event about a cart. */
export function cartEvent(
  { tenant, customer, cartId }: Cart,
  type: EventType,
  { id, timeMs, data }: { id: string; timeMs: number; data: Record<string, unknown> },
): CloudEvent {
  const subject = `customers/${customer}/carts/${cartId}`;
  return cloudEvent(type, { tenant, id, subject, timeMs, data: { customerId: customer, cartId, ...data } });
}

/** Identifies the life of a cart: one that was made anew expires once more. */
const lifeId = ({ cartId, renewals }: Cart): string => (renewals ? `${cartId}.${renewals}` : cartId);
