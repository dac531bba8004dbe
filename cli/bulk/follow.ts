/** Polls a bulk order until it has ended, at growing intervals, and reports its progress. */
import { setTimeout as sleep } from 'node:timers/promises';
import { isEnded } from '../../shared/bulk/bulkOrder.ts';
import type { BulkOrder, BulkService } from './client.ts';

const FIRST_INTERVAL_MS = 200;
const MAX_INTERVAL_MS = 2_000;

/** The bulk order as it has ended. */
export async function follow(
  service: Pick<BulkService, 'get'>,
  begun: BulkOrder,
  onProgress: (order: BulkOrder) => void,
): Promise<BulkOrder> {
  let order = begun;
  let intervalMs = FIRST_INTERVAL_MS;
  while (!isEnded(order)) {
    onProgress(order);
    await sleep(intervalMs);
    intervalMs = Math.min(intervalMs * 1.5, MAX_INTERVAL_MS);
    order = await service.get(order.id);
  }
  return order;
}
