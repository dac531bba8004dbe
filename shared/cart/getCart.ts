/** Reads a cart. An expired one does not exist for the caller, whether or not the sweeper has run. */
import { type ApiError, apiError } from '../errors.ts';
import type { Ports, Versioned } from '../ports.ts';
import { type CartKey, cartStatus } from './cart.ts';

/** The cart of a key, or the error that it was not found or has expired (docs/contract.md 7.3). */
export async function getCart(
  ports: Pick<Ports, 'carts' | 'now'>,
  key: CartKey,
): Promise<Versioned | { error: ApiError }> {
  return requireLiveCart(await ports.carts.read(key), key, ports.now());
}

/** The same for a cart that has been read. */
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
