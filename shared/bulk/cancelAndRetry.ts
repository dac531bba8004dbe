/**
 * Cancels a bulk order, or does what failed again. Either is one write of the bulk order with its ETag, and a
 * message that lets the lanes know; a lane that is not told finds it out by itself before it begins anything.
 */
import { rememberKey } from '../cart/cart.ts';
import { type ApiError, apiError } from '../errors.ts';
import type { Ports } from '../ports.ts';
import { type BulkKey, type BulkOrder, bulkKeyOf, isEnded, type RetryableState } from './bulkOrder.ts';
import type { StoredBulkOrder } from './bulkPorts.ts';
import { type BulkDuePolicy, RESTART_MS, restartCheckMs } from './dueActions.ts';
import { type Counts, countItems, endedOf } from './progress.ts';
import { dispatch } from './submitBulkOrder.ts';

/** What a request to change a bulk order comes to: the bulk order to write, the same one when all is as wanted, or why not. */
type Change = (order: BulkOrder, counts: () => Promise<Counts>) => Promise<BulkOrder | { error: ApiError }>;

/** What has not begun is cancelled, what runs goes on to its end. A bulk order that has ended stays as it is. */
export const cancelBulkOrder = (ports: Ports, key: BulkKey) =>
  change(ports, key, async (order) =>
    isEnded(order) || order.state === 'cancelling'
      ? order
      : { ...order, state: 'cancelling', wasCancelled: true, pausedUntilMs: undefined },
  );

export interface RetryContext extends Pick<BulkDuePolicy, 'watchdogMs'> {
  /** Names the call: a repeat of it finds the bulk order as it stands since. */
  idempotencyKey?: string | undefined;
}

/** Does the items of these states again, once a bulk order has ended. Orders that were made are never made again. */
export function retryBulkOrder(
  ports: Ports,
  key: BulkKey,
  states: readonly RetryableState[],
  { idempotencyKey, ...policy }: RetryContext,
) {
  return change(ports, key, async (order, countAll) => {
    const { retryKeys = [] } = order;
    if (idempotencyKey !== undefined && retryKeys.includes(idempotencyKey)) return order;
    if (!isEnded(order)) return { error: apiError('bulkOrderRunning', 'The bulk order has not ended yet.') };
    const counts = await countAll();
    if (states.every((state) => counts[state] === 0)) return order;
    const nowMs = ports.now();
    await ports.due.put({ ...bulkKeyOf(order), atMs: restartCheckMs(nowMs, policy) });
    if (ports.now() - nowMs > RESTART_MS) return busy(order);
    const done = endedOf(counts) - (states.includes('failed') ? counts.failed : 0);
    return {
      ...order,
      state: 'running',
      generation: order.generation + 1,
      retryStates: states,
      retryKeys: rememberKey(retryKeys, idempotencyKey),
      wasCancelled: order.wasCancelled && !states.includes('cancelled'),
      startedMs: nowMs,
      endedBefore: done,
      endedMs: undefined,
    };
  });
}

const MAX_WRITE_ATTEMPTS = 5;

async function change(
  ports: Ports,
  key: BulkKey,
  decide: Change,
): Promise<StoredBulkOrder | { error: ApiError }> {
  for (let n = 0; n < MAX_WRITE_ATTEMPTS; n++) {
    const stored = await ports.bulk.read(key);
    if (!stored)
      return { error: apiError('bulkOrderNotFound', `Bulk order ${key.bulkOrderId} was not found.`) };
    const { order } = stored;
    const changed = await decide(order, async () => countItems(order, await ports.bulk.lanes(order)));
    if ('error' in changed) return changed;
    if (changed === order && isEnded(order)) return stored;
    const written = changed === order ? stored : await replace(ports, changed, stored.etag);
    if (!written) continue;
    await dispatch(ports, written.order, written.order.state === 'running' ? 'begin' : 'stop');
    return written;
  }
  return busy(key);
}

/**
 * Writes the bulk order; `undefined` when another request has changed it. When the response to the write is lost, the
 * storage client repeats it and gets 412: then the bulk order as stored is the one that was to be written.
 */
async function replace(ports: Ports, order: BulkOrder, etag: string): Promise<StoredBulkOrder | undefined> {
  const written = await ports.bulk.replace(order, etag);
  if (written) return written;
  const stored = await ports.bulk.read(order);
  return stored && JSON.stringify(stored.order) === JSON.stringify(order) ? stored : undefined;
}

function busy({ bulkOrderId }: BulkKey): { error: ApiError } {
  const description = `Bulk order ${bulkOrderId} is being changed by other requests.`;
  return { error: apiError('bulkOrderBusy', description, { retryAfterMs: 1_000 }) };
}
