/**
 * Orders line items without a cart of the caller's (docs/contract.md 13.17). It is the checkout of a cart that the call
 * makes: the same due entries, messages and transactions, so that a crash loses and repeats no order. The id of the cart
 * is derived from the call, so that a repeat joins the same checkout, or returns its failure. A cart whose checkout has
 * failed is never announced, and is purged like any other.
 */
import type { CartDraft, CartKey } from '../cart/cart.ts';
import { type CreateContext, createCart, newCart } from '../cart/createCart.ts';
import { orderGroups } from '../cart/orderGroup.ts';
import { type ApiError, apiError } from '../errors.ts';
import type { Ports } from '../ports.ts';
import { lineItemFailure } from './decideStart.ts';
import { type CheckoutRequest, type RequestedCheckout, requestCheckout } from './requestCheckout.ts';

/** Starts or joins the checkout of these line items, which are one order. What cannot be bought stores nothing. */
export async function orderDirectly(
  ports: Pick<Ports, 'carts' | 'due' | 'checkouts' | 'now' | 'log'>,
  key: CartKey,
  draft: CartDraft,
  { create: given, checkout }: { create: CreateContext; checkout: CheckoutRequest },
): Promise<RequestedCheckout> {
  const create: CreateContext = { ...given, isDirectOrder: true };
  const problem = problemOf(key, draft, { ...create, nowMs: ports.now() });
  // A repeat of a call that was carried out returns its order, whatever the catalogue says by now.
  if (problem && !(await ports.carts.read(key))) return { error: problem };
  const created = await createCart(ports, key, draft, create);
  return 'error' in created ? created : requestCheckout(ports, key, checkout);
}

function problemOf(
  key: CartKey,
  draft: CartDraft,
  context: CreateContext & { nowMs: number },
): ApiError | undefined {
  const cart = newCart(key, draft, context);
  const groups = orderGroups(cart.lineItems);
  if (groups.length > 1) {
    const description = 'The lines of an order are either all legacy offers or all modern catalog items.';
    return apiError('invalidInput', description, {
      data: [{ path: 'lineItems', message: 'must be of one purchase system' }],
    });
  }
  return lineItemFailure(cart);
}
