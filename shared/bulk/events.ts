/**
 * The event that reports the end of a bulk order. Its id is made of the order, its retry generation and the number of ended items.
 */
import { type CloudEvent, cloudEvent } from '../events/cloudEvent.ts';
import type { BulkOrder } from './bulkOrder.ts';
import type { Counts } from './progress.ts';

/** A bulk order has come to its end, by itself or because it was cancelled or stopped: one event per end. */
export function bulkOrderEnded(order: BulkOrder, counts: Counts): CloudEvent {
  const { tenant, bulkOrderId, generation, state, reference } = order;
  const ended = counts.total - counts.waiting - counts.running;
  return cloudEvent('bulkorder.completed', {
    tenant,
    id: `${bulkOrderId}.${generation}.${ended}`,
    subject: `bulkorders/${bulkOrderId}`,
    timeMs: order.endedMs ?? order.startedMs,
    data: { bulkOrderId, reference, state, counts },
  });
}
