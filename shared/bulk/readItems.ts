/**
 * Reads the items of a bulk order page by page, all of them or those in one state. What has ended is read from its
 * outcomes; the rest is known from the lanes, and read from the blocks of the list.
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

export interface ItemQuery {
  state?: ItemState | undefined;
  /** Where the page before ended. */
  after?: string | undefined;
  most: number;
}

/** Items that were accepted by number, then those that were rejected. */
export interface ItemPage {
  views: ItemView[];
  rejected: RejectedItem[];
  /** Where the next page goes on; absent after the last. */
  next?: string | undefined;
}

/** How many outcomes are asked for at a time. */
const WINDOW = 1_000;
/** How many blocks are read at a time: where items came one by one, each is a block of its own. */
const SIDE_BY_SIDE = 16;
/** A cursor among the rejected items begins with this, and says how many of them have been read. */
const REJECTED = 'r';

/** Whether a text can be a cursor. */
export const isCursor = (text: string): boolean => /^r?\d{1,5}$/.test(text);

/** Reads a page. */
export async function readItems(ports: Ports, order: BulkOrder, query: ItemQuery): Promise<ItemPage> {
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

/** One more than the page holds, if there are so many: then there is a next page. */
async function readAccepted(
  ports: Ports,
  order: BulkOrder,
  { state, after = '', most }: ItemQuery,
): Promise<ItemView[]> {
  const lanes = await readLanes(ports, order);
  const numbers = numbersOf(order, lanes).filter((n) => after === '' || n > Number(after));
  if (state === 'succeeded' || state === 'failed')
    return readEnded(ports, order, { lanes, numbers, state, most });
  const wanted =
    state === undefined ? numbers : numbers.filter((n) => stateInLane(order, lanes, n) === state);
  const some = wanted.slice(0, most + 1);
  const outcomes =
    state === undefined ? await outcomesOf(ports, order, some) : new Map<number, ItemOutcome>();
  const open = some.filter((n) => !outcomes.has(n)); // an outcome names its item
  const items = await readBlocks(ports, order, open);
  return some.map((n) => {
    const outcome = outcomes.get(n);
    return viewItem(order, lanes, { n, item: outcome ?? items.get(n), outcome });
  });
}

/** A lane that has not prepared itself for the round yet is shown as it will be, and as it is counted. */
async function readLanes(ports: Ports, order: BulkOrder): Promise<SizedLane[]> {
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

async function readEnded(ports: Ports, order: BulkOrder, query: EndedQuery): Promise<ItemView[]> {
  const { lanes, numbers, state, most } = query;
  const views: ItemView[] = [];
  const [first = 0, last = -1] = [numbers[0], numbers.at(-1)];
  for (let from = first; from <= last && views.length <= most; from += WINDOW) {
    const outcomes = await ports.bulk.outcomes(order, { from, to: Math.min(last, from + WINDOW - 1), state });
    // One that is to be done again has an outcome still, and has not ended any more.
    const ended = outcomes.filter(({ n }) => stateInLane(order, lanes, n) === 'ended');
    views.push(...ended.map((outcome) => viewItem(order, lanes, { n: outcome.n, item: outcome, outcome })));
  }
  return views.slice(0, most + 1);
}

async function outcomesOf(ports: Ports, order: BulkOrder, numbers: readonly number[]) {
  const [from, to] = [numbers[0], numbers.at(-1)];
  const outcomes =
    from === undefined || to === undefined ? [] : await ports.bulk.outcomes(order, { from, to });
  return new Map(outcomes.map((outcome) => [outcome.n, outcome]));
}

async function readBlocks(ports: Ports, order: BulkOrder, numbers: readonly number[]) {
  const firsts = [...new Set(numbers.map((n) => blockOf(order, n)))];
  const items = new Map<number, BulkItem>();
  for (let n = 0; n < firsts.length; n += SIDE_BY_SIDE) {
    await Promise.all(firsts.slice(n, n + SIDE_BY_SIDE).map(readBlock));
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
