/**
 * Reads the bodies of `orderRequest.ts`. A new order is read as the cart that it is the checkout of
 * (docs/contract.md 13.17), so the same rules hold for its lines; problems name the members of the order. Loaded with the
 * first such body.
 */
import type { CartDraft } from '../cart/cart.ts';
import type { BillingCycle } from '../catalog/billingCycles.ts';
import type { ApiError } from '../errors.ts';
import { bodyDigest } from '../idempotency.ts';
import type { OrderPatch } from '../orders/cancelOrder.ts';
import { type FieldProblem, validate } from '../validation.ts';
import { canonicalize, type Shape } from './canonicalize.ts';
import { readReplaceRequest } from './cartRequest.ts';
import { readJson } from './json.ts';
import { type NewOrder, orderPatch } from './orderRequest.ts';
import { invalid } from './route.ts';

const ORDER_SHAPE: Shape = {
  billingCycle: 'value',
  currencyCode: 'value',
  partnerOnRecordAttestationAccepted: 'value',
  lineItems: 'value',
};
/** What an order line calls otherwise than a line item of a cart. */
const LINE_SHAPE: Shape = { offerId: 'value', partnerIdOnRecord: 'value', parentSubscriptionId: 'value' };

/** An order as a cart: what the order has once, every line item has. */
function asCart(json: unknown): unknown {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return json;
  const order = canonicalize(json, ORDER_SHAPE) as Record<string, unknown>;
  const { lineItems, billingCycle = 'unknown', currencyCode, ...rest } = order;
  if (!Array.isArray(lineItems)) return order;
  return { ...rest, lineItems: lineItems.map((line) => asLineItem(line, { billingCycle, currencyCode })) };
}

function asLineItem(line: unknown, ofOrder: Record<string, unknown>): unknown {
  if (typeof line !== 'object' || line === null || Array.isArray(line)) return line;
  const { offerId, partnerIdOnRecord, parentSubscriptionId } = canonicalize(line, LINE_SHAPE) as Record<
    string,
    unknown
  >;
  const named = new Map(Object.entries(line).map(([name, value]) => [name.toLowerCase(), value]));
  const context = named.get('provisioningcontext');
  return {
    ...line,
    ...ofOrder,
    ...(offerId === undefined ? {} : { catalogItemId: offerId }),
    ...(partnerIdOnRecord === undefined
      ? {}
      : { participants: [{ key: 'transaction_reseller', value: partnerIdOnRecord }] }),
    ...(parentSubscriptionId === undefined
      ? {}
      : { provisioningContext: { ...(typeof context === 'object' ? context : {}), parentSubscriptionId } }),
  };
}

/** The error with the names of an order's members. */
function ofOrder(error: ApiError): ApiError {
  const renamed = (sentence: string) => sentence.replaceAll('catalogItemId', 'offerId');
  const data = (error.data as FieldProblem[] | undefined)?.map(({ path, message }) => ({
    path: renamed(path),
    message: renamed(message),
  }));
  return { ...error, description: renamed(error.description), data };
}

const PATCH_SHAPE: Shape = {
  status: 'value',
  billingCycle: 'value',
  lineItems: [
    () => ({
      lineItemNumber: 'value',
      offerId: 'value',
      quantity: 'value',
      subscriptionId: 'value',
      parentSubscriptionId: 'value',
    }),
  ],
};

/** The new order in a body, or the error that names every problem with it. */
export function readNewOrder(bytes: Uint8Array): { body: NewOrder } | { error: ApiError } {
  const parsed = readJson(bytes);
  if ('error' in parsed) return parsed;
  const read = readReplaceRequest(asCart(parsed.json));
  return 'error' in read
    ? { error: ofOrder(read.error) }
    : { body: { draft: read.draft, digest: bodyDigest(bytes) } };
}

/** The change in a body, or the error that names every problem with it. */
export function readOrderPatch(bytes: Uint8Array): { body: OrderPatch } | { error: ApiError } {
  const parsed = readJson(bytes);
  if ('error' in parsed) return parsed;
  const read = validate(orderPatch, canonicalize(parsed.json, PATCH_SHAPE));
  return 'value' in read ? { body: read.value } : { error: invalid(read.problems) };
}

/**
 * The draft with a billing cycle in place of `unknown`: `monthly` or `one_time`, whichever the product is sold with
 * (docs/contract.md 13.18). All lines get the same one, because it is a property of the order.
 */
export function withBillingCycle(
  draft: CartDraft,
  defaultOf: (catalogItemId: string) => BillingCycle,
): CartDraft {
  const [first] = draft.lineItems;
  if (first?.billingCycle !== 'unknown') return draft;
  const billingCycle = defaultOf(first.catalogItemId);
  return { ...draft, lineItems: draft.lineItems.map((item) => ({ ...item, billingCycle })) };
}
