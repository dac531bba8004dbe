/** Events about the expiry of a cart. Their ids are stable, so that consumers recognize a repeat. */
import { formatDuration } from '../duration.ts';
import { type CloudEvent, cloudEvent, type EventType } from '../events/cloudEvent.ts';
import { timestamp } from '../time.ts';
import type { Cart } from './cart.ts';

/** A cart expires soon: one event per cart and threshold, in milliseconds before expiry. */
export function cartExpiring(cart: Cart, thresholdMs: number): CloudEvent {
  const threshold = formatDuration(thresholdMs);
  return cartEvent(cart, 'cart.expiring', {
    id: `${lifeId(cart)}.${threshold}`,
    timeMs: cart.expiresMs - thresholdMs,
    data: { threshold, expirationTimestamp: timestamp(cart.expiresMs) },
  });
}

/** A cart has expired: one event per cart. */
export function cartExpired(cart: Cart): CloudEvent {
  return cartEvent(cart, 'cart.expired', {
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
