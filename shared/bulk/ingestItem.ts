/**
 * Ingests an item that an order desk sent through the queue: creates the bulk order that the item names if it does not
 * exist, appends the item to its lane, and sends the lane's message unless a worker has the lane. Every effect can be
 * repeated; a reference is appended once.
 */
import type { Ports } from '../ports.ts';
import {
  type BulkItem,
  type BulkKey,
  type BulkOrder,
  bulkKeyOf,
  initialState,
  isEnded,
} from './bulkOrder.ts';
import type { AppendedItem, StoredBulkOrder } from './bulkPorts.ts';
import { type BulkDuePolicy, firstBulkCheckMs, SUBMIT_MS } from './dueActions.ts';
import { sameText } from './itemIdentity.ts';
import { laneOf, newLane } from './lane.ts';
import { laneMessage } from './laneMessage.ts';
import { lanesFor } from './partition.ts';

/** An item as read from its message, with the bulk order that it names. */
export interface QueuedItem {
  key: BulkKey;
  bulkOrderReference?: string | undefined;
  item: Omit<BulkItem, 'index'>;
}

export interface IngestContext extends Pick<BulkDuePolicy, 'watchdogMs'> {
  /** How many items of the bulk order may run concurrently. */
  inFlight: number;
  /** The first `length` hex digits of the hash of a name. */
  digestHex: (length: number, ...name: string[]) => string;
  traceparent?: string | undefined;
}

type IngestPorts = Pick<Ports, 'bulk' | 'bulkList' | 'bulkQueue' | 'due' | 'now'>;

export type Ingested =
  | { kind: 'taken' }
  /** Permanently; the operator sees `reason` and `description` in the queue `parked`. */
  | { kind: 'refused'; reason: string; description: string }
  /** Temporarily not possible: try again later. */
  | { kind: 'later' };

/** Ingests the item (docs/contract.md 20). Can be repeated with the same item. */
export async function ingestItem(
  ports: IngestPorts,
  queued: QueuedItem,
  context: IngestContext,
): Promise<Ingested> {
  const stored = (await ports.bulk.read(queued.key)) ?? (await createBulkOrder(ports, queued, context));
  if (!stored) return { kind: 'later' };
  const { order } = stored;
  const closed = closedReason(order);
  if (closed) return refused('BulkOrderClosed', closed);
  const result = await ports.bulk.append(order, appendedItem(order, queued, context));
  const { reference } = queued.item;
  switch (result.kind) {
    case 'busy':
      return { kind: 'later' };
    case 'full':
      return refused('BulkOrderFull', `Bulk order ${order.bulkOrderId} is full.`);
    case 'different':
      return refused(
        'DuplicateReference',
        `The bulk order has a different item with the reference ${reference}.`,
      );
    case 'appended':
    case 'repeated':
      await startLane(ports, order, result.n);
      return { kind: 'taken' };
  }
}

const refused = (reason: string, description: string): Ingested => ({ kind: 'refused', reason, description });

/** Creates a bulk order for queued items: its due entry, the bulk order with its lanes, then its entry in the partner's list. */
async function createBulkOrder(
  ports: IngestPorts,
  { key, bulkOrderReference }: QueuedItem,
  context: IngestContext,
): Promise<StoredBulkOrder | undefined> {
  const nowMs = ports.now();
  const order: BulkOrder = {
    ...bulkKeyOf(key),
    source: 'queue',
    reference: bulkOrderReference,
    errorPolicy: 'continue',
    repeats: 'order',
    ...initialState(nowMs),
    accepted: 0,
    rejected: 0,
    ...lanesFor(Number.POSITIVE_INFINITY, context.inFlight),
    blockSize: 1,
    modifiedBy: key.tenant,
    traceparent: context.traceparent,
  };
  await ports.due.put({ ...bulkKeyOf(key), atMs: firstBulkCheckMs(nowMs, context) });
  if (ports.now() - nowMs > SUBMIT_MS) return undefined;
  const lanes = Array.from({ length: order.lanes }, (_, number) => newLane(number));
  const stored = (await ports.bulk.insert(order, lanes)) ?? (await ports.bulk.read(key));
  if (stored) await ports.bulkList.put(stored.order);
  return stored;
}

function closedReason({ source, wasCancelled, bulkOrderId }: BulkOrder): string | undefined {
  if (source === 'list')
    return `Bulk order ${bulkOrderId} was submitted as a list and accepts no further items.`;
  return wasCancelled ? `Bulk order ${bulkOrderId} was cancelled.` : undefined;
}

/** References that count as equal are one (docs/contract.md 19.2). */
function appendedItem(order: BulkOrder, { item }: QueuedItem, { digestHex }: IngestContext): AppendedItem {
  const reference = sameText(item.reference);
  return {
    item,
    lane: Number.parseInt(digestHex(8, 'lane', reference), 16) % order.lanes,
    referenceHash: digestHex(32, 'reference', reference),
    contentHash: digestHex(32, 'content', JSON.stringify({ ...item, reference })),
  };
}

/**
 * Sends the lane's message, unless a worker has the lane: it checks for appended items before it releases the lane, and
 * the sweeper finds a lane whose worker crashed. After the end of the bulk order the sweeper does not check lanes, so the
 * message is always sent.
 */
async function startLane(
  ports: Pick<Ports, 'bulk' | 'bulkQueue' | 'now'>,
  order: BulkOrder,
  n: number,
): Promise<void> {
  const lane = laneOf(order, n);
  const stored = await ports.bulk.readLane(order, lane);
  const isLeased = (stored?.lane.leaseUntilMs ?? 0) > ports.now();
  const current = await ports.bulk.read(order); // read after the append: an end that is written later has counted the item
  if (isLeased && current && !isEnded(current.order)) return;
  const { traceparent } = order;
  await ports.bulkQueue.send([laneMessage(order, lane, { why: 'item', n }, { traceparent })]);
}
