/** Reads a bulk order. One whose retention has ended is gone for the caller, whatever the sweep has done. */
import { type ApiError, apiError } from '../errors.ts';
import type { Ports } from '../ports.ts';
import { type BulkKey, isEnded } from './bulkOrder.ts';
import type { StoredBulkOrder } from './bulkPorts.ts';
import type { BulkDuePolicy } from './dueActions.ts';

/** The bulk order of a key, or the error that there is none. */
export async function getBulkOrder(
  ports: Ports,
  key: BulkKey,
  { retentionMs }: Pick<BulkDuePolicy, 'retentionMs'>,
): Promise<StoredBulkOrder | { error: ApiError }> {
  const stored = await ports.bulk.read(key);
  const isGone = stored && isEnded(stored.order) && ports.now() >= (stored.order.endedMs ?? 0) + retentionMs;
  if (stored && !isGone) return stored;
  return { error: apiError('bulkOrderNotFound', `Bulk order ${key.bulkOrderId} was not found.`) };
}
