/**
 * Publishes how a checkout ended: the event, and a copy in `parked` when its attempts are exhausted. The worker that ends
 * the checkout publishes it, a redelivery does, and the sweeper does once, always under the same ids. So the outcome is
 * published at least once, unless the caller has started another checkout of the cart before, and consumers recognize a
 * repeat by its id.
 */
import type { Cart } from '../cart/cart.ts';
import type { Checkout } from '../cart/checkoutState.ts';
import type { Ports } from '../ports.ts';
import { checkoutEnded } from './events.ts';
import { checkoutMessage } from './message.ts';

/** Publishes the outcome of an ended checkout. */
export async function publishOutcome(
  ports: Pick<Ports, 'events' | 'parked'>,
  cart: Cart,
  checkout: Checkout,
): Promise<void> {
  await ports.events.publish(checkoutEnded(cart, checkout));
  if (!checkout.exhausted) return;
  await ports.parked.parkExpired(checkoutMessage(cart, checkout), {
    id: `${checkout.id}.exhausted`,
    source: 'checkout',
    reason: 'AttemptsExhausted',
    description: `${checkout.attempt} attempts; the last problem: ${checkout.lastProblem?.description ?? 'none'}`,
  });
}
