/**
 * Runs one item as far as possible now: creates its cart if the item has content, starts the checkout as a storefront
 * would, and runs the first attempt in this worker, so that it does not wait behind storefronts in the checkout queue.
 * Later attempts run from that queue, and the item is checked again. Every step can be repeated.
 */
import type { Checkout } from '../cart/checkoutState.ts';
import { type CreateContext, createCart } from '../cart/createCart.ts';
import type { LineItemError } from '../checkout/decideStart.ts';
import { type CheckoutRequest, startCheckout } from '../checkout/requestCheckout.ts';
import { type AttemptPolicy, runAttempt } from '../checkout/runAttempt.ts';
import { type ApiError, ERRORS, isUnavailable } from '../errors.ts';
import type { Ports } from '../ports.ts';
import { ATTRIBUTES } from '../telemetry/names.ts';
import { inSpan } from '../telemetry/span.ts';
import { currentTraceparent } from '../telemetry/traceContext.ts';
import { type BulkItem, type BulkOrder, cartKeyOf, type ItemError, type ItemOutcome } from './bulkOrder.ts';
import type { CustomerLimit } from './customerLimit.ts';
import type { ItemResult } from './decideStep.ts';
import type { RunningItem } from './lane.ts';

export interface ItemPolicy {
  create: Omit<CreateContext, 'modifiedBy' | 'idempotencyKey'>;
  attemptPolicy: AttemptPolicy;
  uuidV8: CheckoutRequest['uuidV8'];
}

/** How long after the due time of its next attempt a checkout is checked, in milliseconds. */
const AFTER_DUE_MS = 1_000;
/** How many unexpected errors an item may meet before it fails. */
const MAX_UNEXPECTED_ERRORS = 5;
/** The time until an item is run again after an error, in milliseconds. */
const ERROR_PAUSE_MS = 10_000;

export interface ItemRun {
  running: RunningItem;
  read: () => Promise<BulkItem>;
  /** Whether the worker still holds the lease of the lane; without it, the item starts no checkout. */
  holdsLease: () => boolean;
  /** The lane's limit of the items of one customer. */
  limitCustomer: CustomerLimit;
}

/** Runs the item. Never throws: after unavailable storage or an unexpected error the item is run again later, and it fails after too many unexpected errors. */
export async function runItem(
  ports: Ports,
  order: BulkOrder,
  { running, read, holdsLease, limitCustomer }: ItemRun,
  policy: ItemPolicy,
): Promise<ItemResult> {
  let item: BulkItem | undefined;
  let before: ItemOutcome | undefined;
  try {
    item = await read();
    before = await earlierOutcome(ports, order, running.n);
    const { customer } = item;
    const context = { item, running, before, order, mayStart: holdsLease };
    // A trace for each item: one for a bulk order of thousands could not be read.
    const { tenant, bulkOrderId } = order;
    const attributes = {
      [ATTRIBUTES.tenant]: tenant,
      [ATTRIBUTES.bulkOrderId]: bulkOrderId,
      [ATTRIBUTES.item]: running.n,
    };
    return await limitCustomer(customer, () =>
      inSpan('bulk item', { parent: 'none', attributes }, () => run(ports, order, context, policy)),
    );
  } catch (error) {
    const about = { bulkOrderId: order.bulkOrderId, n: running.n, error: String(error) };
    ports.log.warn('bulk order item met an error', about);
    const isUnexpected = !isUnavailable(error);
    if (!item || !isUnexpected || running.unexpectedErrors < MAX_UNEXPECTED_ERRORS) {
      const atMs = ports.now() + ERROR_PAUSE_MS;
      // Storage that is throttled or down would reject the items that start meanwhile, too.
      const pause = isUnexpected ? {} : { pauseUntilMs: atMs };
      return { kind: 'later', n: running.n, atMs, isUnexpected, ...pause };
    }
    const description = 'An unexpected error occurred. The cart shows whether the item was ordered.';
    const errors = [{ code: ERRORS.serviceFailed.code, description }];
    const known = await knownOrders(ports, order, item).catch(() => ({ orders: [] }));
    return ended({ item, running, before, order }, { state: 'failed', ...known, errors }, ports.now());
  }
}

/** An item with what its result is made of. */
interface ItemContext {
  item: BulkItem;
  running: RunningItem;
  /** The outcome of the item in the previous retry generation. */
  before: ItemOutcome | undefined;
  order: Pick<BulkOrder, 'bulkOrderId' | 'repeats'>;
}

async function run(
  ports: Ports,
  order: BulkOrder,
  context: ItemContext & { mayStart: () => boolean },
  { create, attemptPolicy, uuidV8 }: ItemPolicy,
): Promise<ItemResult> {
  const { item, running, mayStart } = context;
  const { bulkOrderId, modifiedBy } = order;
  const traceparent = currentTraceparent() ?? order.traceparent;
  const key = cartKeyOf(order, item);
  if (running.checkoutId !== undefined) {
    const checkout = (await ports.carts.read(key))?.cart.checkout;
    if (checkout?.id === running.checkoutId) return resultOf(checkout, context, ports.now());
  }
  if (item.draft) {
    if (context.before?.checkoutId !== undefined && !(await ports.carts.read(key)))
      return cartGone(context, ports.now());
    const created = await createCart(ports, key, item.draft, { ...create, modifiedBy, bulkOrderId });
    if ('error' in created) return resultOfError(ports, order, created.error, context);
  }
  const { watchdogMs } = attemptPolicy;
  const started = await startCheckout(ports, key, { watchdogMs, uuidV8, bulkOrderId, traceparent, mayStart });
  if ('error' in started) return resultOfError(ports, order, started.error, context);
  const { checkout } = started;
  if (!isAttemptDue(checkout, ports.now())) return resultOf(checkout, context, ports.now());
  const { id: checkoutId, attempt } = checkout;
  await runAttempt(ports, { ...key, checkoutId, attempt, traceparent }, attemptPolicy);
  const after = (await ports.carts.read(key))?.cart.checkout;
  return resultOf(after?.id === checkoutId ? after : checkout, context, ports.now());
}

