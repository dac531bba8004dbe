/** What the lanes of a bulk order add up to: the counters that a caller sees, how fast it goes, and when it may be done. */
import type { BulkOrder } from './bulkOrder.ts';
import { isEnded, isStopping } from './bulkOrder.ts';
import { endOf, type Measured } from './lane.ts';

/** Every item is in one of these. */
export interface Counts {
  total: number;
  waiting: number;
  running: number;
  succeeded: number;
  failed: number;
  cancelled: number;
  rejected: number;
}

/** Counts the items of a bulk order by its lanes. */
export function countItems(order: BulkOrder, lanes: readonly Measured[]): Counts {
  const sum = (of: (measured: Measured) => number) =>
    lanes.reduce((total, measured) => total + of(measured), 0);
  return {
    total: order.rejected + sum(({ length }) => length),
    waiting: sum(({ lane, length }) => lane.again.length + Math.max(0, endOf(lane, length) - lane.position)),
    running: sum(({ lane }) => lane.running.length),
    succeeded: sum(({ lane }) => lane.succeeded),
    failed: sum(({ lane }) => lane.failed),
    cancelled: sum(({ lane, length }) => length - Math.max(lane.position, endOf(lane, length))),
    rejected: order.rejected,
  };
}

/** How many items have ended for good or for ill. */
export const endedOf = ({ succeeded, failed }: Counts): number => succeeded + failed;

export interface Pace {
  /** Items that ended per minute of this round; absent before the first. */
  perMinute?: number | undefined;
  /** When the last item may have ended, if it goes on like this; absent when nothing is known, or nothing is left. */
  estimatedEndMs?: number | undefined;
}

/** How fast a bulk order goes (epoch milliseconds; items a minute). A pause counts as time that passes. */
export function paceOf(order: BulkOrder, counts: Counts, nowMs: number): Pace {
  const ended = endedOf(counts) - order.endedBefore;
  const minutes = ((order.endedMs ?? nowMs) - order.startedMs) / 60_000;
  if (ended <= 0 || minutes <= 0) return {};
  const perMinute = ended / minutes;
  const left = counts.running + (isStopping(order) ? 0 : counts.waiting);
  if (isEnded(order) || left === 0) return { perMinute };
  return { perMinute, estimatedEndMs: nowMs + (left / perMinute) * 60_000 };
}
