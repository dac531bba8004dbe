/** The invariants of expiry events and of orders that outlive their cart, which hold after any failure. */
import { parseDuration } from '../../shared/duration.ts';
import type { Evidence } from './evidence.ts';

/** The orders of a purged cart have a due entry for the end of their own retention. */
export function keptForever({
  writes,
  carts,
  orders,
  dueEntries,
}: Pick<Evidence, 'writes' | 'carts' | 'orders' | 'dueEntries'>): string[] {
  const standing = new Set(carts.map(({ cartId }) => cartId));
  const due = new Set(dueEntries.map(({ cartId }) => cartId));
  return [...new Map(writes.map((cart) => [cart.cartId, cart])).values()]
    .filter(({ cartId }) => !standing.has(cartId) && !due.has(cartId))
    .filter((cart) => orders.some(({ cartId }) => cartId === cart.cartId))
    .map(({ cartId }) => `the orders of the purged cart ${cartId} have no due entry`);
}

/** A `cart.expiring` is of the most urgent threshold that was due when it was published, and has the true remaining time. */
export function outdatedNotices({ events = [] }: Pick<Evidence, 'events'>): string[] {
  const notices = events.filter(({ type }) => type === 'cart.expiring.v1');
  const msOf = (value: unknown) => parseDuration(String(value)) ?? Number.NaN;
  const thresholds = new Set(notices.map(({ data }) => msOf(data.threshold)));
  return notices
    .filter(({ data }) => {
      const [thresholdMs, remainingMs] = [msOf(data.threshold), msOf(data.remaining)];
      const isMissed = [...thresholds].some((other) => other < thresholdMs && remainingMs < other);
      return isMissed || !(remainingMs <= thresholdMs);
    })
    .map(({ id, data }) => `event ${id} was published ${data.remaining} before the expiry`);
}
