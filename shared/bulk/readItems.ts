/**
 * Reads the items of a bulk order page by page: all items, or those in one state. Ended items are read from their
 * outcomes; the state of the others comes from the lanes, and their content from the blocks of the list.
 */
import type { Ports } from '../ports.ts';
import {
  type BulkItem,
  type BulkOrder,
  type ItemOutcome,
  MAX_ITEMS,
  type RejectedItem,
} from './bulkOrder.ts';
import { itemAt, laneOf, positionOf, prepareLane, type SizedLane } from './lane.ts';
import { blockOf } from './partition.ts';

type ReadPorts = Pick<Ports, 'bulk'>;

export interface ItemQuery {
  state?: ItemState | undefined;
  /** The cursor of the previous page. */
  after?: string | undefined;
  most: number;
}

/** Accepted items in order of number, then rejected items. */
export interface ItemPage {
  views: ItemView[];
  rejected: RejectedItem[];
  /** The cursor of the next page; absent on the last page. */
  next?: string | undefined;
}

/** How many item numbers one query for outcomes covers. */
const WINDOW = 1_000;
/** How many blocks are read concurrently: each item from the queue is a separate block. */
const CONCURRENT_READS = 16;
/** The prefix of a cursor among the rejected items; the number after it is how many of them have been read. */
const REJECTED = 'r';

/** Whether a text has the form of a cursor. */
export const isCursor = (text: string): boolean => /^r?\d{1,5}$/.test(text);

/** Reads one page of at most `query.most` items (docs/contract.md 19.8). */
export async function readItems(ports: ReadPorts, order: BulkOrder, query: ItemQuery): Promise<ItemPage> {
  const { state, after = '', most } = query;
  const isRejectedOnly = state === 'rejected' || after.startsWith(REJECTED);
  const views = isRejectedOnly ? [] : await readAccepted(ports, order, query);
  if (views.length > most) return page(views.slice(0, most), [], String(views[most - 1]?.n));
  if (state !== undefined && state !== 'rejected') return page(views, []);
  const all = order.rejected > 0 ? await ports.bulk.rejected(order) : [];
  const from = after.startsWith(REJECTED) ? Number(after.slice(REJECTED.length)) : 0;
  const to = from + most - views.length;
  return page(views, all.slice(from, to), to < all.length ? `${REJECTED}${to}` : undefined);
}

const page = (views: ItemView[], rejected: RejectedItem[], next?: string | undefined): ItemPage => ({
  views,
  rejected,
  next,
});

/** Reads at most one item more than the page holds; the extra item shows that there is a next page. */
async function readAccepted(
  ports: ReadPorts,
  order: BulkOrder,
  { state, after = '', most }: ItemQuery,
): Promise<ItemView[]> {
  const lanes = await readLanes(ports, order);
  const numbers = numbersOf(order, lanes).filter((n) => after === '' || n > Number(after));
  if (state === 'succeeded' || state === 'failed')
    return readEnded(ports, order, { lanes, numbers, state, most });
  const wanted =
    state === undefined ? numbers : numbers.filter((n) => stateInLane(order, lanes, n) === state);
  const selected = wanted.slice(0, most + 1);
  const outcomes =
    state === undefined ? await outcomesOf(ports, order, selected) : new Map<number, ItemOutcome>();
  const open = selected.filter((n) => !outcomes.has(n)); // an outcome contains what the view needs of its item
  const items = await readBlocks(ports, order, open);
  return selected.map((n) => {
    const outcome = outcomes.get(n);
    return viewItem(order, lanes, { n, item: outcome ?? items.get(n), outcome });
  });
}

/** Reads the lanes. A lane of an earlier retry generation is returned as prepared for the current one, as `countItems` counts it. */
async function readLanes(ports: ReadPorts, order: BulkOrder): Promise<SizedLane[]> {
  const lanes = await ports.bulk.lanes(order);
  if (lanes.every(({ lane }) => lane.generation === order.generation)) return lanes;
  const failed = await ports.bulk.failed(order, { from: 0, to: MAX_ITEMS });
  return lanes.map(({ lane, length }) => {
    if (lane.generation === order.generation) return { lane, length };
    const own = failed.filter((n) => laneOf(order, n) === lane.number);
    return { lane: prepareLane(lane, order, own), length };
  });
}

interface EndedQuery {
  lanes: readonly SizedLane[];
  numbers: readonly number[];
  state: 'succeeded' | 'failed';
  most: number;
}

