/**
 * The body of a bulk order, as JSON or NDJSON. Items are validated one by one: a malformed item is named by its index
 * and path, and the others are validated nevertheless.
 */
import { setImmediate } from 'node:timers/promises';
import * as z from 'zod';
import {
  type BulkItem,
  type BulkKey,
  ERROR_POLICIES,
  MAX_ITEMS,
  type RejectedItem,
} from '../bulk/bulkOrder.ts';
import { REPEATS, sameText } from '../bulk/itemIdentity.ts';
import { jsonBytes, MAX_ITEM_BYTES } from '../bulk/partition.ts';
import type { BulkDraft } from '../bulk/submitBulkOrder.ts';
import { type ApiError, apiError } from '../errors.ts';
import { bodyDigest, bulkItemCartId, newBulkOrderId } from '../idempotency.ts';
import { type FieldProblem, validate } from '../validation.ts';
import { type BulkHead, bulkQuery, HEAD_SHAPE, reference } from './bulkHead.ts';
import { canonicalize, lenientName, type Shape } from './canonicalize.ts';
import { cartRequest, readCartRequest } from './cartRequest.ts';
import { isJsonObject, MAX_BODY_BYTES, readJson, readText } from './json.ts';
import { guid } from './path.ts';
import { type BodyReader, invalid } from './route.ts';
import { splitItems } from './splitItems.ts';

/** Largest body of a bulk order in bytes. */
export const MAX_BULK_BYTES = 16 * 1_024 * 1_024;
/** Problems reported of an item, and characters of a path or a message: a hundred rejected items are stored in one row. */
const MAX_PROBLEMS = 5;
const MAX_CHARS = 256;
/** Problems, in items that have more than are reported, after which the list is rejected early: a hostile list could have millions. */
const MAX_UNREPORTED = 20_000;
/** Begins every line of `application/json-seq` (RFC 7464); no JSON text contains it. */
const RECORD_SEPARATOR = '\u001e';
/** How long validation runs before it lets other requests proceed, in milliseconds. */
const SLICE_MS = 20;

const id = z
  .string()
  .transform((text) => guid(text.replace(/^\{(.*)\}$/, '$1')) ?? '')
  .refine(Boolean, 'must be a GUID');

const itemHead = z.object({ reference, customerId: id, cartId: id.optional(), cart: z.unknown().optional() });
const ITEM_SHAPE: Shape = { reference: 'value', customerId: 'value', cartId: 'value', cart: 'value' };

/** An item as the reference and the queue's schema describe it. */
export const bulkItemRequest = z
  .object({
    reference,
    customerId: z.guid(),
    cartId: z.guid().optional(),
    cart: cartRequest.optional(),
  })
  .describe('An item: an existing cart (`cartId`), or the line items of a new one (`cart`).');

/** The body of a bulk order, as the reference describes it. */
export const bulkRequest = z
  .object({
    reference: reference.optional(),
    errorPolicy: lenientName(ERROR_POLICIES).optional(),
    acceptValid: z.boolean().optional(),
    repeats: lenientName(REPEATS).optional(),
    label: reference.optional(),
    items: z.array(bulkItemRequest).min(1).max(MAX_ITEMS),
  })
  .describe('Items to order, and what happens when one fails.');

export interface BulkContext {
  /** The id of the cart that an item of this reference makes. */
  cartIdOf: (reference: string) => string;
}

/** Reads the body of a submission: the draft, and the key that the call has (docs/contract.md 3.9, 19.3). */
export const bulkBodyReader: BodyReader<{ key: BulkKey; draft: BulkDraft }, BulkHead> = {
  schema: bulkRequest,
  lines: bulkItemRequest,
  isRequired: true,
  maxBytes: MAX_BULK_BYTES,
  async read({ bytes, contentType, query, queryText, caller, identity }) {
    const { tenant } = caller;
    const key = { tenant, bulkOrderId: newBulkOrderId(identity, bodyDigest(bytes), queryText) };
    const context = { cartIdOf: (reference: string) => bulkItemCartId(key, reference) };
    const isLines = /ndjson|jsonl|json-seq/i.test(contentType);
    const text = isLines ? readText(bytes, MAX_BULK_BYTES) : undefined;
    if (text && 'error' in text) return text;
    const read = await (text ? readBulkLines(text.text, query, context) : readObject(bytes, context));
    return 'error' in read ? read : { body: { key, draft: read.draft } };
  },
};

