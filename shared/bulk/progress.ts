/** Progress of a bulk order, computed from its lanes: the counters, the throughput and the estimated end. */
import type { BulkOrder } from './bulkOrder.ts';
import { isEnded, isStopping } from './bulkOrder.ts';
import { endOf, type SizedLane } from './lane.ts';

/** The number of items in each state; every item is in exactly one, and `total` is the sum of the others. */
export interface Counts {
  total: number;
  waiting: number;
  running: number;
  succeeded: number;
  /** Items that were skipped because an earlier bulk order ordered them. */
  alreadyOrdered: number;
  failed: number;
  cancelled: number;
  rejected: number;
}

/** Counts the items of a bulk order (docs/contract.md 19.6). */
export function countItems(order: BulkOrder, lanes: readonly SizedLane[]): Counts {
  const counted = lanes.map((lane) => countLane(order, lane));
  const sum = (name: keyof (typeof counted)[number]) =>
    counted.reduce((total, counts) => total + counts[name], 0);
  return {
    total: order.rejected + lanes.reduce((total, { length }) => total + length, 0),
    waiting: sum('waiting'),
    running: sum('running'),
    succeeded: sum('succeeded'),
    alreadyOrdered: sum('alreadyOrdered'),
    failed: sum('failed'),
    cancelled: sum('cancelled'),
    rejected: order.rejected,
  };
}

/** The items that a retry runs again count as waiting, also before the lane is prepared for the retry generation. */
function countLane(order: BulkOrder, { lane, length }: SizedLane) {
  const { retryQueue, running, cursor, succeeded, alreadyOrdered, failed } = lane;
  const isBehind = lane.generation < order.generation;
  const retried = isBehind && order.retryStates.includes('failed') ? failed : 0;
  const end = isBehind && order.retryStates.includes('cancelled') ? length : endOf(lane, length);
  return {
    waiting: retryQueue.length + retried + Math.max(0, end - cursor),
    running: running.length,
    succeeded,
    alreadyOrdered,
    failed: failed - retried,
    cancelled: length - Math.max(cursor, end),
  };
}

/** How many items have ended, successfully or not. */
export const endedOf = ({ succeeded, alreadyOrdered, failed }: Counts): number =>
  succeeded + alreadyOrdered + failed;

export interface Throughput {
  /** Items that ended per minute of this retry generation; absent before the first. */
  perMinute?: number | undefined;
  /** When the last item ends at this rate, in epoch milliseconds; absent when no rate is known or no item is left. */
  estimatedEndMs?: number | undefined;
}

/** Returns the throughput of a bulk order at `nowMs` (epoch milliseconds). Pauses count as elapsed time. */
export function throughputOf(order: BulkOrder, counts: Counts, nowMs: number): Throughput {
  const ended = endedOf(counts) - order.endedBefore;
  const minutes = ((order.endedMs ?? nowMs) - order.startedMs) / 60_000;
  if (ended <= 0 || minutes <= 0) return {};
  const perMinute = ended / minutes;
  const remaining = counts.running + (isStopping(order) ? 0 : counts.waiting);
  if (isEnded(order) || remaining === 0) return { perMinute };
  return { perMinute, estimatedEndMs: nowMs + (remaining / perMinute) * 60_000 };
}
