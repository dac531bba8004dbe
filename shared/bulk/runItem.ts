/**
 * Runs one item as far as it goes now: makes its cart if it is to be made, asks for the checkout as a storefront
 * would, and performs its first attempt here rather than behind the checkouts of storefronts in the queue. What
 * the attempt leaves to be retried goes on there, and the item is looked at again. Every step can be repeated.
 */

import type { Checkout } from '../cart/checkoutState.ts';
import { type CreateContext, createCart } from '../cart/createCart.ts';
import type { LineItemError } from '../checkout/decideStart.ts';
import { type CheckoutRequest, startCheckout } from '../checkout/requestCheckout.ts';
import { type AttemptPolicy, runAttempt } from '../checkout/runAttempt.ts';
import { type ApiError, ERRORS, isUnavailable } from '../errors.ts';
import type { Ports } from '../ports.ts';
import { type BulkItem, type BulkOrder, cartKeyOf, type ItemError, type ItemOutcome } from './bulkOrder.ts';
import type { ItemResult } from './decideStep.ts';
import type { RunningItem } from './lane.ts';

export interface ItemPolicy {
  create: Omit<CreateContext, 'modifiedBy' | 'idempotencyKey'>;
  attemptPolicy: AttemptPolicy;
  uuidV8: CheckoutRequest['uuidV8'];
}

/** How long after its next attempt is due a checkout is looked at again, in milliseconds. */
const AFTER_DUE_MS = 1_000;
/** What is not expected to happen is tried so often, with pauses of so many milliseconds. */
const MAX_UNEXPECTED_ERRORS = 5;
const UNEXPECTED_ERROR_PAUSE_MS = 10_000;

export interface ItemRun {
  running: RunningItem;
  read: () => Promise<BulkItem>;
  /** Whether the worker still has the lane: what is another's to begin, it does not begin. */
  holdsLease: () => boolean;
}

/** Runs the item. Never throws: storage that does not answer, and what nobody expects, bring it back later. */
export async function runItem(
  ports: Ports,
  order: BulkOrder,
  { running, read, holdsLease }: ItemRun,
  policy: ItemPolicy,
): Promise<ItemResult> {
  let item: BulkItem | undefined;
  let before: ItemOutcome | undefined;
  try {
    item = await read();
    before = await earlierOutcome(ports, order, running.n);
    return await run(ports, order, { item, running, before, order, holdsLease }, policy);
  } catch (error) {
    const about = { bulkOrderId: order.bulkOrderId, n: running.n, error: String(error) };
    ports.log.warn('bulk order item met with a mishap', about);
    const isUnexpected = !isUnavailable(error);
    if (!item || !isUnexpected || running.unexpectedErrors < MAX_UNEXPECTED_ERRORS) {
      return { kind: 'later', n: running.n, atMs: ports.now() + UNEXPECTED_ERROR_PAUSE_MS, isUnexpected };
    }
    const description = 'The service met something it did not expect; the cart tells what became of it.';
    const errors = [{ code: ERRORS.serviceFailed.code, description }];
    return ended({ item, running, before, order }, { state: 'failed', orders: [], errors }, ports.now());
  }
}

interface Started {
  item: BulkItem;
  running: RunningItem;
  /** How the item ended in the retry generation before. */
  before: ItemOutcome | undefined;
  order: Pick<BulkOrder, 'bulkOrderId' | 'repeats'>;
}

async function run(
  ports: Ports,
  order: BulkOrder,
  started: Started & Pick<ItemRun, 'holdsLease'>,
  { create, attemptPolicy, uuidV8 }: ItemPolicy,
): Promise<ItemResult> {
  const { item, running, holdsLease: mayStart } = started;
  const { bulkOrderId, traceparent, modifiedBy } = order;
  const key = cartKeyOf(order, item);
  if (running.checkoutId !== undefined) {
    const checkout = (await ports.carts.read(key))?.cart.checkout;
    if (checkout?.id === running.checkoutId) return resultOf(checkout, started, ports.now());
  }
  if (item.draft) {
    if (started.before?.checkoutId !== undefined && !(await ports.carts.read(key)))
      return gone(started, ports.now());
    const made = await createCart(ports, key, item.draft, { ...create, modifiedBy, bulkOrderId });
    if ('error' in made) return refused(made.error, started, ports.now());
  }
  const { watchdogMs } = attemptPolicy;
  const marked = await startCheckout(ports, key, { watchdogMs, uuidV8, bulkOrderId, traceparent, mayStart });
  if ('error' in marked) return refused(marked.error, started, ports.now());
  const { checkout } = marked;
  if (!isToBePerformed(checkout, ports.now())) return resultOf(checkout, started, ports.now());
  const { id: checkoutId, attempt } = checkout;
  await runAttempt(ports, { ...key, checkoutId, attempt, traceparent }, attemptPolicy);
  const after = (await ports.carts.read(key))?.cart.checkout;
  return resultOf(after?.id === checkoutId ? after : checkout, started, ports.now());
}

