/**
 * Reads the stored rows of a bulk order and checks its invariants, which hold after any failure: the state of each item
 * agrees with its lane, its outcome, its cart and the placed orders. The crash suite and the kill suite use it; the
 * invariants of carts are in `evidence.ts`.
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

/** A bulk order with its lanes, items and outcomes. */
export interface StoredBulk {
  order: BulkOrder;
  lanes: readonly SizedLane[];
  items: readonly NumberedItem[];
  outcomes: readonly ItemOutcome[];
}

export interface BulkEvidence extends StoredBulk {
  carts: readonly Cart[];
  /** The order rows of the carts. */
  orders: readonly Order[];
  /** The due entries of bulk orders. */
  dueEntries: readonly BulkDueEntry[];
}

/** Reads a bulk order completely; `undefined` when it does not exist. */
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

/** Describes the invariants that are violated after all work has ended; empty when all hold. */
export function brokenBulk(evidence: BulkEvidence): string[] {
  return [
    ...notEnded(evidence),
    ...withoutDueEntry(evidence),
    ...miscounted(evidence),
    ...evidence.items.flatMap((item) => wrongItem(evidence, item)),
  ];
}

function notEnded({ order, lanes }: BulkEvidence): string[] {
  const { waiting, running } = countItems(order, lanes);
  return [
    ...(isEnded(order) ? [] : [`bulk order ${order.bulkOrderId} is still ${order.state}`]),
    ...(waiting + running > 0 ? [`${waiting} items still wait and ${running} still run`] : []),
  ];
}

/** A bulk order has a due entry for as long as it exists. */
function withoutDueEntry({ order, dueEntries }: Pick<BulkEvidence, 'order' | 'dueEntries'>): string[] {
  const hasEntry = dueEntries.some(({ bulkOrderId }) => bulkOrderId === order.bulkOrderId);
  return hasEntry ? [] : [`bulk order ${order.bulkOrderId} (${order.state}) has no due entry`];
}

/** The counters equal the numbers of items in each state. */
function miscounted(evidence: StoredBulk): string[] {
  const { order, lanes, items } = evidence;
  const states = items.map((item) => stateOf(evidence, item));
  const count = (state: ItemState) => states.filter((counted) => counted === state).length;
  const expected: Counts = {
    total: items.length + order.rejected,
    waiting: count('waiting'),
    running: count('running'),
    succeeded: count('succeeded'),
    alreadyOrdered: 0,
    failed: count('failed'),
    cancelled: count('cancelled'),
    rejected: order.rejected,
  };
  const counters = countItems(order, lanes);
  return Object.entries(expected).flatMap(([name, number]) =>
    counters[name as keyof Counts] === number
      ? []
      : [`the counter ${name} is ${counters[name as keyof Counts]}, but ${number} items have that state`],
  );
}

/** The state of an item; `undefined` when it has ended without an outcome. */
function stateOf({ order, lanes, outcomes }: StoredBulk, { n }: NumberedItem): ItemState | undefined {
  const state = stateInLane(order, lanes, n);
  return state === 'ended' ? outcomes.find((outcome) => outcome.n === n)?.state : state;
}

/** A succeeded item has one order for each order group, a failed item has an error, and a cancelled item has no order. */
function wrongItem(evidence: BulkEvidence, numbered: NumberedItem): string[] {
  const { n, item } = numbered;
  const cart = evidence.carts.find(({ cartId }) => cartId === item.cartId);
  const placed = evidence.orders.filter(({ cartId }) => cartId === item.cartId).map(({ orderId }) => orderId);
  const outcome = evidence.outcomes.find((one) => one.n === n);
  const reported = outcome?.orders.map(({ id }) => id) ?? [];
  const wrong = (what: string) => [`item ${n} (cart ${item.cartId}) ${what}`];
  switch (stateOf(evidence, numbered)) {
    case 'succeeded': {
      const groups = cart ? orderRequests(cart).size : 0;
      const isWhole = groups > 0 && placed.length === groups && isSameSet(placed, reported);
      return isWhole
        ? []
        : wrong(
            `succeeded with ${placed.length} orders, ${reported.length} of them reported, for ${groups} order groups`,
          );
    }
    case 'failed':
      if (!outcome?.errors.every(({ code, description }) => code && description) || !outcome.errors.length) {
        return wrong('failed without an error');
      }
      return isSameSet(placed, reported)
        ? []
        : wrong(`failed with ${placed.length} orders, ${reported.length} of them reported`);
    case 'cancelled':
      return placed.length === 0 ? [] : wrong('was cancelled but has an order');
    case undefined:
      return wrong('has ended without an outcome');
    default:
      return []; // waiting or running
  }
}

const isSameSet = (ids: readonly string[], others: readonly string[]) =>
  JSON.stringify([...ids].sort()) === JSON.stringify([...others].sort());
