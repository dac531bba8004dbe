/**
 * Cancels a bulk order, or does what failed again. Either is one write of the bulk order with its ETag, and a
 * message that lets the lanes know; a lane that is not told finds it out by itself before it begins anything.
 */
import { remember } from '../cart/cart.ts';
import { type Fault, faultOf } from '../errors.ts';
import type { Ports } from '../ports.ts';
import { type BulkKey, type BulkOrder, bulkKeyOf, isEnded, type RetriedState } from './bulkOrder.ts';
import type { StoredBulkOrder } from './bulkPorts.ts';
import { ANEW_MS, anewLookMs, type BulkLookPolicy } from './dueActions.ts';
import { type Counts, countItems, endedOf } from './progress.ts';
import { setGoing } from './submitBulkOrder.ts';

/** What a request to change a bulk order comes to: the bulk order to write, the same one when all is as wanted, or why not. */
type Change = (order: BulkOrder, counts: () => Promise<Counts>) => Promise<BulkOrder | { fault: Fault }>;

/** What has not begun is cancelled, what runs goes on to its end. A bulk order that has ended stays as it is. */
export const cancelBulkOrder = (ports: Ports, key: BulkKey) =>
  change(ports, key, async (order) =>
    isEnded(order) || order.state === 'cancelling'
      ? order
      : { ...order, state: 'cancelling', isCutShort: true, pausedUntilMs: undefined },
  );

export interface RetryContext extends Pick<BulkLookPolicy, 'watchdogMs'> {
  /** Names the call: a repeat of it finds the bulk order as it stands since. */
  writeKey?: string | undefined;
}

/** Does the items of these states again, once a bulk order has ended. Orders that were made are never made again. */
export function retryBulkOrder(
  ports: Ports,
  key: BulkKey,
  states: readonly RetriedState[],
  { writeKey, ...policy }: RetryContext,
) {
  return change(ports, key, async (order, countAll) => {
    const { retries = [] } = order;
    if (writeKey !== undefined && retries.includes(writeKey)) return order;
    if (!isEnded(order)) return { fault: faultOf('bulkOrderRunning', 'The bulk order has not ended yet.') };
    const counts = await countAll();
    if (states.every((state) => counts[state] === 0)) return order;
    const nowMs = ports.now();
    await ports.due.put({ ...bulkKeyOf(order), atMs: anewLookMs(nowMs, policy) });
    if (ports.now() - nowMs > ANEW_MS) return busy(order);
    const done = endedOf(counts) - (states.includes('failed') ? counts.failed : 0);
    return {
      ...order,
      state: 'running',
      round: order.round + 1,
      again: states,
      retries: remember(retries, writeKey),
      isCutShort: order.isCutShort && !states.includes('cancelled'),
      startedMs: nowMs,
      endedBefore: done,
      endedMs: undefined,
    };
  });
}

const TRIES = 5;

async function change(
  ports: Ports,
  key: BulkKey,
  decide: Change,
): Promise<StoredBulkOrder | { fault: Fault }> {
  for (let n = 0; n < TRIES; n++) {
    const stored = await ports.bulk.read(key);
    if (!stored)
      return { fault: faultOf('bulkOrderNotFound', `Bulk order ${key.bulkOrderId} was not found.`) };
    const { order } = stored;
    const changed = await decide(order, async () => countItems(order, await ports.bulk.lanes(order)));
    if ('fault' in changed) return changed;
    if (changed === order && isEnded(order)) return stored;
    const written = changed === order ? stored : await ports.bulk.replace(changed, stored.etag);
    if (!written) continue;
    await setGoing(ports, written.order, written.order.state === 'running' ? 'begin' : 'stop');
    return written;
  }
  return busy(key);
}

function busy({ bulkOrderId }: BulkKey): { fault: Fault } {
  const description = `Bulk order ${bulkOrderId} is being changed by other requests.`;
  return { fault: faultOf('bulkOrderBusy', description, { retryAfterMs: 1_000 }) };
}
