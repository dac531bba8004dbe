/**
 * Stores a bulk order that was submitted as a list. Order of effects: the due entry for its first check; the
 * reservation of its key; the list; then, in one transaction that replaces the reservation, the bulk order and its
 * lanes, from which point it exists; the entry in the partner's list, at the creation time of the bulk order; the
 * message that starts it.
 * The id is derived from the call, so a repeat writes the same rows and finds the existing bulk order. A message that
 * cannot be sent is not an error, because the sweeper sends it at the due entry.
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
import { type IdentityContext, identifyItems, type RepeatPolicy } from './itemIdentity.ts';
import { newLane } from './lane.ts';
import { bulkMessage } from './laneMessage.ts';
import { blockSizeOf, blocksOf, jsonBytes, lanesFor } from './partition.ts';

/** A submitted bulk order, as read from the request. */
export interface BulkDraft extends RepeatPolicy {
  reference?: string | undefined;
  errorPolicy: ErrorPolicy;
  items: readonly BulkItem[];
  rejected: readonly RejectedItem[];
}

export interface SubmitContext extends Pick<BulkDuePolicy, 'watchdogMs'>, IdentityContext {
  /** How many items of the bulk order may run concurrently. */
  inFlight: number;
  modifiedBy: string;
  traceparent?: string | undefined;
}

/** Stores a bulk order and starts it. A bulk order with this key that exists is returned unchanged. Error: `serviceUnavailable`, when a repeat of the request can succeed. */
export async function submitBulkOrder(
  ports: Pick<Ports, 'bulk' | 'bulkList' | 'bulkQueue' | 'due' | 'log' | 'now'>,
  key: BulkKey,
  draft: BulkDraft,
  context: SubmitContext,
): Promise<StoredBulkOrder | { error: ApiError }> {
  const identified = { ...draft, items: identifyItems(draft.items, key, draft, context) };
  const stored =
    (await ports.bulk.read(key)) ??
    (await store(ports, newBulkOrder(key, identified, context, ports.now()), identified, context));
  if ('error' in stored) return stored;
  await ports.bulkList.put(stored.order);
  await dispatch(ports, stored.order);
  return stored;
}

async function store(
  ports: Pick<Ports, 'bulk' | 'due' | 'now'>,
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

/** The bulk order that a draft makes when it is submitted at `nowMs`. */
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

/** Sends the message that starts or stops the lanes of a bulk order. Only logs a failure, because the sweeper repeats it. */
export async function dispatch(
  ports: Pick<Ports, 'bulkQueue' | 'log'>,
  order: BulkOrder,
  why: 'begin' | 'stop' = 'begin',
): Promise<void> {
  try {
    await ports.bulkQueue.send([
      bulkMessage(order, { why, generation: order.generation }, order.traceparent),
    ]);
  } catch (error) {
    ports.log.warn('bulk order message not sent; the sweeper will send it', {
      ...bulkKeyOf(order),
      error: String(error),
    });
  }
}

const tooSlow = () => unavailable('Storing the items took too long.');
const beingPurged = () => unavailable('The remains of an earlier submission are being deleted.');

function unavailable(why: string): { error: ApiError } {
  const description = `${why} Repeat the request.`;
  return { error: apiError('serviceUnavailable', description, { retryAfterMs: 5_000 }) };
}
