/**
 * What an erasure has found so far, by identity, so that its counts are exact: a run that continues after a crash counts
 * what an earlier one has removed, and nothing twice. Pure.
 *
 * The row of a running erasure has digests of ids, and the numbers of bulk items as ranges. There is room for more than
 * 100,000 ids in it. Nothing of this is left when the erasure has completed.
 */
import { digestHex } from '../ids.ts';
import type { ErasureCounts } from './erasure.ts';

/** Numbers in ascending order, as pairs of the first and the last of each range. */
type Ranges = [first: number, last: number][];

export interface Seen {
  carts: string[];
  orders: string[];
  deliveries: string[];
  parkedMessages: string[];
  /** The numbers of the items of each bulk order. */
  bulkItems: Record<string, Ranges>;
}

/** The ids of everything that a run has found. */
export interface FoundIds {
  carts: readonly string[];
  orders: readonly string[];
  deliveries: readonly string[];
  parkedMessages: readonly string[];
  bulkItems: readonly { bulkOrderId: string; items: readonly { n: number }[] }[];
}

/** Nothing. */
export const NOTHING_SEEN: Seen = {
  carts: [],
  orders: [],
  deliveries: [],
  parkedMessages: [],
  bulkItems: {},
};

/** 48 bits: among 100,000 ids, two are the same in one of 50,000 erasures. */
const DIGEST_DIGITS = 12;
const digestOf = (id: string): string => digestHex(DIGEST_DIGITS, id);

/** What was seen before, and what was found now. */
export function withFound(seen: Seen, found: FoundIds): Seen {
  const merged = (before: readonly string[], ids: readonly string[]) => [
    ...new Set([...before, ...ids.map(digestOf)]),
  ];
  const bulkItems = { ...seen.bulkItems };
  for (const { bulkOrderId, items } of found.bulkItems) {
    const name = digestOf(bulkOrderId);
    bulkItems[name] = rangesOf([...numbersOf(bulkItems[name] ?? []), ...items.map(({ n }) => n)]);
  }
  return {
    carts: merged(seen.carts, found.carts),
    orders: merged(seen.orders, found.orders),
    deliveries: merged(seen.deliveries, found.deliveries),
    parkedMessages: merged(seen.parkedMessages, found.parkedMessages),
    bulkItems,
  };
}

/** How many of each kind were seen. */
export const countsOf = ({ carts, orders, deliveries, parkedMessages, bulkItems }: Seen): ErasureCounts => ({
  carts: carts.length,
  orders: orders.length,
  bulkItems: Object.values(bulkItems).reduce((sum, ranges) => sum + numbersOf(ranges).length, 0),
  deliveries: deliveries.length,
  parkedMessages: parkedMessages.length,
});

/** Says of a cart whether an earlier run has seen it; it may have been removed since. */
export function seenCarts({ carts }: Seen): (cartId: string) => boolean {
  const digests = new Set(carts);
  return (cartId) => digests.has(digestOf(cartId));
}

const numbersOf = (ranges: Ranges): number[] =>
  ranges.flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, n) => first + n));

function rangesOf(numbers: readonly number[]): Ranges {
  const ranges: Ranges = [];
  for (const number of [...new Set(numbers)].sort((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last && last[1] === number - 1) last[1] = number;
    else ranges.push([number, number]);
  }
  return ranges;
}
