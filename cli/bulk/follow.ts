/** Looks at a bulk order until it has ended, at growing intervals, and tells how far it is. */
import { setTimeout as pause } from 'node:timers/promises';
import { isEnded } from '../../shared/bulk/bulkOrder.ts';
import type { BulkOrder, BulkService } from './client.ts';

const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 2_000;

/** The bulk order as it has ended. */
export async function follow(
  service: BulkService,
  begun: BulkOrder,
  onLook: (order: BulkOrder) => void,
): Promise<BulkOrder> {
  let order = begun;
  for (let pauseMs = FIRST_PAUSE_MS; !isEnded(order); pauseMs = Math.min(pauseMs * 1.5, LONGEST_PAUSE_MS)) {
    onLook(order);
    await pause(pauseMs);
    order = await service.get(order.id);
  }
  return order;
}
