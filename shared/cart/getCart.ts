/** Reads a cart. An expired one is gone for the caller, whatever the sweep has done. */
import { type Fault, faultOf } from '../errors.ts';
import type { Ports, Stored } from '../ports.ts';
import { type CartKey, phaseOf } from './cart.ts';

/** The cart of a key, or the fault that it was not found or has expired (contract, decision 16). */
export async function getCart(ports: Ports, key: CartKey): Promise<Stored | { fault: Fault }> {
  return presentCart(await ports.carts.read(key), key, ports.now());
}

/** The same of a cart as read. */
export function presentCart(
  stored: Stored | undefined,
  key: CartKey,
  nowMs: number,
): Stored | { fault: Fault } {
  if (!stored) return { fault: faultOf('cartNotFound', `Cart ${key.cartId} was not found.`) };
  if (phaseOf(stored.cart, nowMs) === 'expired') {
    return { fault: faultOf('cartNotFound', `Cart ${key.cartId} has expired.`) };
  }
  return stored;
}
