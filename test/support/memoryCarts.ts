/**
 * Carts and their orders in memory, as one table: a write whose precondition does not hold changes nothing, a
 * transaction is written completely, and every value that is read is a copy.
 */
import type { CartKey } from '../../shared/cart/cart.ts';
import { WriteRejectedError } from '../../shared/errors.ts';
import type { Order } from '../../shared/orders/order.ts';
import type { CartStore, OrderStore, Versioned } from '../../shared/ports.ts';

/** An empty table. */
export function memoryCarts() {
  const carts = new Map<string, Versioned>();
  const orders = new Map<string, Order>();
  let version = 0;
  const cartId = ({ tenant, customer, cartId: id }: CartKey) => `${tenant}_${customer}_${id}`;
  const orderId = (tenant: string, customer: string, id: string) => `${tenant}_${customer}_${id}`;
  const peek = (key: CartKey) => structuredClone(carts.get(cartId(key)));
  const write = (cart: Versioned['cart']): Versioned => {
    carts.set(cartId(cart), structuredClone({ cart, etag: `W/"${++version}"` }));
    return { cart, etag: `W/"${version}"` };
  };
  const groupOf = (order: Order) =>
    [order.cartId, order.isLegacy, order.billingCycle, order.currencyCode].join(' ');
  const holds = (key: CartKey, etag: string) => carts.get(cartId(key))?.etag === etag;

  const store: CartStore = {
    read: async (key) => peek(key),
    insert: async (cart) => (carts.has(cartId(cart)) ? undefined : write(cart)),
    replace: async (cart, etag) => (holds(cart, etag) ? write(cart) : undefined),
    async commit(cart, etag, made) {
      if (!holds(cart, etag)) return undefined;
      const rows = new Map<string, Order>();
      for (const order of made) {
        const id = orderId(cart.tenant, cart.customer, order.orderId);
        if (
          [...orders.values()].some((old) => groupOf(old) === groupOf(order) && old.orderId === order.orderId)
        )
          throw new WriteRejectedError('The order is there already.');
        // The gateway has given this id to an earlier order.
        rows.set(orders.has(id) || rows.has(id) ? `${id} ${groupOf(order)}` : id, structuredClone(order));
      }
      for (const [id, order] of rows) orders.set(id, order);
      return write(cart);
    },
    purge: async (key, etag) => void (holds(key, etag) && carts.delete(cartId(key))),
  };
  const orderStore: OrderStore = {
    read: async (tenant, customer, id) => orders.get(orderId(tenant, customer, id)),
    // The text of an order is its version: an order that is written again as it was has not changed.
    async readVersioned(tenant, customer, id) {
      const order = orders.get(orderId(tenant, customer, id));
      return order && { order: structuredClone(order), etag: JSON.stringify(order) };
    },
    async replace(order, etag) {
      const id = orderId(order.tenant, order.referenceCustomerId, order.orderId);
      if (JSON.stringify(orders.get(id)) !== etag) return false;
      orders.set(id, structuredClone(order));
      return true;
    },
    async page(tenant, customer, { after, most }) {
      const prefix = `${tenant}_${customer}_`;
      const entries = [...orders]
        .filter(([id]) => id.startsWith(prefix))
        .map(([id, order]) => ({ order, cursor: id.slice(prefix.length) }))
        .sort((a, b) => (a.cursor < b.cursor ? -1 : 1))
        .filter(({ cursor }) => after === undefined || cursor > after);
      return { entries: entries.slice(0, most), hasMore: entries.length > most };
    },
    async purge({ tenant, customer, cartId: ofCart }, placedUntilMs) {
      const left: number[] = [];
      for (const [id, order] of orders) {
        if (!id.startsWith(`${tenant}_${customer}_`) || order.cartId !== ofCart) continue;
        if (order.placedMs <= placedUntilMs) orders.delete(id);
        else left.push(order.placedMs);
      }
      return left.length > 0 ? Math.max(...left) : undefined;
    },
  };
  return { store, orderStore, orders, peek };
}
