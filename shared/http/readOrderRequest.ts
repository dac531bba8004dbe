/**
 * Reads the bodies of `orderRequest.ts`. A new order is read as the cart that it is the checkout of
 * (docs/contract.md 13.17), so the same rules hold for its lines; problems name the members of the order. Loaded with the
 * first such body.
 */
import type { CartDraft } from '../cart/cart.ts';
import type { LineItemDraft } from '../cart/lineItem.ts';
import type { BillingCycle } from '../catalog/billingCycles.ts';
import type { ApiError } from '../errors.ts';
import { bodyDigest } from '../idempotency.ts';
import type { OrderPatch } from '../orders/cancelOrder.ts';
import { type FieldProblem, validate } from '../validation.ts';
import { canonicalize, type Shape } from './canonicalize.ts';
import { listOfPairs, readReplaceRequest } from './cartRequest.ts';
import { isJsonObject, readJsonObject } from './json.ts';
import { type NewOrder, orderPatch } from './orderRequest.ts';
import { invalid } from './route.ts';

const ORDER_SHAPE: Shape = {
  billingCycle: 'value',
  currencyCode: 'value',
  partnerOnRecordAttestationAccepted: 'value',
  lineItems: 'value',
};
/** What an order line calls otherwise than a line item of a cart. */
const LINE_SHAPE = { offerId: 'value', partnerIdOnRecord: 'value', parentSubscriptionId: 'value' } as const;
/** What of a line becomes its participants. */
const PARTNERS_SHAPE = { partnerIdOnRecord: 'value', participants: 'value' } as const;

/** An order as a cart: what the order has once, every line item has. */
function asCart(json: object): unknown {
  const order = canonicalize(json, ORDER_SHAPE) as Record<string, unknown>;
  const { lineItems, billingCycle = 'unknown', currencyCode, ...rest } = order;
  if (!Array.isArray(lineItems)) return order;
  return { ...rest, lineItems: lineItems.map((line) => asLineItem(line, { billingCycle, currencyCode })) };
}

function asLineItem(line: unknown, ofOrder: Record<string, unknown>): unknown {
  if (!isJsonObject(line)) return line;
  const { offerId, partnerIdOnRecord, parentSubscriptionId } = canonicalize(line, LINE_SHAPE) as Record<
    string,
    unknown
  >;
  const named = new Map(Object.entries(line).map(([name, value]) => [name.toLowerCase(), value]));
  const context = named.get('provisioningcontext');
  const addons = named.get('addonitems');
  return {
    ...line,
    ...ofOrder,
    ...(offerId === undefined ? {} : { catalogItemId: offerId }),
    ...(Array.isArray(addons) ? { addonItems: addons.map((addon) => asLineItem(addon, ofOrder)) } : {}),
    ...(partnerIdOnRecord === undefined
      ? {}
      : { participants: [resellerOf(partnerIdOnRecord), ...listOfPairs(named.get('participants') ?? [])] }),
    ...(parentSubscriptionId === undefined
      ? {}
      : { provisioningContext: { ...(typeof context === 'object' ? context : {}), parentSubscriptionId } }),
  };
}

/** How the reseller of an order line is named on a line item: it is the first participant. */
const resellerOf = (partnerId: unknown) => ({ key: 'transaction_reseller', value: partnerId });

/** The paths of a cart that are others in an order, and theirs. What all lines have is a member of the order. */
const PATHS: readonly [RegExp, string][] = [
  [/^lineItems\[\d+\](?:\.addonItems\[\d+\])?\.(billingCycle|currencyCode)$/, '$1'],
  [/\.catalogItemId$/, '.offerId'],
  [/\.provisioningContext\.parentSubscriptionId$/, '.parentSubscriptionId'],
];
const PARTICIPANT = /^lineItems\[(\d+)\]\.participants\[(\d+)\]\.value$/;

/** What an order says of the partners of its lines. */
interface OfPartners {
  partnerIdOnRecord?: unknown;
  participants?: unknown;
}

/** The error with the names of an order's members, each problem once. `order` is the body. */
function ofOrder(error: ApiError, order: object): ApiError {
  const problems = error.data as readonly FieldProblem[] | undefined;
  const isOfMembers = problems !== undefined && error.description === invalid(problems).description;
  if (!isOfMembers) return { ...error, description: error.description.replace(/^A cart /, 'An order ') };
  // Once for all problems: the body may have as many members as problems.
  const { lineItems } = canonicalize(order, { lineItems: [() => PARTNERS_SHAPE] }) as {
    lineItems?: readonly OfPartners[];
  };
  const renamed = new Map<string, FieldProblem>();
  for (const { path, message } of problems) {
    const named = PATHS.reduce(
      (text, [pattern, name]) => text.replace(pattern, name),
      partnerPath(path, lineItems),
    );
    renamed.set(`${named} ${message}`, { path: named, message });
  }
  return invalid([...renamed.values()], error.name);
}

/** The path of a partner id as the order has it: the reseller is the first participant, and additional ones are the last. */
function partnerPath(path: string, lineItems: readonly OfPartners[] = []): string {
  const [, line, at] = PARTICIPANT.exec(path) ?? [];
  if (line === undefined) return path;
  const { partnerIdOnRecord, participants = [] } = lineItems[Number(line)] ?? {};
  const n = partnerIdOnRecord === undefined ? Number(at) : Number(at) - 1;
  if (n < 0) return `lineItems[${line}].partnerIdOnRecord`;
  const isSent = n < listOfPairs(participants).length;
  return `lineItems[${line}].${isSent ? `participants[${n}].value` : 'additionalPartnerIdsOnRecord'}`;
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
  const parsed = readJsonObject(bytes, 'an order: a JSON object with lineItems');
  if ('error' in parsed) return parsed;
  const read = readReplaceRequest(asCart(parsed.json));
  return 'error' in read
    ? { error: ofOrder(read.error, parsed.json) }
    : { body: { draft: read.draft, digest: bodyDigest(bytes) } };
}

/** The change in a body, or the error that names every problem with it. */
export function readOrderPatch(bytes: Uint8Array): { body: OrderPatch } | { error: ApiError } {
  const parsed = readJsonObject(bytes, 'a change to an order: a JSON object');
  if ('error' in parsed) return parsed;
  const read = validate(orderPatch, canonicalize(parsed.json, PATCH_SHAPE));
  return 'value' in read ? { body: read.value } : { error: invalid(read.problems) };
}

/**
 * The draft with a billing cycle in place of `unknown`: one with which the first line's product is sold
 * (docs/contract.md 13.18). All lines get the same one, because it is a property of the order.
 */
export function withBillingCycle(
  draft: CartDraft,
  defaultOf: (catalogItemId: string) => BillingCycle,
): CartDraft {
  const [first] = draft.lineItems;
  if (first?.billingCycle !== 'unknown') return draft;
  const billingCycle = defaultOf(first.catalogItemId);
  const withCycle = <Item extends LineItemDraft>(item: Item) => ({ ...item, billingCycle });
  const lineItems = draft.lineItems.map(({ addonItems, ...item }) => ({
    ...withCycle(item),
    ...(addonItems ? { addonItems: addonItems.map(withCycle) } : {}),
  }));
  return { ...draft, lineItems };
}
