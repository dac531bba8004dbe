/**
 * Writes a checkout to its cart, and recognizes its own write. When the response to a write is lost, the storage client
 * repeats it and is told that the ETag no longer matches; the worker then reads the cart again and continues if it finds
 * exactly what it wrote. A lease contains its owner, so that no other worker writes the same one.
 */
import type { Cart } from '../cart/cart.ts';
import type { Order } from '../orders/order.ts';
import type { Ports, Versioned } from '../ports.ts';

/** Replaces the cart; `undefined` when another worker has written it since it was read. */
export async function replaceCheckout(
  ports: Pick<Ports, 'carts'>,
  cart: Cart,
  etag: string,
): Promise<Versioned | undefined> {
  return (await ports.carts.replace(cart, etag)) ?? ownWrite(ports, cart);
}

/** The stored cart, if its checkout is the one that this worker tried to write. */
async function ownWrite(ports: Pick<Ports, 'carts'>, cart: Cart): Promise<Versioned | undefined> {
  const stored = await ports.carts.read(cart);
  return stored && JSON.stringify(stored.cart.checkout) === JSON.stringify(cart.checkout)
    ? stored
    : undefined;
}

/** Commits the cart and its new orders; `undefined` when another worker has written the cart since it was read. */
export async function commitCheckout(
  ports: Pick<Ports, 'carts'>,
  cart: Cart,
  etag: string,
  orders: readonly Order[],
): Promise<Versioned | undefined> {
  return (await ports.carts.commit(cart, etag, orders)) ?? ownWrite(ports, cart);
}
