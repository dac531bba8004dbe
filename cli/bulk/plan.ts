/**
 * How a file becomes bulk orders: validated by the service's own rules, then split at the service's limits, each part
 * under a request id that is derived from its content. The same file, submitted with the same options, makes the same
 * requests, whatever happened in between. Pure.
 */
import { MAX_ITEMS } from '../../shared/bulk/bulkOrder.ts';
import { sameText } from '../../shared/bulk/itemIdentity.ts';
import { MAX_BULK_BYTES, readItem } from '../../shared/http/bulkRequest.ts';
import { canonicalize } from '../../shared/http/canonicalize.ts';
import { uuidV8 } from '../../shared/ids.ts';
import { contentOf } from './content.ts';
import type { FileItem } from './fileItem.ts';
import type { OrderFile } from './orderFile.ts';
import { damageOf } from './spreadsheet.ts';

/** What the command line says about the bulk orders. */
export interface Wanted {
  reference?: string | undefined;
  errorPolicy?: 'stopOnFirstError' | undefined;
  acceptValid?: true | undefined;
  /** Orders the items again that were ordered without this label. */
  again?: string | undefined;
}

/** An item with its place in the file. */
export interface PlacedItem {
  /** Position in the file, from 0. */
  index: number;
  json: unknown;
}

/** An item that can be ordered. */
export interface GoodItem extends PlacedItem {
  reference: string;
  /** What it orders, as `contentOf` gives it. */
  content: string;
}

/** An item that cannot be ordered, with what is invalid, each sentence with its place. */
export interface RejectedItem extends PlacedItem {
  problems: string[];
}

/** A bulk order to submit. */
export interface Part {
  body: string;
  requestId: string;
  items: GoodItem[];
}

/** Most problems that are named of one item. */
const MAX_PROBLEMS = 5;

/** Separates the items that can be ordered. Items that share a reference, or a cart, are all rejected: one may be part of the other. */
export function sortedOut(items: readonly FileItem[]): { good: GoodItem[]; rejected: RejectedItem[] } {
  const read = items.map((item, index) => readOne(item, index));
  const repeated = repeatedNames(items, read);
  const good: GoodItem[] = [];
  const rejected: RejectedItem[] = [];
  for (const [index, { json, item, problems }] of read.entries()) {
    const all = [...problems, ...(repeated.get(index) ?? [])];
    if (item && all.length === 0) {
      good.push({ index, json, reference: item.reference, content: contentOf(item) });
    } else rejected.push({ index, json, problems: all.slice(0, MAX_PROBLEMS) });
  }
  return { good, rejected };
}

type ReadItem = ReturnType<typeof readOne>;

function readOne(file: FileItem, index: number) {
  const json = 'json' in file.raw ? file.raw.json : null;
  const read = readItem(file.raw, index, { cartIdOf: () => '' });
  const found = 'problems' in read ? read.problems : [];
  const { reference } = namesOf(json);
  const damage = reference === undefined ? undefined : damageOf(reference);
  const problems = [
    ...(file.problems ?? []),
    ...(damage ? [`${file.place('reference')}: ${damage}`] : []),
    ...found.map(({ path, message }) => `${file.place(path)}: ${file.explain?.(path) ?? message}`),
  ];
  // The reader and the rules may object to the same cell: the reader knows more of it.
  const first = new Map(problems.toReversed().map((problem) => [problem.split(': ', 1)[0], problem]));
  const named = problems.filter((problem) => first.get(problem.split(': ', 1)[0]) === problem);
  return { json, item: 'item' in read ? read.item : undefined, problems: [...new Set(named)] };
}

/** A sentence for each item whose reference or cart another item has. */
function repeatedNames(items: readonly FileItem[], read: readonly ReadItem[]): Map<number, string[]> {
  const holders = new Map<string, number[]>();
  for (const [index, { json, item }] of read.entries()) {
    const { reference } = namesOf(json);
    const keys = [
      ...(reference === undefined ? [] : [`reference ${sameText(reference)}`]),
      ...(item && !item.draft ? [`cartId ${item.customer} ${item.cartId}`] : []),
    ];
    for (const key of keys) {
      const indexes = holders.get(key);
      if (indexes) indexes.push(index);
      else holders.set(key, [index]);
    }
  }
  const sentences = new Map<number, string[]>();
  for (const [key, indexes] of holders) {
    const [path = ''] = key.split(' ', 1);
    for (const index of indexes.length > 1 ? indexes : []) {
      const other = items[indexes.find((one) => one !== index) ?? 0]?.place('') ?? '';
      const what =
        path === 'reference' ? items[index]?.repeated(other) : `must be unique; ${other} has it as well`;
      sentences.set(index, [...(sentences.get(index) ?? []), `${items[index]?.place(path)}: ${what}`]);
    }
  }
  return sentences;
}

export interface ItemNames {
  reference?: string;
  customerId?: string;
  cartId?: string;
}

/** The members that name an item, as far as it has them. */
export function namesOf(json: unknown): ItemNames {
  const names = { reference: 'value', customerId: 'value', cartId: 'value' } as const;
  const found = Object.entries(canonicalize(Object(json), names) as Record<string, unknown>);
  return Object.fromEntries(
    found.flatMap(([name, value]) => (typeof value === 'string' ? [[name, value.trim()]] : [])),
  );
}

/**
 * The bulk orders of items. The command line takes precedence over the file. Items that an earlier bulk order has
 * ordered are skipped, unless the file says otherwise. Rejected items are in no part.
 */
export function partsOf(
  head: OrderFile['head'],
  items: readonly GoodItem[],
  { again, ...wanted }: Wanted,
  limits = { items: MAX_ITEMS, bytes: MAX_BULK_BYTES },
): Part[] {
  const given = Object.entries({ ...wanted, label: again }).filter(([, value]) => value !== undefined);
  const whole = { repeats: 'skip', ...head, ...Object.fromEntries(given) };
  // A comma follows every item except the last.
  const most = limits.bytes + 1 - Buffer.byteLength(JSON.stringify({ ...whole, items: [] }));
  const parts: GoodItem[][] = [];
  let bytes = 0;
  for (const item of items) {
    const itemBytes = Buffer.byteLength(JSON.stringify(item.json)) + 1;
    if (bytes === 0 || bytes + itemBytes > most || parts.at(-1)?.length === limits.items) {
      parts.push([]);
      bytes = 0;
    }
    parts.at(-1)?.push(item);
    bytes += itemBytes;
  }
  return parts.map((part) => {
    const body = JSON.stringify({ ...whole, items: part.map(({ json }) => json) });
    return { body, requestId: uuidV8('bulk order of a file', body), items: part };
  });
}
