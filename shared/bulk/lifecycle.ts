/**
 * Ends a bulk order of which every lane is at rest: the hint for the end of its retention, the bulk order with
 * its ETag, then the event. Every lane that comes to rest asks, so the last one finds it so; whoever asks again
 * tells again, under the same id.
 */
import { type ApiError, apiError } from '../errors.ts';
import type { Ports } from '../ports.ts';
import { type BulkKey, type BulkOrder, bulkKeyOf, endState, isEnded, isStopping } from './bulkOrder.ts';
import type { BulkMessage, StoredBulkOrder } from './bulkPorts.ts';
import { type BulkDuePolicy, nextBulkCheckMs } from './dueActions.ts';
import { bulkOrderEnded } from './events.ts';
import { isDrained } from './lane.ts';
import { laneMessage } from './laneMessage.ts';
import { type Counts, countItems } from './progress.ts';

type Publish = (ports: Ports, order: BulkOrder, counts: Counts) => Promise<void>;

/** Whether the bulk order has ended, or is ended hereby. That its end cannot be told now is no error: the sweep will tell it. */
export const finishBulkOrder = (ports: Ports, key: BulkKey): Promise<boolean> =>
  finish(ports, key, publishIfPossible);

/** The same for the sweep, behind which nobody follows: throws when the end cannot be told, so that the hint stays. */
export const finishOrThrow = (ports: Ports, key: BulkKey): Promise<boolean> => finish(ports, key, publish);

async function finish(ports: Ports, { tenant, bulkOrderId }: BulkKey, tellEnd: Publish): Promise<boolean> {
  for (;;) {
    const stored = await ports.bulk.read({ tenant, bulkOrderId });
    if (!stored) return true;
    const { order, etag } = stored;
    const lanes = await ports.bulk.lanes(order);
    if (!lanes.every(({ lane, length }) => isDrained(order, lane, length))) return false;
    const counts = countItems(order, lanes);
    if (isEnded(order)) {
      await tellEnd(ports, order, counts);
      return true;
    }
    const ended: BulkOrder = {
      ...order,
      state: endState(order),
      endedMs: ports.now(),
      pausedUntilMs: undefined,
    };
    const written = await ports.bulk.replace(ended, etag);
    if (!written) continue; // a cancel, a pause, or another worker who ended it: look again
    await tellEnd(ports, ended, counts);
    return true;
  }
}

/** An item has come after the end: the bulk order runs again, and is looked after. */
export async function reopenBulkOrder(
  ports: Ports,
  key: BulkKey,
  policy: Pick<BulkDuePolicy, 'watchdogMs'>,
): Promise<void> {
  await ports.due.put({ ...bulkKeyOf(key), atMs: nextBulkCheckMs(ports.now(), policy) });
  const stored = await ports.bulk.read(key);
  if (!stored || !isEnded(stored.order)) return;
  // Lost: somebody else has reopened it, or has asked for something; whoever asked for this looks again.
  await ports.bulk.replace({ ...stored.order, state: 'running', endedMs: undefined }, stored.etag);
}

const publish: Publish = (ports, order, counts) => ports.events.publish(bulkOrderEnded(order, counts));

async function publishIfPossible(ports: Ports, order: BulkOrder, counts: Counts): Promise<void> {
  try {
    await publish(ports, order, counts);
  } catch (error) {
    ports.log.warn('end of a bulk order not told; the sweep will tell it', {
      ...bulkKeyOf(order),
      error: String(error),
    });
  }
}

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

/** Sends a message to each lane of the bulk order; a bulk order that has ended is told of once more. */
export async function dispatchLanes(ports: Ports, message: BulkMessage): Promise<void> {
  const stored = await ports.bulk.read(message);
  if (!stored) {
    ports.log.info('bulk order message is obsolete', { ...message, why: 'there is no such bulk order' });
    return;
  }
  const { order } = stored;
  if (await finishBulkOrder(ports, order)) return;
  const why = isStopping(order) ? 'stop' : 'begin';
  const { traceparent } = order;
  await ports.bulkQueue.send(
    Array.from({ length: order.lanes }, (_, lane) =>
      laneMessage(order, lane, { why, round: order.generation }, { traceparent }),
    ),
  );
}
