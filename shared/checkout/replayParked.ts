/**
 * Starts a new checkout of a cart whose last one was exhausted, when its parked message is replayed. The cart decides, so a
 * replay may happen twice or late: it acts only while that checkout is the cart's last and the cart has not been edited,
 * because no caller has requested the checkout of the edited cart.
 */
import { type Cart, cartStatus, isEditedSinceCheckout } from '../cart/cart.ts';
import { ERRORS, isUnavailable, ServiceError } from '../errors.ts';
import type { Ports } from '../ports.ts';
import type { CheckoutMessage } from './message.ts';
import { type CheckoutRequest, requestCheckout } from './requestCheckout.ts';

type ReplayPorts = Pick<Ports, 'carts' | 'due' | 'checkouts' | 'parked' | 'now' | 'log'>;

export type ReplayContext = Pick<CheckoutRequest, 'watchdogMs' | 'uuidV8'>;

/**
 * Requests the checkout of the cart as a caller would. When storage does not respond, the message returns to `parked`; any
 * other error is thrown, and the broker redelivers the message.
 */
export async function replayParkedCheckout(
  ports: ReplayPorts,
  message: CheckoutMessage,
  context: ReplayContext,
): Promise<void> {
  try {
    await restart(ports, message, context);
  } catch (error) {
    if (!isUnavailable(error)) throw error;
    await ports.parked.parkExpired(message, {
      // A new id: the broker may still remember the first one and would drop the message as a duplicate.
      id: `${message.checkoutId}.exhausted.${ports.now()}`,
      source: 'checkout',
      reason: 'StorageUnavailable',
      description: 'Storage did not respond when the checkout was replayed.',
    });
  }
}

async function restart(ports: ReplayPorts, message: CheckoutMessage, context: ReplayContext): Promise<void> {
  const { tenant, customer, cartId, checkoutId, traceparent, correlationId } = message;
  const key = { tenant, customer, cartId };
  const stored = await ports.carts.read(key);
  const obsolete = whyObsolete(stored?.cart, checkoutId, ports.now());
  if (obsolete !== undefined || !stored) {
    ports.log.info('checkout not replayed', { ...key, checkoutId, why: obsolete });
    return;
  }
  const origin = { traceparent, correlationId };
  const requested = await requestCheckout(ports, key, { ...context, ...origin, ifMatch: [stored.etag] });
  if (!('error' in requested)) {
    ports.log.info('checkout replayed', { ...key, after: checkoutId, checkoutId: requested.checkout.id });
  } else if (requested.error.name === 'etagMismatch') {
    return restart(ports, message, context); // changed since it was read
  } else if (ERRORS[requested.error.name].retryable) {
    throw new ServiceError(requested.error);
  } else {
    ports.log.info('checkout not replayed', { ...key, checkoutId, why: requested.error.description });
  }
}

/** Why nothing is to be replayed; `undefined` when the checkout is. */
function whyObsolete(cart: Cart | undefined, checkoutId: string, nowMs: number): string | undefined {
  if (!cart) return 'there is no such cart';
  const { checkout } = cart;
  if (checkout?.id !== checkoutId) return 'the cart has been in another checkout since';
  if (!checkout.exhausted || checkout.endedMs === undefined) return 'the checkout was not exhausted';
  if (cartStatus(cart, nowMs) === 'expired') return 'the cart has expired';
  if (isEditedSinceCheckout(cart)) return 'the cart has been edited since';
  return undefined;
}
