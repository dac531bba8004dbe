/** Replaces a cart: read, decide, write with the ETag that was read. A race that is lost is run again, but not for a caller that insists on a version. */
import { type ApiError, apiError } from '../errors.ts';
import type { Ports, Versioned } from '../ports.ts';
import type { CartDraft, CartKey } from './cart.ts';
import { decideReplace, type ReplaceContext } from './decideReplace.ts';

const TRIES = 3;

/** Replaces the line items of a cart (docs/contract.md 6.1, 11.1). */
export async function replaceCart(
  ports: Ports,
  key: CartKey,
  draft: CartDraft,
  context: Omit<ReplaceContext, 'nowMs' | 'etag'>,
): Promise<Versioned | { error: ApiError }> {
  for (let tries = 0; tries < TRIES; tries++) {
    const stored = await ports.carts.read(key);
    if (!stored) return { error: apiError('cartNotFound', `Cart ${key.cartId} was not found.`) };
    const decision = decideReplace(stored.cart, draft, { ...context, etag: stored.etag, nowMs: ports.now() });
    if (decision.kind === 'refuse') return { error: decision.error };
    if (decision.kind === 'repeat') return stored;
    const written = await ports.carts.replace(decision.cart, stored.etag);
    if (written) return written;
  }
  return {
    error: apiError('cartBusy', `Cart ${key.cartId} is being changed by other requests.`, {
      retryAfterMs: 1_000,
    }),
  };
}
