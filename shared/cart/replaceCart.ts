/** Replaces a cart: read, decide, write with the ETag that was read. A lost race is repeated, unless the caller sent `If-Match`. */
import { type ApiError, apiError } from '../errors.ts';
import type { Ports, Versioned } from '../ports.ts';
import type { CartDraft, CartKey } from './cart.ts';
import { decideReplace, type ReplaceContext } from './decideReplace.ts';

const MAX_TRIES = 3;

/** Replaces the line items of a cart (docs/contract.md 6.1, 11.1). */
export async function replaceCart(
  ports: Pick<Ports, 'carts' | 'now'>,
  key: CartKey,
  draft: CartDraft,
  context: Omit<ReplaceContext, 'nowMs' | 'etag'>,
): Promise<Versioned | { error: ApiError }> {
  for (let tries = 0; tries < MAX_TRIES; tries++) {
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
