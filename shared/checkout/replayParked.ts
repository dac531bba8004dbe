/**
 * Begins a new checkout of a cart whose last one was given up: what the replay of a parked message asks for.
 * The cart decides, so a replay may come twice or late: it acts only while that checkout is the cart's last
 * and the cart is as it was then, because nobody has asked for the checkout of what was edited since.
 */
import { type Cart, cartStatus, isEditedSinceCheckout } from '../cart/cart.ts';
import { ERRORS, isUnavailable, ServiceError } from '../errors.ts';
import type { Ports } from '../ports.ts';
import type { CheckoutMessage } from './message.ts';
import { type CheckoutRequest, requestCheckout } from './requestCheckout.ts';

export type ReplayContext = Pick<CheckoutRequest, 'watchdogMs' | 'uuidV8'>;

/**
 * Asks for the checkout of the cart as a caller would: hint, mark, send. Storage that does not answer brings
 * the message back to `parked`; any other throw is for the broker's redelivery.
 */
export async function replayParkedCheckout(
  ports: Ports,
  message: CheckoutMessage,
  context: ReplayContext,
): Promise<void> {
  try {
    await begin(ports, message, context);
  } catch (error) {
    if (!isUnavailable(error)) throw error;
    await ports.parked.parkExpired(message, {
      // Of its own: the id under which it was parked first may still be remembered, and this would be dropped.
      id: `${message.checkoutId}.exhausted.${ports.now()}`,
      source: 'checkout',
      reason: 'StorageUnavailable',
      description: 'Storage did not answer when the checkout was to begin again.',
    });
  }
}

async function begin(ports: Ports, message: CheckoutMessage, context: ReplayContext): Promise<void> {
  const { tenant, customer, cartId, checkoutId, traceparent } = message;
  const key = { tenant, customer, cartId };
  const stored = await ports.carts.read(key);
  const obsolete = whyObsolete(stored?.cart, checkoutId, ports.now());
  if (obsolete !== undefined || !stored) {
    ports.log.info('checkout does not begin again', { ...key, checkoutId, why: obsolete });
    return;
  }
  const asked = await requestCheckout(ports, key, { ...context, traceparent, ifMatch: [stored.etag] });
  if (!('error' in asked)) {
    ports.log.info('checkout begins again', { ...key, after: checkoutId, checkoutId: asked.checkout.id });
  } else if (asked.error.name === 'etagMismatch') {
    return begin(ports, message, context); // changed since it was read: look again
  } else if (ERRORS[asked.error.name].retryable) {
    throw new ServiceError(asked.error);
  } else {
    ports.log.info('checkout does not begin again', { ...key, checkoutId, why: asked.error.description });
  }
}

/** Why there is nothing to begin again; `undefined` when there is. */
function whyObsolete(cart: Cart | undefined, checkoutId: string, nowMs: number): string | undefined {
  if (!cart) return 'there is no such cart';
  const { checkout } = cart;
  if (checkout?.id !== checkoutId) return 'the cart has been in another checkout since';
  if (!checkout.exhausted || checkout.endedMs === undefined) return 'the checkout was not given up';
  if (cartStatus(cart, nowMs) === 'expired') return 'the cart has expired';
  if (isEditedSinceCheckout(cart)) return 'the cart has been edited since';
  return undefined;
}