function refused(error: ApiError, started: Started, nowMs: number): ItemResult {
  if (ERRORS[error.name].retryable) {
    return { kind: 'later', n: started.running.n, atMs: nowMs + (error.retryAfterMs ?? AFTER_DUE_MS) };
  }
  return ended(started, { state: 'failed', orders: [], errors: reasonsOf(error) }, nowMs);
}

/** An error as what the item failed of: of a cart with line items that cannot be bought, each of them. */
function reasonsOf({ name, description, data = [] }: ApiError): ItemError[] {
  if (name !== 'lineItemErrors') return [{ code: ERRORS[name].code, description }];
  return (data as LineItemError[]).map(({ lineItemId, errorCode, errorDescription }) => ({
    code: String(errorCode),
    description: `Line item ${lineItemId}: ${errorDescription}`,
  }));
}

/** What the checkout of an item says of it. */
function resultOf(checkout: Checkout, started: Started, nowMs: number): ItemResult {
  if (checkout.state === 'running') {
    const atMs = Math.max(checkout.dueMs, nowMs) + AFTER_DUE_MS;
    const { id: checkoutId, pausedUntilMs: pauseUntilMs } = checkout;
    return { kind: 'later', n: started.running.n, atMs, checkoutId, pauseUntilMs };
  }
  const orders = checkout.groups.flatMap(({ label, order }) =>
    order ? [{ id: order.orderId, orderGroupId: label }] : [],
  );
  const errors = checkout.groups.flatMap(({ label, state, problem }): ItemError[] =>
    state === 'placed'
      ? []
      : [
          {
            code: problem?.code ?? ERRORS.orderFailed.code,
            description: problem?.description ?? 'The order could not be created.',
            orderGroupId: label,
          },
        ],
  );
  const state = checkout.state === 'ordered' ? 'succeeded' : 'failed';
  const firstOrderedMs = isRepeat(checkout, started) ? checkout.endedMs : undefined;
  return ended(started, { checkoutId: checkout.id, state, firstOrderedMs, orders, errors }, nowMs);
}

/** Whether the orders are those of an earlier bulk order, or of a storefront, which this one skips. */
function isRepeat({ state, bulkOrderId }: Checkout, { order }: Started): boolean {
  return order.repeats === 'skip' && state === 'ordered' && bulkOrderId !== order.bulkOrderId;
}

/** The cart of an item that has been through a checkout is not made again: its orders may have been placed. */
function gone(started: Started, nowMs: number): ItemResult {
  const description = `Cart ${started.item.cartId} no longer exists, so the item cannot be ordered again.`;
  const errors = [{ code: ERRORS.cartNotFound.code, description }];
  return ended(started, { state: 'failed', orders: [], errors }, nowMs);
}

/** The outcome, with the orders of the generation before: what was ordered stays on record, whatever a retry finds. */
function ended(
  { item, running, before }: Started,
  how: Pick<ItemOutcome, 'checkoutId' | 'state' | 'firstOrderedMs' | 'orders' | 'errors'>,
  endedMs: number,
): ItemResult {
  const { index, reference, customer, cartId } = item;
  const { n, sinceMs: startedMs } = running;
  const kept = (before?.orders ?? []).filter(({ id }) => how.orders.every((order) => order.id !== id));
  const outcome = {
    ...{ n, index, reference, customer, cartId },
    checkoutId: before?.checkoutId,
    ...how,
    orders: [...kept, ...how.orders],
    startedMs,
    endedMs,
  };
  return { kind: 'ended', outcome };
}

/** How an item ended in the generation before; only a retry has one, and reads it. */
async function earlierOutcome(
  ports: Pick<Ports, 'bulk'>,
  order: BulkOrder,
  n: number,
): Promise<ItemOutcome | undefined> {
  if (order.generation === 1) return undefined;
  return (await ports.bulk.outcomes(order, { from: n, to: n }))[0];
}

/** An attempt that is due, and that nobody has claimed, is ours to perform; whoever else performs it too, one of us has the last word. */
function isToBePerformed({ state, dueMs, leaseUntilMs = 0 }: Checkout, nowMs: number): boolean {
  return state === 'running' && nowMs >= dueMs && nowMs >= leaseUntilMs;
}
