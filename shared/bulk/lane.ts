/**
 * A lane of a bulk order: every so-many-eth item of it, of which a few run at a time. One worker has a lane at a
 * time, and writes it with its ETag: an item is on the list of those that run before anything is done for it, and
 * its outcome is written in the transaction that takes it off. So the counters are never wrong by one, whatever
 * crashes, and what a cancel finds not begun never begins.
 *
 *   items of lane 1 of 4:   1   5   9   13   17   21 …
 *                           └ended┘ └running┘ ▲ position: not begun
 */
import { type BulkOrder, isStopping } from './bulkOrder.ts';

/** An item on its way. */
export interface RunningItem {
  n: number;
  sinceMs: number;
  /** When to look at it (again). */
  atMs: number;
  /** The checkout that was asked for, once it is known. */
  checkoutId?: string | undefined;
  /** How often something happened that nobody expects. */
  unexpectedErrors: number;
}

export interface Lane {
  number: number;
  /** The round that it has prepared itself for. */
  generation: number;
  /** How many of its items have begun in the first place. */
  cursor: number;
  /** Items to be done again before any further one begins. */
  retryQueue: number[];
  running: RunningItem[];
  succeeded: number;
  /** Items that an earlier bulk order had ordered; they are not among those that succeeded. */
  alreadyOrdered: number;
  failed: number;
  /** Items from this position on were cancelled before they began. */
  limit?: number | undefined;
  /** It knows that the bulk order is to end, and begins nothing any more. */
  stopped: boolean;
  /** Until when one worker alone may go on, renewed with every write. */
  leaseUntilMs?: number | undefined;
  /** The worker that wrote the lane last and the number of its write: by these it recognizes a write whose response was lost. */
  lastWrite?: { owner: string; n: number } | undefined;
  /** When somebody is to look at it, while nobody has it. */
  nextMs?: number | undefined;
}

/** A lane and how many items it has. */
export interface SizedLane {
  lane: Lane;
  length: number;
}

/** A lane with nothing done. */
export const newLane = (number: number): Lane => ({
  number,
  generation: 1,
  cursor: 0,
  retryQueue: [],
  running: [],
  succeeded: 0,
  alreadyOrdered: 0,
  failed: 0,
  stopped: false,
});

/** The number of a lane's item at a position, and back. */
export const itemAt = ({ lanes }: Pick<BulkOrder, 'lanes'>, lane: number, position: number): number =>
  lane + position * lanes;
export const laneOf = ({ lanes }: Pick<BulkOrder, 'lanes'>, n: number): number => n % lanes;
export const positionOf = ({ lanes }: Pick<BulkOrder, 'lanes'>, n: number): number => Math.floor(n / lanes);

/** All lanes, in the order in which an item of one tries them that comes by itself: its own, and if that is full the next. */
export const lanesFrom = ({ lanes }: Pick<BulkOrder, 'lanes'>, lane: number): number[] =>
  Array.from({ length: lanes }, (_, n) => (lane + n) % lanes);

/** How many items a lane of a list has. */
export const lengthInList = ({ accepted, lanes }: Pick<BulkOrder, 'accepted' | 'lanes'>, lane: number) =>
  Math.max(0, Math.ceil((accepted - lane) / lanes));

/** The position behind the last item that is to begin, of a lane of so many items. */
export const endOf = ({ limit }: Pick<Lane, 'limit'>, length: number): number =>
  Math.min(length, limit ?? length);

/** Whether nothing of a lane of so many items runs, and nothing is to begin. Of a list nothing ever comes that a lane would have to refuse, so it need not know that the bulk order is to end. */
export const isDrained = (order: BulkOrder, lane: Lane, length: number): boolean =>
  lane.generation === order.generation &&
  lane.running.length === 0 &&
  lane.retryQueue.length === 0 &&
  lane.cursor >= endOf(lane, length) &&
  (lane.stopped || !isStopping(order) || order.source === 'list');

export type LeaseDecision =
  /** The bulk order has ended, or has begun anew since. */
  | { kind: 'obsolete'; why: string }
  /** Somebody has the lane, or there is nothing to do before: send the message again for then. */
  | { kind: 'wait'; untilMs: number; why: string }
  | { kind: 'take' };

/** Whether a worker that was told to look at a lane takes it. */
export function decideLease(
  order: BulkOrder,
  { lane, length }: Pick<SizedLane, 'lane' | 'length'>,
  nowMs: number,
): LeaseDecision {
  const { leaseUntilMs, nextMs } = lane;
  if (leaseUntilMs !== undefined && nowMs < leaseUntilMs) {
    return { kind: 'wait', untilMs: leaseUntilMs + CLOCK_TOLERANCE_MS, why: 'another worker has the lane' };
  }
  const hasNews =
    lane.generation < order.generation ||
    (isStopping(order) && !lane.stopped) ||
    hasArrivals(order, lane, length, nowMs);
  if (!hasNews && nextMs !== undefined && nowMs < nextMs - CLOCK_TOLERANCE_MS) {
    return { kind: 'wait', untilMs: nextMs, why: 'nothing is due yet' };
  }
  return { kind: 'take' };
}

/** Whether the lane is still the worker's who wrote it last, whatever the clocks of others say. */
export const holdsLease = ({ leaseUntilMs = 0 }: Lane, nowMs: number): boolean =>
  nowMs < leaseUntilMs - CLOCK_TOLERANCE_MS;

/** Whether an item has come since the lane was left, and there is room for it. */
function hasArrivals(order: BulkOrder, lane: Lane, length: number, nowMs: number): boolean {
  return (
    order.source === 'queue' &&
    lane.cursor < endOf(lane, length) &&
    lane.running.length < order.slots &&
    nowMs >= (order.pausedUntilMs ?? 0)
  );
}

/** How far clocks of one deployment may stand apart, in milliseconds. */
const CLOCK_TOLERANCE_MS = 2_000;

/**
 * The lane as a new round finds it: what failed is done again, and after a cancel what was never begun goes on,
 * as far as the round is about them. `failed` are the numbers of its items that failed.
 */
export function prepareLane(lane: Lane, order: BulkOrder, failed: readonly number[]): Lane {
  const retryQueue = order.retryStates.includes('failed') ? [...failed] : [];
  return {
    ...lane,
    generation: order.generation,
    retryQueue,
    failed: lane.failed - retryQueue.length,
    limit: order.retryStates.includes('cancelled') ? undefined : lane.limit,
    stopped: false,
  };
}
