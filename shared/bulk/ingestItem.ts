/**
 * Takes an item in that an order desk has put on the queue: the bulk order that it names is begun when it is not
 * there, the item goes to the end of its lane, and the lane is set going unless somebody has it. All of it can be
 * repeated; a reference is taken once.
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
import { laneOf, newLane } from './lane.ts';
import { laneMessage } from './laneMessage.ts';
import { lanesFor } from './partition.ts';

/** An item as it came, with the bulk order that it belongs to. */
export interface QueuedItem {
  key: BulkKey;
  bulkOrderReference?: string | undefined;
  item: Omit<BulkItem, 'index'>;
}

export interface IngestContext extends Pick<BulkDuePolicy, 'watchdogMs'> {
  inFlight: number;
  /** The first so many hex digits of a name's hash. */
  digestHex: (length: number, ...name: string[]) => string;
  traceparent?: string | undefined;
}

export type Ingested =
  | { kind: 'taken' }
  /** For good; the words are for whoever finds the message in `parked`. */
  | { kind: 'refused'; reason: string; description: string }
  /** Nothing is wrong with it: try it again later. */
  | { kind: 'later' };

/** Takes the item in. */
export async function ingestItem(
  ports: Ports,
  queued: QueuedItem,
  context: IngestContext,
): Promise<Ingested> {
  const stored = (await ports.bulk.read(queued.key)) ?? (await open(ports, queued, context));
  if (!stored) return { kind: 'later' };
  const { order } = stored;
  const closed = whyClosed(order);
  if (closed) return { kind: 'refused', reason: 'BulkOrderClosed', description: closed };
  const arrived = arrivedItem(order, queued, context);
  const arrival = await ports.bulk.append(order, arrived);
  const { reference } = queued.item;
  switch (arrival.kind) {
    case 'busy':
      return { kind: 'later' };
    case 'full':
      return refused('BulkOrderFull', `Bulk order ${order.bulkOrderId} takes no further item.`);
    case 'different':
      return refused('DuplicateReference', `Another item of the reference ${reference} has come before.`);
    case 'appended':
    case 'repeated':
      await wake(ports, order, arrival.n);
      return { kind: 'taken' };
  }
}

const refused = (reason: string, description: string): Ingested => ({ kind: 'refused', reason, description });

/** Begins a bulk order whose items come one by one: its hint, it and its lanes, then its entry in the partner's list. */
async function open(
  ports: Ports,
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

function whyClosed({ source, wasCancelled, bulkOrderId }: BulkOrder): string | undefined {
  if (source === 'list') return `All items of bulk order ${bulkOrderId} came at once.`;
  return wasCancelled ? `Bulk order ${bulkOrderId} was cancelled.` : undefined;
}

function arrivedItem(order: BulkOrder, { item }: QueuedItem, { digestHex }: IngestContext): AppendedItem {
  return {
    item,
    lane: Number.parseInt(digestHex(8, 'lane', item.reference), 16) % order.lanes,
    referenceHash: digestHex(32, 'reference', item.reference),
    contentHash: digestHex(32, 'content', JSON.stringify(item)),
  };
}

/**
 * Whoever has the lane looks for what has come before leaving it, and the sweep looks after whoever dies over it;
 * nobody else needs to be told. Once the bulk order has ended, the sweep looks after nobody.
 */
async function wake(ports: Ports, order: BulkOrder, n: number): Promise<void> {
  const lane = laneOf(order, n);
  const stored = await ports.bulk.readLane(order, lane);
  const isTaken = (stored?.lane.leaseUntilMs ?? 0) > ports.now();
  const now = await ports.bulk.read(order); // read behind the item's row: an end that is written after this has seen it
  if (isTaken && now && !isEnded(now.order)) return;
  const { traceparent } = order;
  await ports.bulkQueue.send([laneMessage(order, lane, { why: 'item', n }, { traceparent })]);
}
