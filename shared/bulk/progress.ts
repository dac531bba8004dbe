/** What the lanes of a bulk order add up to: the counters that a caller sees, how fast it goes, and when it may be done. */
import type { BulkOrder } from './bulkOrder.ts';
import { isEnded, isStopping } from './bulkOrder.ts';
import { endOf, type SizedLane } from './lane.ts';

/** Every item is in one of these. */
export interface Counts {
  total: number;
  waiting: number;
  running: number;
  succeeded: number;
  /** Skipped, because an earlier bulk order had ordered them. */
  alreadyOrdered: number;
  failed: number;
  cancelled: number;
  rejected: number;
}

/** Counts the items of a bulk order by its lanes. */
export function countItems(order: BulkOrder, lanes: readonly SizedLane[]): Counts {
  const counted = lanes.map((measured) => countLane(order, measured));
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

/** What a lane that has not prepared itself for this round will do again waits already. */
function countLane(order: BulkOrder, { lane, length }: SizedLane) {
  const { retryQueue, running, cursor, succeeded, alreadyOrdered, failed } = lane;
  const isBehind = lane.generation < order.generation;
  const anew = isBehind && order.retryStates.includes('failed') ? failed : 0;
  const end = isBehind && order.retryStates.includes('cancelled') ? length : endOf(lane, length);
  return {
    waiting: retryQueue.length + anew + Math.max(0, end - cursor),
    running: running.length,
    succeeded,
    alreadyOrdered,
    failed: failed - anew,
    cancelled: length - Math.max(cursor, end),
  };
}

/** How many items have ended for good or for ill. */
export const endedOf = ({ succeeded, alreadyOrdered, failed }: Counts): number =>
  succeeded + alreadyOrdered + failed;

export interface Throughput {
  /** Items that ended per minute of this round; absent before the first. */
  perMinute?: number | undefined;
  /** When the last item may have ended, if it goes on like this; absent when nothing is known, or nothing is left. */
  estimatedEndMs?: number | undefined;
}

/** How fast a bulk order goes (epoch milliseconds; items a minute). A pause counts as time that passes. */
export function throughputOf(order: BulkOrder, counts: Counts, nowMs: number): Throughput {
  const ended = endedOf(counts) - order.endedBefore;
  const minutes = ((order.endedMs ?? nowMs) - order.startedMs) / 60_000;
  if (ended <= 0 || minutes <= 0) return {};
  const perMinute = ended / minutes;
  const left = counts.running + (isStopping(order) ? 0 : counts.waiting);
  if (isEnded(order) || left === 0) return { perMinute };
  return { perMinute, estimatedEndMs: nowMs + (left / perMinute) * 60_000 };
}
