/**
 * The bodies of requests that create or change an order. A new order is read as the cart that it is the checkout of
 * (docs/contract.md 13.17), so the same rules hold for its lines; problems name the members of the order.
 */
import * as z from 'zod';
import type { CartDraft } from '../cart/cart.ts';
import type { BillingCycle } from '../catalog/billingCycles.ts';
import { BILLING_CYCLES } from '../catalog/billingCycles.ts';
import type { ApiError } from '../errors.ts';
import { bodyDigest } from '../idempotency.ts';
import type { OrderPatch } from '../orders/cancelOrder.ts';
import { type FieldProblem, validate } from '../validation.ts';
import { canonicalize, exactInteger, lenientEnum, type Shape } from './canonicalize.ts';
import { readReplaceRequest } from './cartRequest.ts';
import { MAX_BODY_BYTES, readJson } from './json.ts';
import { type BodyReader, invalid } from './route.ts';

const text = z.string().max(1_024);
const cycle = lenientEnum(BILLING_CYCLES);

const lineRequest = z
  .looseObject({
    lineItemNumber: exactInteger(z.int()).optional().describe('Ignored: lines are numbered in their order.'),
    offerId: text,
    quantity: exactInteger(z.int()),
    friendlyName: text.optional(),
    termDuration: text.optional(),
    partnerIdOnRecord: text.optional(),
    parentSubscriptionId: text.optional().describe('The subscription of the base, for an add-on.'),
  })
  .describe('A line. The other properties of a line item of a cart are accepted as well.');

/** The body of a new order, as the reference describes it; it is validated as a cart. */
export const newOrderRequest = z
  .object({
    referenceCustomerId: text.optional(),
    billingCycle: cycle
      .optional()
      .describe(
        'The billing cycle; absent or `unknown`, the one that the catalogue offers: monthly or one-time.',
      ),
    currencyCode: text.optional(),
    partnerOnRecordAttestationAccepted: z.boolean().optional(),
    lineItems: z.array(lineRequest),
  })
  .describe('An order: lines of one purchase system, billing cycle and currency.');

const ORDER_SHAPE: Shape = {
  billingCycle: 'value',
  currencyCode: 'value',
  partnerOnRecordAttestationAccepted: 'value',
  lineItems: 'value',
};
/** What an order line calls otherwise than a line item of a cart. */
const LINE_SHAPE: Shape = { offerId: 'value', partnerIdOnRecord: 'value', parentSubscriptionId: 'value' };

export interface NewOrder {
  /** Line items whose billing cycle may be `unknown`. */
  draft: CartDraft;
  digest: string;
}

/** Reads the body of a new order. */
export const newOrderReader: BodyReader<NewOrder, unknown> = {
  schema: newOrderRequest,
  isRequired: true,
  maxBytes: MAX_BODY_BYTES,
  async read({ bytes }) {
    const parsed = readJson(bytes);
    if ('error' in parsed) return parsed;
    const read = readReplaceRequest(asCart(parsed.json));
    return 'error' in read
      ? { error: ofOrder(read.error) }
      : { body: { draft: read.draft, digest: bodyDigest(bytes) } };
  },
};

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

/** The body of a change to an order. */
export const orderPatch = z
  .object({
    status: text.optional().describe('`cancelled` cancels the order.'),
    billingCycle: cycle.optional(),
    lineItems: z
      .array(
        z
          .object({
            lineItemNumber: exactInteger(z.int()).optional(),
            offerId: text.optional(),
            quantity: exactInteger(z.int()).optional(),
            subscriptionId: text.optional(),
            parentSubscriptionId: text.optional().describe('The subscription of the base, for an add-on.'),
          })
          .describe('A line as it is to be.'),
      )
      .max(1_000)
      .optional(),
  })
  .describe(
    'The order as it is to be. A client may send the whole order back; what is equal changes nothing.',
  );

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

/** Reads the body of a change to an order. */
export const orderPatchReader: BodyReader<OrderPatch, unknown> = {
  schema: orderPatch,
  isRequired: true,
  maxBytes: MAX_BODY_BYTES,
  async read({ bytes }) {
    const parsed = readJson(bytes);
    if ('error' in parsed) return parsed;
    const read = validate(orderPatch, canonicalize(parsed.json, PATCH_SHAPE));
    return 'value' in read ? { body: read.value } : { error: invalid(read.problems) };
  },
};

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
