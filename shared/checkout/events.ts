/**
 * The event that reports how a checkout ended. Its id is made of the checkout's id, so that a repeat is recognized as one.
 */
import type { Cart } from '../cart/cart.ts';
import type { Checkout } from '../cart/checkoutState.ts';
import { cartEvent } from '../cart/events.ts';
import type { CloudEvent } from '../events/cloudEvent.ts';

/** A checkout has ended: `cart.ordered` when every group was placed, `cart.checkoutFailed` with the reasons otherwise. */
export function checkoutEnded(cart: Cart, checkout: Checkout): CloudEvent {
  const orders = checkout.groups.flatMap(({ order, label }) =>
    order ? [{ id: order.orderId, orderGroupId: label }] : [],
  );
  const orderErrors = checkout.groups.flatMap(({ label, state, problem }) =>
    state !== 'placed' && problem
      ? [{ orderGroupId: label, code: Number(problem.code) || 0 }] // no description: a gateway's text may name anything
      : [],
  );
  const isOrdered = checkout.state === 'ordered';
  return cartEvent(cart, isOrdered ? 'cart.ordered.v1' : 'cart.checkoutFailed.v1', {
    id: `${checkout.id}.${isOrdered ? 'ordered' : 'failed'}`,
    timeMs: checkout.endedMs ?? cart.modifiedMs,
    data: { checkoutId: checkout.id, attempts: checkout.attempt, orders, orderErrors },
  });
}
