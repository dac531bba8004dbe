/**
 * Takes a list of items in: the hint for its first look, the reservation of its key, the list, then in one
 * transaction with the reservation the bulk order and its lanes, which is when it is there; the entry in the
 * partner's own list, at the time that the bulk order has; the message that sets it going last.
 * The id is made of the call, so a repeat writes the same again and finds what is there. A message that cannot
 * be sent is no error, because the hint will see to it.
 */
import { type ApiError, apiError } from '../errors.ts';
import type { Ports } from '../ports.ts';
import {
  type BulkItem,
  type BulkKey,
  type BulkOrder,
  bulkKeyOf,
  type ErrorPolicy,
  initialState,
  type RejectedItem,
} from './bulkOrder.ts';
import type { StoredBulkOrder } from './bulkPorts.ts';
import { type BulkDuePolicy, firstBulkCheckMs, SUBMIT_MS } from './dueActions.ts';
import { identifyItems, type RepeatPolicy } from './itemIdentity.ts';
import { newLane } from './lane.ts';
import { bulkMessage } from './laneMessage.ts';
import { blockSizeOf, blocksOf, jsonBytes, lanesFor } from './partition.ts';

/** What a caller wants of a bulk order. */
export interface BulkDraft extends RepeatPolicy {
  reference?: string | undefined;
  errorPolicy: ErrorPolicy;
  items: readonly BulkItem[];
  rejected: readonly RejectedItem[];
}

export interface SubmitContext extends Pick<BulkDuePolicy, 'watchdogMs'> {
  /** How many items may run at a time. */
  inFlight: number;
  modifiedBy: string;
  traceparent?: string | undefined;
  /** Makes a GUID of a name. */
  uuidV8: (...name: string[]) => string;
}

/** Stores a bulk order and sets it going; one of this key that is there already is returned as it is. */
export async function submitBulkOrder(
  ports: Ports,
  key: BulkKey,
  draft: BulkDraft,
  context: SubmitContext,
): Promise<StoredBulkOrder | { error: ApiError }> {
  const identified = { ...draft, items: identifyItems(draft.items, key, draft, context.uuidV8) };
  const stored =
    (await ports.bulk.read(key)) ??
    (await store(ports, newBulkOrder(key, identified, context, ports.now()), identified, context));
  if ('error' in stored) return stored;
  await ports.bulkList.put(stored.order);
  await dispatch(ports, stored.order);
  return stored;
}

async function store(
  ports: Ports,
  order: BulkOrder,
  { items, rejected }: BulkDraft,
  context: SubmitContext,
): Promise<StoredBulkOrder | { error: ApiError }> {
  await ports.due.put({ ...bulkKeyOf(order), atMs: firstBulkCheckMs(order.createdMs, context) });
  const reservation = await ports.bulk.reserve(order);
  if (reservation === undefined) return (await ports.bulk.read(order)) ?? beingPurged();
  await ports.bulk.putList(order, { blocks: blocksOf(items, order.blockSize), rejected });
  if (ports.now() - order.createdMs > SUBMIT_MS) return tooSlow();
  const lanes = Array.from({ length: order.lanes }, (_, number) => newLane(number));
  return (await ports.bulk.insert(order, lanes, reservation)) ?? (await ports.bulk.read(order)) ?? tooSlow();
}

/** The bulk order that a draft makes at a time. */
function newBulkOrder(key: BulkKey, draft: BulkDraft, context: SubmitContext, nowMs: number): BulkOrder {
  const { items, rejected, reference, errorPolicy, repeats, label } = draft;
  return {
    ...bulkKeyOf(key),
    source: 'list',
    reference,
    errorPolicy,
    repeats,
    label,
    ...initialState(nowMs),
    accepted: items.length,
    rejected: rejected.length,
    ...lanesFor(items.length, context.inFlight),
    blockSize: blockSizeOf(items.map(jsonBytes)),
    modifiedBy: context.modifiedBy,
    traceparent: context.traceparent,
  };
}

/** Sends the message that sets a bulk order's lanes going; a failure is logged only. */
export async function dispatch(
  ports: Ports,
  order: BulkOrder,
  why: 'begin' | 'stop' = 'begin',
): Promise<void> {
  try {
    await ports.bulkQueue.send([bulkMessage(order, { why, round: order.generation }, order.traceparent)]);
  } catch (error) {
    ports.log.warn('bulk order message not sent; the sweep will send it', {
      ...bulkKeyOf(order),
      error: String(error),
    });
  }
}

const tooSlow = () => notNow('Storage was too slow for the list.');
const beingPurged = () => notNow('What an earlier request has left of the list is being cleared.');

function notNow(why: string): { error: ApiError } {
  const description = `${why} Please repeat the request.`;
  return { error: apiError('serviceUnavailable', description, { retryAfterMs: 5_000 }) };
}
