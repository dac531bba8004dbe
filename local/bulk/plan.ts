/**
 * How a file becomes bulk orders: judged by the service's own rules, then cut where the service's limits are, each
 * part under a request id that is made of what it says. So the same file, submitted the same way, is the same
 * calls, whatever happened in between. Pure.
 */
import { MAX_ITEMS } from '../../shared/bulk/bulkOrder.ts';
import { MAX_BULK_BYTES, sortItems } from '../../shared/http/bulkRequest.ts';
import { guidOf } from '../../shared/ids.ts';
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

/** A bulk order to be. */
export interface Part {
  body: string;
  requestId: string;
  items: unknown[];
}

/** What is wrong with the items, each sentence with its place. A reference or cart is the first item's that names it. */
export function problemsIn(items: readonly FileItem[]): string[] {
  const { rejected } = sortItems(
    items.map(({ raw }) => raw),
    { cartIdOf: () => '' },
  );
  const placeOf = (index: number, path: string) => items[index]?.place(path) ?? '';
  return rejected.flatMap(({ index, problems }) =>
    problems.map(({ path, message }) => {
      const words = message
        .replace(/^Invalid input: .*received undefined$/, 'is missing')
        .replace(/items\[(\d+)\]/, (_, first) => placeOf(Number(first), ''));
      return `${placeOf(index, path)}: ${words}`;
    }),
  );
}

/** The bulk orders of a file. The words of the command count more than those in the file. */
export function partsOf(
  { head, items }: OrderFile,
  { again = '', ...wanted }: Wanted,
  limits = { items: MAX_ITEMS, bytes: MAX_BULK_BYTES },
): Part[] {
  const said = Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined));
  const whole = { ...head, ...said };
  // Every item is followed by a comma, but the last.
  const most = limits.bytes + 1 - Buffer.byteLength(JSON.stringify({ ...whole, items: [] }));
  const parts: unknown[][] = [];
  let bytes = 0;
  for (const { raw } of items) {
    const json = 'json' in raw ? raw.json : null;
    const itemBytes = Buffer.byteLength(JSON.stringify(json)) + 1;
    if (bytes === 0 || bytes + itemBytes > most || parts.at(-1)?.length === limits.items) {
      parts.push([]);
      bytes = 0;
    }
    parts.at(-1)?.push(json);
    bytes += itemBytes;
  }
  return parts.map((part) => {
    const body = JSON.stringify({ ...whole, items: part });
    return { body, requestId: guidOf('bulk order of a file', again, body), items: part };
  });
}
