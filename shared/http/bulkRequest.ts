/**
 * What a caller says about a bulk order, from JSON or from NDJSON. Each item is read by itself: what is wrong with
 * one is told by its index and path, and is no reason not to look at the others.
 */
import * as z from 'zod';
import {
  type BulkItem,
  ERROR_POLICIES,
  type FieldProblem,
  MAX_ITEMS,
  RETRYABLE_STATES,
  type RejectedItem,
} from '../bulk/bulkOrder.ts';
import { REPEATS } from '../bulk/itemIdentity.ts';
import { jsonBytes, MAX_ITEM_BYTES } from '../bulk/partition.ts';
import type { BulkDraft } from '../bulk/submitBulkOrder.ts';
import { type ApiError, apiError } from '../errors.ts';
import { jsonPath } from '../jsonPath.ts';
import { canonicalize, type Shape } from './canonicalize.ts';
import { cartRequest, readCartRequest } from './cartRequest.ts';
import { readJson } from './json.ts';
import { guid } from './path.ts';

/** Largest body of a bulk order in bytes. */
export const MAX_BULK_BYTES = 16 * 1_024 * 1_024;
/** How many problems of an item are told, and in how many characters a path or a message: a hundred rejected items stand in one row. */
const MAX_PROBLEMS = 5;
const MAX_TOLD = 256;
/** How many problems there may be in items that have more than are told: each takes its time, and a hostile list could have millions. */
const MAX_UNTOLD = 20_000;

/** Half a character would be another half in a hash, which the id of the item's cart is made of. */
const reference = z
  .string()
  .trim()
  .min(1)
  .max(128)
  .refine((text) => text.isWellFormed(), 'should be whole characters');
const id = z
  .string()
  .transform((text) => guid(text.replace(/^\{(.*)\}$/, '$1')) ?? '')
  .refine(Boolean, 'should be a GUID');

const itemHead = z.object({ reference, customerId: id, cartId: id.optional(), cart: z.unknown().optional() });
const ITEM_SHAPE: Shape = { reference: 'value', customerId: 'value', cartId: 'value', cart: 'value' };

const bulkHead = z.object({
  reference: reference.optional(),
  errorPolicy: z.enum(ERROR_POLICIES).default('continue'),
  acceptValid: z
    .preprocess((value) => (value === 'true' ? true : value === 'false' ? false : value), z.boolean())
    .default(false),
  repeats: z.enum(REPEATS).default('order'),
  label: reference.optional(),
});
const HEAD_SHAPE: Shape = {
  ...{ reference: 'value', errorPolicy: 'value', acceptValid: 'value', repeats: 'value', label: 'value' },
  items: 'value',
};

/** An item as the reference and the queue's schema describe it. */
export const bulkItemRequest = z
  .object({
    reference,
    customerId: z.guid(),
    cartId: z.guid().optional(),
    cart: cartRequest.optional(),
  })
  .describe('An item: a cart that is there (`cartId`), or what a new one is made of (`cart`).');

/** The body of a bulk order, as the reference describes it. */
export const bulkRequest = z.object({
  reference: reference.optional(),
  errorPolicy: z.enum(ERROR_POLICIES).optional(),
  acceptValid: z.boolean().optional(),
  repeats: z.enum(REPEATS).optional(),
  label: reference.optional(),
  items: z.array(bulkItemRequest).min(1).max(MAX_ITEMS),
});

export interface BulkContext {
  /** The id of the cart that an item of this reference makes. */
  cartIdOf: (reference: string) => string;
}

/** The bulk order in a JSON body; an error that names every malformed item, unless the valid ones are to be accepted. */
export function readBulkRequest(
  json: unknown,
  context: BulkContext,
): { draft: BulkDraft } | { error: ApiError } {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    return invalid('The body should be a bulk order: a JSON object with items.');
  }
  const { items, ...head } = canonicalize(json, HEAD_SHAPE) as Record<string, unknown>;
  if (!Array.isArray(items))
    return invalid('items: should be a list', [{ path: 'items', message: 'should be a list' }]);
  return readBulk(head, items, (json) => ({ json }), context);
}

/** The bulk order in NDJSON, an item a line, blank lines passed over; what is not about one item stands in the query. */
export function readBulkLines(
  text: string,
  query: URLSearchParams,
  context: BulkContext,
): { draft: BulkDraft } | { error: ApiError } {
  // From what is no white space to the end of the line; a body could have millions, and one more than may be tells as much.
  const lines = [...text.matchAll(/\S[^\n]*/g).take(MAX_ITEMS + 1)].map(([line]) => line);
  const head = canonicalize(Object.fromEntries(query), HEAD_SHAPE) as Record<string, unknown>;
  return readBulk(head, lines, rawItem, context);
}

function rawItem(line: string): RawItem {
  const read = readJson(Buffer.from(line));
  return 'error' in read ? { problem: read.error.description } : read;
}

type RawItem = { json: unknown } | { problem: string };

function readBulk<Sent>(
  head: Record<string, unknown>,
  sent: readonly Sent[],
  read: (one: Sent) => RawItem,
  context: BulkContext,
): { draft: BulkDraft } | { error: ApiError } {
  const parsed = bulkHead.safeParse(head);
  if (!parsed.success) {
    const data = parsed.error.issues.map(({ path, message }) => ({ path: jsonPath(path), message }));
    return invalid(data.map(({ path, message }) => `${path}: ${message}`).join('; '), data);
  }
  if (sent.length === 0 || sent.length > MAX_ITEMS) {
    const message = `should be 1 to ${MAX_ITEMS} items, not ${sent.length === 0 ? 'none' : 'more'}`;
    return invalid(`items: ${message}`, [{ path: 'items', message }]);
  }
  const { acceptValid, ...rest } = parsed.data;
  const { unread, ...sorted } = sortItems(sent.map(read), context, MAX_UNTOLD);
  const isRefused = sorted.rejected.length > 0 && (!acceptValid || sorted.items.length === 0 || unread > 0);
  return isRefused ? refusal(sorted.rejected, sent.length, unread) : { draft: { ...rest, ...sorted } };
}

