/** Reads a cart. An expired one is gone for the caller, whatever the sweep has done. */
import { type ApiError, apiError } from '../errors.ts';
import type { Ports, Versioned } from '../ports.ts';
import { type CartKey, cartStatus } from './cart.ts';

/** The cart of a key, or the error that it was not found or has expired (docs/contract.md 7.3). */
export async function getCart(ports: Ports, key: CartKey): Promise<Versioned | { error: ApiError }> {
  return requireLiveCart(await ports.carts.read(key), key, ports.now());
}

/** The same of a cart as read. */
export function requireLiveCart(
  stored: Versioned | undefined,
  key: CartKey,
  nowMs: number,
): Versioned | { error: ApiError } {
  if (!stored) return { error: apiError('cartNotFound', `Cart ${key.cartId} was not found.`) };
  if (cartStatus(stored.cart, nowMs) === 'expired') {
    return { error: apiError('cartNotFound', `Cart ${key.cartId} has expired.`) };
  }
  return stored;
}
