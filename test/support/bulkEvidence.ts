/**
 * What a bulk order has left behind, and what must be true of it whatever went wrong on the way: how each item
 * stands, told from its lane, its outcome, its cart and the orders that were made. Crash suite, simulation and
 * kills share it; what must be true of the carts themselves stands in `evidence.ts`.
 */
import {
  type BulkItem,
  type BulkKey,
  type BulkOrder,
  type ItemOutcome,
  isEnded,
  MAX_ITEMS,
} from '../../shared/bulk/bulkOrder.ts';
import type { BulkStore } from '../../shared/bulk/bulkPorts.ts';
import { itemAt, type SizedLane } from '../../shared/bulk/lane.ts';
import { blockOf } from '../../shared/bulk/partition.ts';
import { type Counts, countItems } from '../../shared/bulk/progress.ts';
import { type ItemState, stateInLane } from '../../shared/bulk/readItems.ts';
import type { Cart } from '../../shared/cart/cart.ts';
import { type Order, orderRequests } from '../../shared/orders/order.ts';
import type { BulkDueEntry } from '../../shared/ports.ts';

export interface NumberedItem {
  n: number;
  item: BulkItem;
}

/** A bulk order as it stands. */
export interface StoredBulk {
  order: BulkOrder;
  lanes: readonly SizedLane[];
  items: readonly NumberedItem[];
  outcomes: readonly ItemOutcome[];
}

export interface BulkEvidence extends StoredBulk {
  carts: readonly Cart[];
  /** Order rows. */
  orders: readonly Order[];
  hints: readonly BulkDueEntry[];
}

/** Reads all of it; `undefined` when there is no such bulk order. */
export async function readBulk(store: BulkStore, key: BulkKey): Promise<StoredBulk | undefined> {
  const order = (await store.read(key))?.order;
  if (!order) return undefined;
  const [lanes, outcomes] = await Promise.all([
    store.lanes(order),
    store.outcomes(order, { from: 0, to: MAX_ITEMS }),
  ]);
  const blocks = new Map<number, BulkItem[]>();
  const items: NumberedItem[] = [];
  for (const { lane, length } of lanes) {
    for (let position = 0; position < length; position++) {
      const n = itemAt(order, lane.number, position);
      const first = blockOf(order, n);
      const block = blocks.get(first) ?? (await store.block(order, first));
      blocks.set(first, block);
      const item = block[n - first];
      if (!item) throw new Error(`Bulk order ${order.bulkOrderId} has no item ${n}.`);
      items.push({ n, item });
    }
  }
  return { order, lanes, items, outcomes };
}

/** What is wrong once everything has come to rest, in words; empty when nothing is. */
export function brokenBulk(evidence: BulkEvidence): string[] {
  return [
    ...notEnded(evidence),
    ...unhinted(evidence),
    ...miscounted(evidence),
    ...evidence.items.flatMap((item) => wrongItem(evidence, item)),
  ];
}

function notEnded({ order, lanes }: BulkEvidence): string[] {
  const { waiting, running } = countItems(order, lanes);
  return [
    ...(isEnded(order) ? [] : [`bulk order ${order.bulkOrderId} is still ${order.state}`]),
    ...(waiting + running > 0 ? [`${waiting} items wait and ${running} run for ever`] : []),
  ];
}

/** A bulk order has a hint for as long as it is there. */
export function unhinted({ order, hints }: Pick<BulkEvidence, 'order' | 'hints'>): string[] {
  const isHinted = hints.some(({ bulkOrderId }) => bulkOrderId === order.bulkOrderId);
  return isHinted ? [] : [`bulk order ${order.bulkOrderId} (${order.state}) has no hint`];
}

/** The counters are those of the items, one by one. */
export function miscounted(evidence: StoredBulk): string[] {
  const { order, lanes, items } = evidence;
  const states = items.map((item) => stateOf(evidence, item));
  const count = (state: ItemState) => states.filter((one) => one === state).length;
  const counted: Counts = {
    total: items.length + order.rejected,
    waiting: count('waiting'),
    running: count('running'),
    succeeded: count('succeeded'),
    alreadyOrdered: 0,
    failed: count('failed'),
    cancelled: count('cancelled'),
    rejected: order.rejected,
  };
  const said = countItems(order, lanes);
  return Object.entries(counted).flatMap(([name, number]) =>
    said[name as keyof Counts] === number
      ? []
      : [`the counter ${name} is ${said[name as keyof Counts]}, and there are ${number}`],
  );
}

/** How an item stands; `undefined` when it has ended and nobody knows how. */
function stateOf({ order, lanes, outcomes }: StoredBulk, { n }: NumberedItem): ItemState | undefined {
  const state = stateInLane(order, lanes, n);
  return state === 'ended' ? outcomes.find((outcome) => outcome.n === n)?.state : state;
}

/** One that succeeded has one order for each order group, one that failed has a reason, one that was cancelled has no order. */
function wrongItem(evidence: BulkEvidence, numbered: NumberedItem): string[] {
  const { n, item } = numbered;
  const cart = evidence.carts.find(({ cartId }) => cartId === item.cartId);
  const made = evidence.orders.filter(({ cartId }) => cartId === item.cartId).map(({ orderId }) => orderId);
  const outcome = evidence.outcomes.find((one) => one.n === n);
  const told = outcome?.orders.map(({ id }) => id) ?? [];
  const wrong = (what: string) => [`item ${n} (cart ${item.cartId}) ${what}`];
  switch (stateOf(evidence, numbered)) {
    case 'succeeded': {
      const groups = cart ? orderRequests(cart).size : 0;
      const isWhole = groups > 0 && made.length === groups && same(made, told);
      return isWhole
        ? []
        : wrong(`succeeded with ${made.length} orders, told as ${told.length}, of ${groups}`);
    }
    case 'failed':
      if (!outcome?.errors.every(({ code, description }) => code && description) || !outcome.errors.length) {
        return wrong('failed without a reason');
      }
      return same(made, told) ? [] : wrong(`failed with ${made.length} orders, told as ${told.length}`);
    case 'cancelled':
      return made.length === 0 ? [] : wrong('was cancelled, and ordered');
    case undefined:
      return wrong('has ended, and nobody knows how');
    default:
      return []; // still on its way
  }
}

const same = (some: readonly string[], others: readonly string[]) =>
  JSON.stringify([...some].sort()) === JSON.stringify([...others].sort());