async function readEnded(ports: ReadPorts, order: BulkOrder, query: EndedQuery): Promise<ItemView[]> {
  const { lanes, numbers, state, most } = query;
  const views: ItemView[] = [];
  const [first = 0, last = -1] = [numbers[0], numbers.at(-1)];
  for (let from = first; from <= last && views.length <= most; from += WINDOW) {
    const outcomes = await ports.bulk.outcomes(order, { from, to: Math.min(last, from + WINDOW - 1), state });
    // An item that a retry runs again still has an outcome, but its state is no longer `ended`.
    const ended = outcomes.filter(({ n }) => stateInLane(order, lanes, n) === 'ended');
    views.push(...ended.map((outcome) => viewItem(order, lanes, { n: outcome.n, item: outcome, outcome })));
  }
  return views.slice(0, most + 1);
}

async function outcomesOf(ports: ReadPorts, order: BulkOrder, numbers: readonly number[]) {
  const [from, to] = [numbers[0], numbers.at(-1)];
  const outcomes =
    from === undefined || to === undefined ? [] : await ports.bulk.outcomes(order, { from, to });
  return new Map(outcomes.map((outcome) => [outcome.n, outcome]));
}

async function readBlocks(ports: ReadPorts, order: BulkOrder, numbers: readonly number[]) {
  const firsts = [...new Set(numbers.map((n) => blockOf(order, n)))];
  const items = new Map<number, BulkItem>();
  for (let n = 0; n < firsts.length; n += CONCURRENT_READS) {
    await Promise.all(firsts.slice(n, n + CONCURRENT_READS).map(readBlock));
  }
  return items;

  async function readBlock(first: number): Promise<void> {
    for (const [i, item] of (await ports.bulk.block(order, first)).entries()) items.set(first + i, item);
  }
}

/** The numbers of all items that were accepted, in order. */
function numbersOf(order: BulkOrder, lanes: readonly SizedLane[]): number[] {
  const ofLane = ({ lane, length }: SizedLane) =>
    Array.from({ length }, (_, position) => itemAt(order, lane.number, position));
  return lanes.flatMap(ofLane).sort((a, b) => a - b);
}

export const ITEM_STATES = ['waiting', 'running', 'succeeded', 'failed', 'cancelled', 'rejected'] as const;

export type ItemState = (typeof ITEM_STATES)[number];

/** An item with its state. */
export interface ItemView {
  n: number;
  item: Omit<BulkItem, 'draft'>;
  state: ItemState;
  startedMs?: number | undefined;
  /** The checkout of its cart, as soon as it is known: the cart exists then. */
  checkoutId?: string | undefined;
  /** Present when the item has ended and no retry runs it again. */
  outcome?: ItemOutcome | undefined;
}

/** The state of an item by its lane. While an item waits or runs again, its earlier outcome does not count. */
export function stateInLane(
  order: BulkOrder,
  lanes: readonly SizedLane[],
  n: number,
): 'waiting' | 'running' | 'cancelled' | 'ended' {
  const { lane } = laneWith(order, lanes, n);
  if (lane.running.some((item) => item.n === n)) return 'running';
  if (lane.retryQueue.includes(n)) return 'waiting';
  const position = positionOf(order, n);
  if (position < lane.cursor) return 'ended';
  return position < (lane.limit ?? Number.POSITIVE_INFINITY) ? 'waiting' : 'cancelled';
}

/** Returns the view of an item. Throws when the item, its lane or the outcome of an ended item is missing. */
export function viewItem(
  order: BulkOrder,
  lanes: readonly SizedLane[],
  { n, item, outcome }: { n: number; item: ItemView['item'] | undefined; outcome?: ItemOutcome | undefined },
): ItemView {
  if (!item) throw new Error(`Bulk order ${order.bulkOrderId} has no item ${n}.`);
  const state = stateInLane(order, lanes, n);
  if (state === 'running') {
    const { lane } = laneWith(order, lanes, n);
    const { sinceMs: startedMs, checkoutId } = lane.running.find((running) => running.n === n) ?? {};
    return { n, item, state, startedMs, checkoutId };
  }
  if (state !== 'ended') return { n, item, state };
  if (!outcome) throw new Error(`Bulk order ${order.bulkOrderId} has no outcome for item ${n}.`);
  const { startedMs, checkoutId } = outcome;
  return { n, item, state: outcome.state, startedMs, checkoutId, outcome };
}

function laneWith(order: BulkOrder, lanes: readonly SizedLane[], n: number): SizedLane {
  const found = lanes.find(({ lane }) => lane.number === laneOf(order, n));
  if (!found) throw new Error(`Bulk order ${order.bulkOrderId} has no lane for item ${n}.`);
  return found;
}
