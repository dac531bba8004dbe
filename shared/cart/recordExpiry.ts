/**
 * Records on a cart that it has expired, before that is published. The write changes the cart's ETag, so a checkout that
 * was decided just before the expiry can no longer start, and the record keeps later ones from starting whatever their
 * clock says. So no cart is published as expired and then ordered.
 */
import type { Ports, Versioned } from '../ports.ts';
import { type CartKey, cartStatus } from './cart.ts';

const MAX_TRIES = 3;

/** The cart as it is after an expiry that is due has been recorded; `undefined` when there is no cart. */
export async function recordExpiry(
  ports: Pick<Ports, 'carts' | 'now'>,
  key: CartKey,
): Promise<Versioned | undefined> {
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const stored = await ports.carts.read(key);
    const nowMs = ports.now();
    if (!stored || stored.cart.expiredMs !== undefined || cartStatus(stored.cart, nowMs) !== 'expired') {
      return stored;
    }
    const written = await ports.carts.replace({ ...stored.cart, expiredMs: nowMs }, stored.etag);
    if (written) return written;
  }
  throw new Error(`Cart ${key.cartId} is being changed by other requests.`);
}
