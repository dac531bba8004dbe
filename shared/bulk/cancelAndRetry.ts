/**
 * Cancels a bulk order, or retries its failed items. Each is one write of the bulk order, conditional on its ETag, and
 * then a message to its lanes; a retry first writes the due entry of its first check. If the message is lost, the sweeper or the next step of a lane finds the new state: a
 * worker reads the bulk order before it starts an item.
 */
import { rememberKey } from '../cart/cart.ts';
import { type ApiError, apiError } from '../errors.ts';
import type { Ports } from '../ports.ts';
import { type BulkKey, type BulkOrder, bulkKeyOf, isEnded, type RetryableState } from './bulkOrder.ts';
import type { StoredBulkOrder } from './bulkPorts.ts';
import { type BulkDuePolicy, RESTART_MS, restartCheckMs } from './dueActions.ts';
import { type Counts, countItems, endedOf } from './progress.ts';
import { dispatch } from './submitBulkOrder.ts';

/** Decides a change of a bulk order: the bulk order to write, the same object when no change is needed, or an error. */
type Change = (order: BulkOrder, counts: () => Promise<Counts>) => Promise<BulkOrder | { error: ApiError }>;

/**
 * Cancels the items that have not started; running items end (docs/contract.md 19.10). A bulk order that has ended does
 * not change. Errors: `bulkOrderNotFound`, `bulkOrderBusy`.
 */
export const cancelBulkOrder = (ports: Pick<Ports, 'bulk' | 'bulkQueue' | 'log'>, key: BulkKey) =>
  change(ports, key, async (order) =>
    isEnded(order) || order.state === 'cancelling'
      ? order
      : { ...order, state: 'cancelling', wasCancelled: true, pausedUntilMs: undefined },
  );

export interface RetryContext extends Pick<BulkDuePolicy, 'watchdogMs'> {
  /** Identifies the call: a repeat starts no other retry and returns the current bulk order. */
  idempotencyKey?: string | undefined;
}

/**
 * Runs the items in `states` again after the bulk order has ended (docs/contract.md 19.11). Never repeats an order.
 * Errors: `bulkOrderNotFound`, `bulkOrderRunning`, `bulkOrderBusy`.
 */
export function retryBulkOrder(
  ports: Pick<Ports, 'bulk' | 'bulkQueue' | 'due' | 'log' | 'now'>,
  key: BulkKey,
  states: readonly RetryableState[],
  { idempotencyKey, ...policy }: RetryContext,
) {
  return change(ports, key, async (order, countNow) => {
    const { retryKeys = [] } = order;
    if (idempotencyKey !== undefined && retryKeys.includes(idempotencyKey)) return order;
    if (!isEnded(order)) return { error: apiError('bulkOrderRunning', 'The bulk order has not ended yet.') };
    const counts = await countNow();
    if (states.every((state) => counts[state] === 0)) return order;
    const nowMs = ports.now();
    await ports.due.put({ ...bulkKeyOf(order), atMs: restartCheckMs(nowMs, policy) });
    if (ports.now() - nowMs > RESTART_MS) return busy(order);
    const endedBefore = endedOf(counts) - (states.includes('failed') ? counts.failed : 0);
    return {
      ...order,
      state: 'running',
      generation: order.generation + 1,
      retryStates: states,
      retryKeys: rememberKey(retryKeys, idempotencyKey),
      wasCancelled: order.wasCancelled && !states.includes('cancelled'),
      startedMs: nowMs,
      endedBefore,
      endedMs: undefined,
    };
  });
}

const MAX_WRITE_ATTEMPTS = 5;

/** Reads, decides and writes the bulk order, again when another request wrote it in between, then notifies its lanes. */
async function change(
  ports: Pick<Ports, 'bulk' | 'bulkQueue' | 'log'>,
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
 * storage client repeats it and gets 412: then the stored bulk order equals the one that this call wrote.
 */
async function replace(
  ports: Pick<Ports, 'bulk'>,
  order: BulkOrder,
  etag: string,
): Promise<StoredBulkOrder | undefined> {
  const written = await ports.bulk.replace(order, etag);
  if (written) return written;
  const stored = await ports.bulk.read(order);
  return stored && JSON.stringify(stored.order) === JSON.stringify(order) ? stored : undefined;
}

function busy({ bulkOrderId }: BulkKey): { error: ApiError } {
  const description = `Bulk order ${bulkOrderId} is being changed by other requests.`;
  return { error: apiError('bulkOrderBusy', description, { retryAfterMs: 1_000 }) };
}
