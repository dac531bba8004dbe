/**
 * How a file becomes bulk orders: judged by the service's own rules, then cut where the service's limits are, each
 * part under a request id that is made of what it says. So the same file, submitted the same way, is the same
 * calls, whatever happened in between. Pure.
 */
import { MAX_ITEMS } from '../../shared/bulk/bulkOrder.ts';
import { MAX_BULK_BYTES, sortItems } from '../../shared/http/bulkRequest.ts';
import { uuidV8 } from '../../shared/ids.ts';
import type { FileItem } from './fileItem.ts';
import type { OrderFile } from './orderFile.ts';

/** What is wanted of the bulk orders, beside their items. */
export interface Wanted {
  reference?: string | undefined;
  errorPolicy?: 'stopOnFirstError' | undefined;
  acceptValid?: true | undefined;
  /** A word that makes them other bulk orders than those of the same file before. */
  again?: string | undefined;
}

/** An item that can be ordered. */
export interface GoodItem {
  /** Position in the file, from 0. */
  index: number;
  json: unknown;
}

/** An item that cannot be ordered, and what is wrong with it, each sentence with its place. */
export interface LeftOut extends GoodItem {
  problems: string[];
}

/** A bulk order to be. */
export interface Part {
  body: string;
  requestId: string;
  items: GoodItem[];
}

/** Tells the good items from the others. A reference or cart is the first item's that names it, in the whole file. */
export function sortedOut(items: readonly FileItem[]): { good: GoodItem[]; leftOut: LeftOut[] } {
  const { rejected } = sortItems(
    items.map(({ raw }) => raw),
    { cartIdOf: () => '' },
  );
  const placeOf = (index: number, path: string) => items[index]?.place(path) ?? '';
  const problemsOf = new Map(rejected.map(({ index, problems }) => [index, problems]));
  const good: GoodItem[] = [];
  const leftOut: LeftOut[] = [];
  for (const [index, { raw }] of items.entries()) {
    const item = { index, json: 'json' in raw ? raw.json : null };
    const problems = problemsOf.get(index)?.map(({ path, message }) => {
      const words = (items[index]?.explain?.(path) ?? message)
        .replace(/^Invalid input: .*received undefined$/, 'is missing')
        .replace(/items\[(\d+)\]/, (_, first) => placeOf(Number(first), ''));
      return `${placeOf(index, path)}: ${words}`;
    });
    if (problems) leftOut.push({ ...item, problems });
    else good.push(item);
  }
  return { good, leftOut };
}

/**
 * The bulk orders of good items. The words of the command count more than those in the file. What was left out is in
 * none: it may be good enough for a bulk order that does not know the others.
 */
export function partsOf(
  head: OrderFile['head'],
  items: readonly GoodItem[],
  { again = '', ...wanted }: Wanted,
  limits = { items: MAX_ITEMS, bytes: MAX_BULK_BYTES },
): Part[] {
  const said = Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined));
  const whole = { ...head, ...said };
  // Every item is followed by a comma, but the last.
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
    return { body, requestId: uuidV8('bulk order of a file', again, body), items: part };
  });
}