/** The result when the cart could not be created or the checkout could not be started. */
async function resultOfError(
  ports: Pick<Ports, 'carts' | 'now'>,
  order: BulkOrder,
  error: ApiError,
  context: ItemContext,
): Promise<ItemResult> {
  if (ERRORS[error.name].retryable) {
    return { kind: 'later', n: context.running.n, atMs: ports.now() + (error.retryAfterMs ?? AFTER_DUE_MS) };
  }
  const known = await knownOrders(ports, order, context.item);
  return ended(context, { state: 'failed', ...known, errors: itemErrors(error) }, ports.now());
}

/**
 * The orders that the last checkout of the cart has placed. A worker may have died before it recorded them, and the cart may
 * have expired since.
 */
async function knownOrders(
  ports: Pick<Ports, 'carts'>,
  order: BulkOrder,
  item: BulkItem,
): Promise<Pick<ItemOutcome, 'checkoutId' | 'orders'>> {
  const checkout = (await ports.carts.read(cartKeyOf(order, item)))?.cart.checkout;
  return { checkoutId: checkout?.id, orders: checkout ? ordersOf(checkout) : [] };
}

const ordersOf = ({ groups }: Checkout): ItemOutcome['orders'] =>
  groups.flatMap(({ label, order }) => (order ? [{ id: order.orderId, orderGroupId: label }] : []));

/** The errors of an item for an API error: one for each invalid line item, or the error itself. */
function itemErrors({ name, description, data = [] }: ApiError): ItemError[] {
  if (name !== 'lineItemErrors') return [{ code: ERRORS[name].code, description }];
  return (data as LineItemError[]).map(({ lineItemId, errorCode, errorDescription }) => ({
    code: String(errorCode),
    description: `Line item ${lineItemId}: ${errorDescription}`,
  }));
}

/** The result of an item whose checkout has this state. */
function resultOf(checkout: Checkout, context: ItemContext, nowMs: number): ItemResult {
  if (checkout.state === 'running') {
    const atMs = Math.max(checkout.dueMs, nowMs) + AFTER_DUE_MS;
    const { id: checkoutId, pausedUntilMs: pauseUntilMs } = checkout;
    return { kind: 'later', n: context.running.n, atMs, checkoutId, pauseUntilMs };
  }
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
  const firstOrderedMs = isRepeat(checkout, context) ? checkout.endedMs : undefined;
  const orders = ordersOf(checkout);
  return ended(context, { checkoutId: checkout.id, state, firstOrderedMs, orders, errors }, nowMs);
}

/** Whether the orders were placed by an earlier bulk order or a storefront, and this bulk order skips repeats. */
function isRepeat({ state, bulkOrderId }: Checkout, { order }: ItemContext): boolean {
  return order.repeats === 'skip' && state === 'ordered' && bulkOrderId !== order.bulkOrderId;
}

/** The cart of an item that had a checkout is not created again, because its orders may have been placed. */
function cartGone(context: ItemContext, nowMs: number): ItemResult {
  const description = `Cart ${context.item.cartId} no longer exists, so the item cannot be ordered again.`;
  const errors = [{ code: ERRORS.cartNotFound.code, description }];
  return ended(context, { state: 'failed', orders: [], errors }, nowMs);
}

/** The outcome. Keeps the orders of the previous retry generation, so that a retry never removes an order from the record. */
function ended(
  { item, running, before }: ItemContext,
  how: Pick<ItemOutcome, 'checkoutId' | 'state' | 'firstOrderedMs' | 'orders' | 'errors'>,
  endedMs: number,
): ItemResult {
  const { index, reference, customer, cartId } = item;
  const { n, sinceMs: startedMs } = running;
  const kept = (before?.orders ?? []).filter(({ id }) => how.orders.every((order) => order.id !== id));
  const outcome = {
    ...{ n, index, reference, customer, cartId },
    ...how,
    checkoutId: how.checkoutId ?? before?.checkoutId,
    orders: [...kept, ...how.orders],
    startedMs,
    endedMs,
  };
  return { kind: 'ended', outcome };
}

/** The outcome of an item in the previous retry generation; reads nothing in the first. */
async function earlierOutcome(
  ports: Pick<Ports, 'bulk'>,
  order: BulkOrder,
  n: number,
): Promise<ItemOutcome | undefined> {
  if (order.generation === 1) return undefined;
  return (await ports.bulk.outcomes(order, { from: n, to: n }))[0];
}

/** Whether an attempt is due and not leased. If another worker runs the same attempt, the cart's ETag decides which one is recorded. */
function isAttemptDue({ state, dueMs, leaseUntilMs = 0 }: Checkout, nowMs: number): boolean {
  return state === 'running' && nowMs >= dueMs && nowMs >= leaseUntilMs;
}
