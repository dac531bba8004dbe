/**
 * Tells how a checkout ended: the event, and for one whose attempts are exhausted a copy in `parked`. Told
 * by whoever ends it, by a redelivery, and once by the sweep, always under the same ids: at least once, unless
 * the caller has begun another checkout of the cart before, and once for those who look at the id.
 */
import type { Cart } from '../cart/cart.ts';
import type { Checkout } from '../cart/checkoutState.ts';
import type { Ports } from '../ports.ts';
import { checkoutEnded } from './events.ts';

/** Publishes the outcome of an ended checkout. */
export async function publishOutcome(ports: Ports, cart: Cart, checkout: Checkout): Promise<void> {
  await ports.events.publish(checkoutEnded(cart, checkout));
  if (!checkout.exhausted) return;
  const { tenant, customer, cartId } = cart;
  const { id: checkoutId, attempt, traceparent } = checkout;
  await ports.parked.parkExpired(
    { tenant, customer, cartId, checkoutId, attempt, traceparent },
    {
      id: `${checkoutId}.exhausted`,
      source: 'checkout',
      reason: 'AttemptsExhausted',
      description: `${attempt} attempts; the last problem: ${checkout.lastProblem?.description ?? 'none'}`,
    },
  );
}
