/**
 * A CSV file as spreadsheets write it: a header line, then rows. Rows of one reference and customer that stand
 * together are the line items of one cart. Values that cannot be what their column needs pass as text, for the
 * service's own rules to name them.
 */
import { CsvError, parse } from 'csv-parse/sync';
import { cartRequest } from '../../shared/http/cartRequest.ts';
import type { FileItem } from './fileItem.ts';
import { BadFile } from './refusals.ts';

const ITEM_NAMES = ['reference', 'customerId', 'cartId'];
const LINE_ITEM_NAMES = Object.keys(cartRequest.shape.lineItems.element.shape);
/** How numbers are written, and how that is told. A spreadsheet in German writes a thousand as `1.000`. */
const NUMBERS = new Map([
  ['quantity', { written: /^\d{1,15}(\.00?)?$/, told: 'a whole number in digits alone, such as 1000' }],
  [
    'purchaseCommitment.amount',
    {
      written: /^\d{1,15}(\.(\d{1,2}|\d{4,}))?$/,
      told: 'a number such as 1000 or 1000.50, without the three decimals that may be thousands',
    },
  ],
]);
const BOOLEANS = ['attestationAccepted'];

interface CsvRecord {
  cells: string[];
  /** Where it begins, from 1. */
  line: number;
}

/** A column that is read: its heading as the file has it, and the member that it fills, by its path. */
interface Column {
  heading: string;
  path: string;
}

interface Row {
  line: number;
  /** Members of the item. */
  item: { [name: string]: unknown };
  /** Members of the line item. */
  lineItem: { [name: string]: unknown };
  /** A cell that stands under no heading. */
  astray?: string;
}

/** The items of a CSV text with lines that end in `\n`; throws BadFile when it is none, or names unknown columns. */
export function csvItems(text: string): FileItem[] {
  const [header, ...records] = recordsOf(text);
  if (!header) return [];
  const columns = columnsOf(header);
  const carts: Row[][] = [];
  for (const record of records) {
    const row = rowOf(record, columns);
    const cart = carts.at(-1);
    if (cart?.[0] && isOfOneCart(cart[0], row)) cart.push(row);
    else carts.push([row]);
  }
  return carts.map((rows) => itemOf(rows, columns));
}

/** The records that are not blank. Between the cells is whatever the header line has: commas, semicolons or tabs. */
function recordsOf(text: string): CsvRecord[] {
  const [header = ''] = /\S.*/.exec(text) ?? [];
  const records: CsvRecord[] = [];
  let ended = 0;
  try {
    parse(text, {
      delimiter: [';', '\t'].find((one) => header.includes(one)) ?? ',',
      record_delimiter: '\n',
      trim: true,
      relax_column_count: true,
      skip_records_with_empty_values: true,
      on_record: (cells: string[], { lines }) => {
        ended = lines;
        records.push({ cells, line: lines - cells.join('').split('\n').length + 1 });
        return null;
      },
    });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const isOpen = error.code === 'CSV_QUOTE_NOT_CLOSED';
    throw new BadFile(isOpen ? `line ${ended + 1} or below: a quoted cell does not end` : error.message);
  }
  return records;
}

/** The columns of a header line in any spelling (`Customer ID`); `renewsTo.termDuration` is a member of a member. */
function columnsOf({ cells, line }: CsvRecord): (Column | undefined)[] {
  const bare = (name: string) => name.toLowerCase().replace(/[\s_-]/g, '');
  const names = [...ITEM_NAMES, ...LINE_ITEM_NAMES];
  const columns = cells.map((heading) => {
    if (heading === '') return undefined;
    const [first = '', ...inner] = heading.split('.');
    const name = names.find((one) => bare(one) === bare(first));
    if (name !== undefined) return { heading, path: [name, ...inner].join('.') };
    throw new BadFile(`line ${line}, column ${heading}: is not known; columns are ${names.join(', ')}`);
  });
  const paths = columns.flatMap((column) => column?.path ?? []);
  const twice = paths.find((path, n) => paths.indexOf(path) !== n);
  if (twice !== undefined) throw new BadFile(`line ${line}, column ${twice}: is there twice`);
  return columns;
}

function rowOf({ cells, line }: CsvRecord, columns: readonly (Column | undefined)[]): Row {
  const row: Row = { line, item: {}, lineItem: {} };
  for (const [n, cell] of cells.entries()) {
    if (cell === '') continue;
    const path = columns[n]?.path;
    if (path === undefined) row.astray = `column ${n + 1} has '${cell}' under no heading`;
    else put(ITEM_NAMES.includes(path) ? row.item : row.lineItem, path, valueIn(cell, path));
  }
  return row;
}

function put(members: Row['item'], path: string, value: unknown): void {
  const [name = '', ...inner] = path.split('.');
  members[name] = inner.length === 0 ? value : { ...(members[name] as object), [inner.join('.')]: value };
}

function valueIn(cell: string, path: string): unknown {
  if (NUMBERS.get(path)?.written.test(cell)) return Number(cell);
  if (BOOLEANS.includes(path) && /^(true|false)$/i.test(cell)) return cell.toLowerCase() === 'true';
  return cell;
}

/** A row without a reference or with a cart id is an item by itself. */
function isOfOneCart({ item: first }: Row, { item }: Row): boolean {
  if (first.reference === undefined || first.cartId !== undefined || item.cartId !== undefined) return false;
  return item.reference === first.reference && item.customerId === first.customerId;
}

function itemOf(rows: readonly Row[], columns: readonly (Column | undefined)[]): FileItem {
  const { item = {} } = rows[0] ?? {};
  const strayed = rows.find(({ astray }) => astray !== undefined);
  const lineItems = rows.map(({ lineItem }) => lineItem);
  const isThere = item.cartId !== undefined && lineItems.every((one) => Object.keys(one).length === 0);
  const json = isThere ? item : { ...item, cart: { lineItems } };
  return {
    raw: strayed?.astray === undefined ? { json } : { problem: strayed.astray },
    place(path) {
      const { n, inner } = inLineItem(path);
      const member = inner ?? path;
      const { heading } = columns.find((column) => column?.path === member) ?? {};
      const what = heading ?? (ITEM_NAMES.includes(member) || inner !== undefined ? member : undefined);
      const line = `line ${(path === '' ? (strayed ?? rows[0]) : rows[n])?.line}`;
      return what === undefined ? [line, path].filter(Boolean).join(', ') : `${line}, column ${what}`;
    },
    explain(path) {
      const { n, inner = '' } = inLineItem(path);
      const cell = inner.split('.').reduce<unknown>((all, name) => Object(all)[name], lineItems[n]);
      const number = typeof cell === 'string' ? NUMBERS.get(inner) : undefined;
      return number && `should be ${number.told}, not '${cell}'`;
    },
  };
}

/** Which line item a path leads to, and which member of it; the first row's, when it leads to none. */
function inLineItem(path: string): { n: number; inner?: string | undefined } {
  const [, n = 0, inner] = /^cart\.lineItems\[(\d+)\]\.(.+)$/.exec(path) ?? [];
  return { n: Number(n), inner };
}