async function readObject(bytes: Uint8Array, context: BulkContext): Promise<BulkResult> {
  if (bytes.length <= MAX_BODY_BYTES) {
    const read = readJson(bytes);
    return 'error' in read ? read : readBulkRequest(read.json, context);
  }
  const read = readText(bytes, MAX_BULK_BYTES);
  if ('error' in read) return read;
  const split = await splitItems(read.text, MAX_ITEMS);
  if ('error' in split) return split;
  const head = readJson(Buffer.from(split.head));
  if ('error' in head) return head;
  return readBulkRequest(head.json, context, split.items);
}

type BulkResult = { draft: BulkDraft } | { error: ApiError };

/** The bulk order in a JSON body; an error that names every malformed item, unless the valid ones are to be accepted. */
export async function readBulkRequest(
  json: unknown,
  context: BulkContext,
  /** The items as text, where the body has been split. */
  texts?: readonly string[],
): Promise<BulkResult> {
  if (!isJsonObject(json)) {
    const description = 'The body must be a bulk order: a JSON object with items.';
    return { error: apiError('invalidInput', description) };
  }
  const { items, ...rest } = canonicalize(json, HEAD_SHAPE) as Record<string, unknown>;
  if (!Array.isArray(items)) {
    const message = items === undefined ? 'is required' : 'must be a list';
    return { error: invalid([{ path: 'items', message }]) };
  }
  const head = validate(bulkQuery, rest);
  if ('problems' in head) return { error: invalid(head.problems) };
  return texts === undefined
    ? readBulk(head.value, items, (item) => ({ json: item }), context)
    : readBulk(head.value, texts, rawItem, context);
}

/** The bulk order in NDJSON: one item per line, blank lines are skipped. */
export function readBulkLines(text: string, head: BulkHead, context: BulkContext): Promise<BulkResult> {
  // From the first visible character to the end of the line. A body could have millions of lines; one too many is enough.
  const lined = text.replaceAll(RECORD_SEPARATOR, '\n');
  const lines = [...lined.matchAll(/\S[^\n]*/g).take(MAX_ITEMS + 1)].map(([line]) => line);
  return readBulk(head, lines, rawItem, context);
}

/** An item that is not JSON is rejected like any other malformed one. */
function rawItem(text: string): RawItem {
  if (text.trim() === '') return { problem: 'is required' };
  const read = readJson(Buffer.from(text));
  return 'error' in read ? { problem: ofItem(read.error) } : read;
}

/** What is wrong with an item as a whole, as the end of a sentence: it is a part of the body, not the body. */
const ofItem = ({ description }: ApiError): string => description.replace(/^The body (.*)\.$/, '$1');

type RawItem = { json: unknown } | { problem: string };

async function readBulk<Sent>(
  { acceptValid, ...head }: BulkHead,
  sent: readonly Sent[],
  read: (one: Sent) => RawItem,
  context: BulkContext,
): Promise<BulkResult> {
  if (sent.length === 0 || sent.length > MAX_ITEMS) {
    const message = `must have 1 to ${MAX_ITEMS} entries`;
    return { error: invalid([{ path: 'items', message }]) };
  }
  const sorting = new ItemSorting(context, MAX_UNREPORTED);
  let sliceEndMs = performance.now() + SLICE_MS;
  for (const one of sent) {
    if (!sorting.add(read(one))) break;
    if (performance.now() < sliceEndMs) continue;
    await setImmediate();
    sliceEndMs = performance.now() + SLICE_MS;
  }
  const { items, rejected } = sorting;
  const unread = sent.length - sorting.count;
  const isRejected = rejected.length > 0 && (!acceptValid || items.length === 0 || unread > 0);
  if (isRejected) return rejection(rejected, sent.length, unread);
  return { draft: { ...head, items, rejected } };
}

/** Every item of a list as accepted or rejected. */
export function sortItems(raw: readonly RawItem[], context: BulkContext) {
  const sorting = new ItemSorting(context);
  for (const one of raw) sorting.add(one);
  const { items, rejected } = sorting;
  return { items, rejected };
}