/** Reads every item, unless too many are wrong all over; a reference or a cart is the first one's that names it. */
export function sortItems(
  raw: readonly RawItem[],
  context: BulkContext,
  mostUntold = Number.POSITIVE_INFINITY,
) {
  const items: BulkItem[] = [];
  const rejected: RejectedItem[] = [];
  const seen = new Map<string, number>();
  let untold = 0;
  for (const [index, one] of raw.entries()) {
    const read = readItem(one, index, context);
    const problems = 'problems' in read ? read.problems : repeated(read.item, index, seen);
    if (problems.length > 0) {
      const said = (one as { json?: { reference?: unknown } | null }).json?.reference;
      const known = typeof said === 'string' ? { reference: said.slice(0, 128) } : {};
      rejected.push({ index, ...known, problems: problems.slice(0, MAX_PROBLEMS).map(told) });
    } else if ('item' in read) items.push(read.item);
    if (problems.length > MAX_PROBLEMS) untold += problems.length;
    if (untold > mostUntold) return { items, rejected, unread: raw.length - index - 1 };
  }
  return { items, rejected, unread: 0 };
}

/** A path may hold names that the caller chose, of any length. */
const told = ({ path, message }: FieldProblem): FieldProblem => ({
  path: shortened(path),
  message: shortened(message),
});

const shortened = (text: string): string => (text.length > MAX_TOLD ? `${text.slice(0, MAX_TOLD)}…` : text);

function repeated(item: BulkItem, index: number, seen: Map<string, number>): FieldProblem[] {
  const names = [
    ['reference', item.reference],
    ...(item.draft ? [] : [['cartId', `${item.customer} ${item.cartId}`]]),
  ] as const;
  return names.flatMap(([path = '', value = '']) => {
    const first = seen.get(`${path} ${value}`);
    if (first === undefined) seen.set(`${path} ${value}`, index);
    return first === undefined ? [] : [{ path, message: `is that of items[${first}] already` }];
  });
}

/** One item, or what is wrong with it. */
export function readItem(
  raw: RawItem,
  index: number,
  { cartIdOf }: BulkContext,
): { item: BulkItem } | { problems: FieldProblem[] } {
  if ('problem' in raw) return { problems: [{ path: '', message: raw.problem }] };
  if (typeof raw.json !== 'object' || raw.json === null || Array.isArray(raw.json)) {
    return { problems: [{ path: '', message: 'should be an object' }] };
  }
  if (jsonBytes(raw.json) > MAX_ITEM_BYTES) {
    return { problems: [{ path: '', message: `has more than ${MAX_ITEM_BYTES} bytes` }] };
  }
  const parsed = itemHead.safeParse(canonicalize(raw.json, ITEM_SHAPE));
  const problems = (parsed.error?.issues ?? []).map(({ path, message }) => ({
    path: jsonPath(path),
    message,
  }));
  const { cart, cartId } = canonicalize(raw.json, ITEM_SHAPE) as { cart?: unknown; cartId?: unknown };
  if ((cart === undefined) === (cartId === undefined)) {
    problems.push({ path: 'cart', message: 'should be there, or cartId; not both' });
  }
  const read = cart === undefined ? undefined : readCartRequest(cart);
  if (read && 'error' in read) problems.push(...cartProblems(read.error));
  if (problems.length > 0 || !parsed.success) return { problems };
  const { data: head } = parsed;
  const draft = read && 'draft' in read ? read.draft : undefined;
  return {
    item: {
      index,
      reference: head.reference,
      customer: head.customerId,
      cartId: head.cartId ?? cartIdOf(head.reference),
      ...(draft ? { draft } : {}),
    },
  };
}

function cartProblems({ data = [], description }: ApiError): FieldProblem[] {
  const problems = (data as FieldProblem[]).map(({ path, message }) => ({ path: `cart.${path}`, message }));
  return problems.length > 0 ? problems : [{ path: 'cart', message: description }];
}

function refusal(rejected: readonly RejectedItem[], total: number, unread: number): { error: ApiError } {
  const data = rejected.flatMap(({ index, problems }) =>
    problems.map(({ path, message }) => ({ path: `items[${index}]${path && `.${path}`}`, message })),
  );
  const how = unread > 0 ? `, and the last ${unread} were not looked at` : '';
  return invalid(`${rejected.length} of ${total} items are malformed${how}; nothing was accepted.`, data);
}

/** Which items a retry is about: the failed ones, unless the body says otherwise. */
export const retryRequest = z.object({ states: z.array(z.enum(RETRYABLE_STATES)).min(1).optional() });

/** Reads the body of a retry, which may be absent. */
export function readRetryRequest(bytes: Uint8Array) {
  if (bytes.length === 0) return { states: ['failed'] as const };
  const read = readJson(bytes);
  if ('error' in read) return read;
  const parsed = retryRequest.safeParse(canonicalize(read.json, { states: 'value' }));
  if (parsed.success) return { states: parsed.data.states ?? (['failed'] as const) };
  const data = parsed.error.issues.map(({ path, message }) => ({ path: jsonPath(path), message }));
  return invalid(data.map(({ path, message }) => `${path}: ${message}`).join('; '), data);
}

const invalid = (description: string, data?: { path: string; message: string }[]) => ({
  error: apiError('invalidInput', description.slice(0, 1_000), data ? { data } : {}),
});
