/**
 * The event that reports the end of a bulk order. Its id is derived from the bulk order, its retry generation and the
 * number of ended items, so a repeat has the same id.
 */
import { type CloudEvent, cloudEvent } from '../events/cloudEvent.ts';
import type { BulkOrder } from './bulkOrder.ts';
import type { Counts } from './progress.ts';

/** Returns the event for a bulk order that completed or was cancelled or stopped: one event per end (docs/contract.md 18). */
export function bulkOrderEnded(order: BulkOrder, counts: Counts): CloudEvent {
  const { tenant, bulkOrderId, generation, state } = order;
  const ended = counts.total - counts.waiting - counts.running;
  return cloudEvent('bulkorder.completed.v1', {
    tenant,
    id: `${bulkOrderId}.${generation}.${ended}`,
    subject: `bulkorders/${bulkOrderId}`,
    timeMs: order.endedMs ?? order.startedMs,
    data: { bulkOrderId, state, counts },
  });
}