/** Validates items one by one. A reference, and an existing cart, belong to the first item that names them. */
class ItemSorting {
  readonly items: BulkItem[] = [];
  readonly rejected: RejectedItem[] = [];
  /** Items seen so far. */
  count = 0;
  readonly #seen = new Map<string, number>();
  readonly #context: BulkContext;
  #unreported = 0;
  readonly #maxUnreported: number;

  constructor(context: BulkContext, maxUnreported = Number.POSITIVE_INFINITY) {
    this.#context = context;
    this.#maxUnreported = maxUnreported;
  }

  /** Whether to continue: not when the list has too many problems. */
  add(raw: RawItem): boolean {
    const index = this.count++;
    const read = readItem(raw, index, this.#context);
    const problems = 'problems' in read ? read.problems : repeated(read.item, index, this.#seen);
    if (problems.length > 0) {
      const sent = (raw as { json?: { reference?: unknown } | null }).json?.reference;
      const known = typeof sent === 'string' ? { reference: sent.slice(0, 128).toWellFormed() } : {};
      this.rejected.push({ index, ...known, problems: problems.slice(0, MAX_PROBLEMS).map(shortened) });
    } else if ('item' in read) this.items.push(read.item);
    if (problems.length > MAX_PROBLEMS) this.#unreported += problems.length;
    return this.#unreported <= this.#maxUnreported;
  }
}

/** A path may contain names that the client chose, of any length. */
const shortened = ({ path, message }: FieldProblem): FieldProblem => ({
  path: short(path),
  message: short(message),
});

const short = (text: string): string =>
  (text.length > MAX_CHARS ? `${text.slice(0, MAX_CHARS)}…` : text).toWellFormed();

function repeated(item: BulkItem, index: number, seen: Map<string, number>): FieldProblem[] {
  const names = [
    ['reference', sameText(item.reference)],
    ...(item.draft ? [] : [['cartId', `${item.customer} ${item.cartId}`]]),
  ] as const;
  return names.flatMap(([path = '', value = '']) => {
    const first = seen.get(`${path} ${value}`);
    if (first === undefined) seen.set(`${path} ${value}`, index);
    return first === undefined ? [] : [{ path, message: `repeats items[${first}]` }];
  });
}

/** One item, or what is wrong with it. */
export function readItem(
  raw: RawItem,
  index: number,
  { cartIdOf }: BulkContext,
): { item: BulkItem } | { problems: FieldProblem[] } {
  if ('problem' in raw) return { problems: [{ path: '', message: raw.problem }] };
  if (!isJsonObject(raw.json)) {
    return { problems: [{ path: '', message: 'must be an object' }] };
  }
  if (jsonBytes(raw.json) > MAX_ITEM_BYTES) {
    return { problems: [{ path: '', message: `must have at most ${MAX_ITEM_BYTES} bytes` }] };
  }
  const named = canonicalize(raw.json, ITEM_SHAPE) as { cart?: unknown; cartId?: unknown };
  const parsed = validate(itemHead, named);
  const problems = 'problems' in parsed ? parsed.problems : [];
  const { cart, cartId } = named;
  if ((cart === undefined) === (cartId === undefined)) {
    problems.push({ path: 'cart', message: 'provide exactly one of `cart` and `cartId`' });
  }
  const read = cart === undefined ? undefined : readCartRequest(cart);
  if (read && 'error' in read) problems.push(...cartProblems(read.error));
  if (problems.length > 0 || 'problems' in parsed) return { problems };
  const { value: head } = parsed;
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

function cartProblems(error: ApiError): FieldProblem[] {
  const problems = ((error.data ?? []) as FieldProblem[]).map(({ path, message }) => ({
    path: `cart.${path}`,
    message,
  }));
  return problems.length > 0 ? problems : [{ path: 'cart', message: ofItem(error) }];
}

function rejection(rejected: readonly RejectedItem[], total: number, unread: number): { error: ApiError } {
  const data = rejected.flatMap(({ index, problems }) =>
    problems.map(({ path, message }) => ({ path: `items[${index}]${path && `.${path}`}`, message })),
  );
  const rest = unread > 0 ? `; the last ${unread} were not validated` : '';
  const description = `${rejected.length} of ${total} items are malformed${rest}. No item was accepted.`;
  return { error: apiError('invalidInput', description, { data }) };
}
