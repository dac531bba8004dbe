/**
 * Changes to an order of the ledger: it can be cancelled, and nothing else. The order row is written with the ETag that
 * was read; a repeat of a cancellation finds the order cancelled and writes nothing.
 */
import { type ApiError, apiError } from '../errors.ts';
import type { Ports } from '../ports.ts';
import { timestamp } from '../time.ts';
import type { Order } from './order.ts';

/** What a PATCH asks for; a member that is absent or equal asks for nothing. */
export interface OrderPatch {
  status?: string | undefined;
  billingCycle?: string | undefined;
  lineItems?: readonly PatchedLine[] | undefined;
}

export interface PatchedLine {
  lineItemNumber?: number | undefined;
  offerId?: string | undefined;
  quantity?: number | undefined;
  subscriptionId?: string | undefined;
  parentSubscriptionId?: string | undefined;
}

export type PatchDecision =
  | { kind: 'unchanged' }
  | { kind: 'write'; order: Order }
  | { kind: 'refuse'; error: ApiError };

export interface PatchContext {
  nowMs: number;
  /** Whether the order is the ledger's; another gateway's order is not changed here. */
  isOrderKeeper: boolean;
}

const CANCELLED = 'cancelled';
/** How long after it was placed an order can be cancelled, in milliseconds (docs/contract.md 13.15). */
export const CANCEL_WINDOW_MS = 7 * 86_400_000;

/** Decides a PATCH of an order (docs/contract.md 13.14 to 13.16). */
export function decidePatch(order: Order, patch: OrderPatch, context: PatchContext): PatchDecision {
  if (patch.status?.toLowerCase() === CANCELLED && order.status !== CANCELLED)
    return decideCancel(order, context);
  const change = changeOf(order, patch);
  return change === undefined
    ? { kind: 'unchanged' }
    : refuse(
        apiError('orderNotChangeable', `The order cannot be changed by ${change}. It can only be cancelled.`),
      );
}

function decideCancel(order: Order, { nowMs, isOrderKeeper }: PatchContext): PatchDecision {
  if (!isOrderKeeper) {
    const description = 'The order is Partner Center’s. Cancel it there, or set PASS_THROUGH to true.';
    return refuse(apiError('orderNotChangeable', description));
  }
  if (order.isLegacy) {
    const description = 'The order of a legacy offer cannot be cancelled. Suspend its subscription instead.';
    return refuse(apiError('suspendInstead', description));
  }
  if (nowMs - order.placedMs > CANCEL_WINDOW_MS) {
    const description = `The order was placed at ${timestamp(order.placedMs)}; it could be cancelled for seven days.`;
    return refuse(apiError('cancelWindowOver', description));
  }
  return { kind: 'write', order: { ...order, status: CANCELLED } };
}

/** What a PATCH changes besides the status, in words. */
function changeOf(order: Order, { billingCycle, lineItems = [] }: OrderPatch): string | undefined {
  const isAddon = ({ parentSubscriptionId, subscriptionId }: PatchedLine) =>
    parentSubscriptionId !== undefined && subscriptionId === undefined;
  if (lineItems.some(isAddon)) return 'an add-on';
  if (billingCycle !== undefined && billingCycle !== 'unknown' && billingCycle !== order.billingCycle) {
    return 'another billing cycle';
  }
  const lineOf = ({ lineItemNumber, subscriptionId }: PatchedLine, n: number) =>
    order.lineItems.find(
      (line) =>
        line.lineItemNumber === (lineItemNumber ?? n) &&
        (subscriptionId === undefined || line.subscriptionId === subscriptionId),
    );
  const isOther = (sent: PatchedLine, n: number) => {
    const line = lineOf(sent, n);
    return !line || (sent.offerId !== undefined && sent.offerId.toUpperCase() !== line.offerId.toUpperCase());
  };
  if (lineItems.some(isOther)) return 'other lines';
  const hasOtherQuantity = (sent: PatchedLine, n: number) =>
    sent.quantity !== undefined && sent.quantity !== lineOf(sent, n)?.quantity;
  return lineItems.some(hasOtherQuantity) ? 'another quantity' : undefined;
}

const refuse = (error: ApiError): PatchDecision => ({ kind: 'refuse', error });

const MAX_TRIES = 3;

/** Carries out a PATCH of an order; returns the order as it is then. */
export async function patchOrder(
  { orders, now }: Pick<Ports, 'orders' | 'now'>,
  { tenant, customer, orderId }: { tenant: string; customer: string; orderId: string },
  patch: OrderPatch,
  context: Pick<PatchContext, 'isOrderKeeper'>,
): Promise<Order | { error: ApiError }> {
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const read = await orders.readVersioned(tenant, customer, orderId);
    if (!read) return { error: apiError('orderNotFound', `Order ${orderId} was not found.`) };
    const decision = decidePatch(read.order, patch, { ...context, nowMs: now() });
    if (decision.kind === 'unchanged') return read.order;
    if (decision.kind === 'refuse') return decision;
    if (await orders.replace(decision.order, read.etag)) return decision.order;
  }
  return {
    error: apiError('orderBusy', `Order ${orderId} is being changed by other requests.`, {
      retryAfterMs: 1_000,
    }),
  };
}
