/**
 * Ends, reopens and reads bulk orders. To end a bulk order whose lanes are all drained, writes it conditional on its
 * ETag, then publishes the event. Every worker that drains a lane calls this, so the worker of the last lane ends the
 * bulk order. A repeat publishes the event again, with the same id. The due entry of the running bulk order remains,
 * and the sweeper schedules the end of the retention.
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

/** What ending a bulk order needs. */
type FinishPorts = Pick<Ports, 'bulk' | 'events' | 'log' | 'now'>;
type Publish = (ports: Pick<Ports, 'events' | 'log'>, order: BulkOrder, counts: Counts) => Promise<void>;

const publish: Publish = (ports, order, counts) => ports.events.publish(bulkOrderEnded(order, counts));

const publishIfPossible: Publish = async (ports, order, counts) => {
  try {
    await publish(ports, order, counts);
  } catch (error) {
    ports.log.warn('event of a bulk order not published; the sweeper will publish it', {
      ...bulkKeyOf(order),
      error: String(error),
    });
  }
};

/** Ends the bulk order if all lanes are drained; returns whether it has ended. Logs when the event cannot be published, because the sweeper repeats it. */
export const finishBulkOrder = (ports: FinishPorts, key: BulkKey): Promise<boolean> =>
  finish(ports, key, publishIfPossible);

/** As `finishBulkOrder`, but throws when the event cannot be published. For the sweeper, which then keeps the due entry. */
export const finishOrThrow = (ports: FinishPorts, key: BulkKey): Promise<boolean> =>
  finish(ports, key, publish);

async function finish(
  ports: FinishPorts,
  { tenant, bulkOrderId }: BulkKey,
  publishEnd: Publish,
): Promise<boolean> {
  for (;;) {
    const stored = await ports.bulk.read({ tenant, bulkOrderId });
    if (!stored) return true;
    const { order, etag } = stored;
    const lanes = await ports.bulk.lanes(order);
    if (!lanes.every(({ lane, length }) => isDrained(order, lane, length))) return false;
    const counts = countItems(order, lanes);
    if (isEnded(order)) {
      await publishEnd(ports, order, counts);
      return true;
    }
    const ended: BulkOrder = {
      ...order,
      state: endState(order),
      endedMs: ports.now(),
      pausedUntilMs: undefined,
    };
    const written = await ports.bulk.replace(ended, etag);
    if (!written) continue; // a cancel, a pause or another worker changed it: read it again
    await publishEnd(ports, ended, counts);
    return true;
  }
}

/** Sets an ended bulk order to `running` again, for an item that was appended after its end. Writes the due entry first. */
export async function reopenBulkOrder(
  ports: Pick<Ports, 'bulk' | 'due' | 'now'>,
  key: BulkKey,
  policy: Pick<BulkDuePolicy, 'watchdogMs'>,
): Promise<void> {
  await ports.due.put({ ...bulkKeyOf(key), atMs: nextBulkCheckMs(ports.now(), policy) });
  const stored = await ports.bulk.read(key);
  if (!stored || !isEnded(stored.order)) return;
  // The result does not matter: if another request changed the bulk order first, the caller reads it again.
  await ports.bulk.replace({ ...stored.order, state: 'running', endedMs: undefined }, stored.etag);
}

/** Returns the bulk order of a key, until its retention ends. Error: `bulkOrderNotFound` (docs/contract.md 19.13). */
export async function getBulkOrder(
  ports: Pick<Ports, 'bulk' | 'now'>,
  key: BulkKey,
  { retentionMs }: Pick<BulkDuePolicy, 'retentionMs'>,
): Promise<StoredBulkOrder | { error: ApiError }> {
  const stored = await ports.bulk.read(key);
  const isGone = stored && isEnded(stored.order) && ports.now() >= (stored.order.endedMs ?? 0) + retentionMs;
  if (stored && !isGone) return stored;
  return { error: apiError('bulkOrderNotFound', `Bulk order ${key.bulkOrderId} was not found.`) };
}

/** Sends a message to each lane of the bulk order. If it has ended, publishes its event again instead. */
export async function dispatchLanes(
  ports: FinishPorts & Pick<Ports, 'bulkQueue'>,
  message: BulkMessage,
): Promise<void> {
  const stored = await ports.bulk.read(message);
  if (!stored) {
    ports.log.info('bulk order message is obsolete', { ...message, why: 'the bulk order does not exist' });
    return;
  }
  const { order } = stored;
  if (await finishBulkOrder(ports, order)) return;
  const why = isStopping(order) ? 'stop' : 'begin';
  const { traceparent } = order;
  await ports.bulkQueue.send(
    Array.from({ length: order.lanes }, (_, lane) =>
      laneMessage(order, lane, { why, generation: order.generation }, { traceparent }),
    ),
  );
}
