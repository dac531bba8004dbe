/**
 * A lane of a bulk order: with L lanes, lane `k` has the items k, k + L, k + 2L, … and runs a few of them concurrently.
 * One worker at a time leases a lane, and every write is conditional on the ETag. An item is added to `running` before
 * any other effect, and its outcome is written in the transaction that removes it. So the counters are correct after
 * any crash, and an item that a cancel finds waiting never starts.
 *
 *   items of lane 1 of 4:   1   5   9   13   17   21 …
 *                           └ended┘ └running┘ ▲ cursor: not started
 */
import { type BulkOrder, isStopping } from './bulkOrder.ts';

/** An item that has started and not ended. */
export interface RunningItem {
  n: number;
  /** When the item started, in epoch milliseconds. */
  sinceMs: number;
  /** When to run it (again), in epoch milliseconds. */
  atMs: number;
  /** The checkout of the item, once it is known. */
  checkoutId?: string | undefined;
  /** How many unexpected errors the item met. */
  unexpectedErrors: number;
}

export interface Lane {
  number: number;
  /** The retry generation that the lane is prepared for. */
  generation: number;
  /** How many items of the lane have started at least once. */
  cursor: number;
  /** Numbers of the items to retry before any further item starts. */
  retryQueue: number[];
  running: RunningItem[];
  succeeded: number;
  /** The number of items that an earlier bulk order ordered; `succeeded` does not include them. */
  alreadyOrdered: number;
  failed: number;
  /** Items from this position on are cancelled. */
  limit?: number | undefined;
  /** The lane has applied the stop of the bulk order and starts no item. */
  stopped: boolean;
  /** The end of the worker's lease, in epoch milliseconds, renewed by every write. */
  leaseUntilMs?: number | undefined;
  /** The worker of the last write and the number of that write: with these a worker recognizes its own write after a lost response. */
  lastWrite?: { owner: string; n: number } | undefined;
  /** When the lane is due, in epoch milliseconds, while no worker leases it. */
  nextMs?: number | undefined;
}

/** A lane and the number of its items. */
export interface SizedLane {
  lane: Lane;
  length: number;
}

/** A lane of which no item has started. */
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

/** The number of the item at a position of a lane; `laneOf` and `positionOf` are the inverse. */
export const itemAt = ({ lanes }: Pick<BulkOrder, 'lanes'>, lane: number, position: number): number =>
  lane + position * lanes;
export const laneOf = ({ lanes }: Pick<BulkOrder, 'lanes'>, n: number): number => n % lanes;
export const positionOf = ({ lanes }: Pick<BulkOrder, 'lanes'>, n: number): number => Math.floor(n / lanes);

/** All lanes in the order in which a queued item tries them: `lane` first, then the next ones. */
export const lanesFrom = ({ lanes }: Pick<BulkOrder, 'lanes'>, lane: number): number[] =>
  Array.from({ length: lanes }, (_, n) => (lane + n) % lanes);

/** How many items a lane of a bulk order from a list has. */
export const lengthInList = ({ accepted, lanes }: Pick<BulkOrder, 'accepted' | 'lanes'>, lane: number) =>
  Math.max(0, Math.ceil((accepted - lane) / lanes));

/** The position after the last item that may start, in a lane of `length` items. */
export const endOf = ({ limit }: Pick<Lane, 'limit'>, length: number): number =>
  Math.min(length, limit ?? length);

/**
 * Whether no item of a lane of `length` items runs and none is left to start. When the bulk order is stopping, a lane of a
 * `queue` must have applied the stop, so that it cancels items that are appended later; a list gets no further items.
 */
export const isDrained = (order: BulkOrder, lane: Lane, length: number): boolean =>
  lane.generation === order.generation &&
  lane.running.length === 0 &&
  lane.retryQueue.length === 0 &&
  lane.cursor >= endOf(lane, length) &&
  (lane.stopped || !isStopping(order) || order.source === 'list');

export type LeaseDecision =
  /** Another worker leases the lane, or nothing is due: schedule the message again for `untilMs` (epoch milliseconds). */
  { kind: 'wait'; untilMs: number; why: string } | { kind: 'acquire' };

/** Decides whether a worker that received a lane's message acquires the lease. */
export function decideLease(
  order: BulkOrder,
  { lane, length }: Pick<SizedLane, 'lane' | 'length'>,
  nowMs: number,
): LeaseDecision {
  const { leaseUntilMs, nextMs } = lane;
  if (leaseUntilMs !== undefined && nowMs < leaseUntilMs) {
    return { kind: 'wait', untilMs: leaseUntilMs + CLOCK_TOLERANCE_MS, why: 'another worker has the lane' };
  }
  const hasWork =
    lane.generation < order.generation ||
    (isStopping(order) && !lane.stopped) ||
    hasAppendedItems(order, lane, length, nowMs);
  if (!hasWork && nextMs !== undefined && nowMs < nextMs - CLOCK_TOLERANCE_MS) {
    return { kind: 'wait', untilMs: nextMs, why: 'nothing is due yet' };
  }
  return { kind: 'acquire' };
}

/** Whether the worker of the last write still holds the lease, also by the clock of every other worker. */
export const holdsLease = ({ leaseUntilMs = 0 }: Lane, nowMs: number): boolean =>
  nowMs < leaseUntilMs - CLOCK_TOLERANCE_MS;

/** Whether an item was appended after the lane was released, and a slot is free for it. */
function hasAppendedItems(order: BulkOrder, lane: Lane, length: number, nowMs: number): boolean {
  return (
    order.source === 'queue' &&
    lane.cursor < endOf(lane, length) &&
    lane.running.length < order.slots &&
    nowMs >= (order.pausedUntilMs ?? 0)
  );
}

/** The maximum clock skew within a deployment, in milliseconds. */
const CLOCK_TOLERANCE_MS = 2_000;

/**
 * Prepares a lane for the retry generation of the bulk order: queues its failed items and removes its limit, as far as
 * `retryStates` includes failed and cancelled items. `failed` has the numbers of the lane's failed items.
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
