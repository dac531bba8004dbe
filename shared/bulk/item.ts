/** How an item stands, told from its lane and its outcome: only what has ended has a row of its own, the rest follows from the lane. */
import type { BulkItem, BulkOrder, ItemOutcome } from './bulkOrder.ts';
import { laneOf, positionOf, type SizedLane } from './lane.ts';

export const ITEM_STATES = ['waiting', 'running', 'succeeded', 'failed', 'cancelled', 'rejected'] as const;
export type ItemState = (typeof ITEM_STATES)[number];

/** An item with what is known of it. */
export interface ItemView {
  n: number;
  item: Omit<BulkItem, 'draft'>;
  state: ItemState;
  startedMs?: number | undefined;
  /** Of an item that has ended, and is not to be done again. */
  outcome?: ItemOutcome | undefined;
}

/** What its lane says of an item. The outcome of an earlier round is none while it waits or runs again. */
export function stateInLane(
  order: BulkOrder,
  lanes: readonly SizedLane[],
  n: number,
): 'waiting' | 'running' | 'cancelled' | 'ended' {
  const { lane } = laneWith(order, lanes, n);
  if (lane.running.some((one) => one.n === n)) return 'running';
  if (lane.retryQueue.includes(n)) return 'waiting';
  const position = positionOf(order, n);
  if (position < lane.cursor) return 'ended';
  return position < (lane.limit ?? Number.POSITIVE_INFINITY) ? 'waiting' : 'cancelled';
}

/** An item as a caller sees it. Throws when its outcome should be there and is not. */
export function viewItem(
  order: BulkOrder,
  lanes: readonly SizedLane[],
  { n, item, outcome }: { n: number; item: ItemView['item'] | undefined; outcome?: ItemOutcome | undefined },
): ItemView {
  if (!item) throw new Error(`Bulk order ${order.bulkOrderId} has no item ${n}.`);
  const state = stateInLane(order, lanes, n);
  if (state === 'running') {
    const { lane } = laneWith(order, lanes, n);
    return { n, item, state, startedMs: lane.running.find((one) => one.n === n)?.sinceMs };
  }
  if (state !== 'ended') return { n, item, state };
  if (!outcome) throw new Error(`Bulk order ${order.bulkOrderId} has lost the outcome of item ${n}.`);
  return { n, item, state: outcome.state, startedMs: outcome.startedMs, outcome };
}

function laneWith(order: BulkOrder, lanes: readonly SizedLane[], n: number): SizedLane {
  const found = lanes.find(({ lane }) => lane.number === laneOf(order, n));
  if (!found) throw new Error(`Bulk order ${order.bulkOrderId} has no lane of item ${n}.`);
  return found;
}
