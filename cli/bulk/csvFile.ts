/**
 * A CSV file of items: a header line, then rows. Adjacent rows with one reference are the line items of one cart, which
 * is ordered completely or not at all: a row that may belong to a cart and is invalid makes the whole cart invalid.
 * Values that do not suit their column stay text, and the service's rules name them. Pure.
 */
import { sameText } from '../../shared/bulk/itemIdentity.ts';
import { cartRequest } from '../../shared/http/cartRequest.ts';
import { guid } from '../../shared/http/path.ts';
import { BadFile } from '../refused.ts';
import { type CsvFormat, type CsvRecord, readCsv } from './csv.ts';
import type { FileItem } from './fileItem.ts';
import { damageOf, mayBeCut } from './spreadsheet.ts';
import type { TextFormat } from './textFile.ts';

const ITEM_NAMES = ['reference', 'customerId', 'cartId'];
const LINE_ITEM_NAMES = Object.keys(cartRequest.shape.lineItems.element.shape);
/** Other names that the service reads. */
const ALIASES = new Map([['catalogid', 'catalogItemId']]);
/** How numbers are written, and how to describe it. A spreadsheet in German writes a thousand as `1.000`. */
const NUMBERS = new Map([
  ['quantity', { written: /^\d{1,15}(\.00?)?$/, described: 'a whole number in digits only, such as 1000' }],
  [
    'purchaseCommitment.amount',
    {
      written: /^\d{1,15}(\.(\d{1,2}|\d{4,}))?$/,
      described: 'a number such as 1000 or 1000.50, without three decimals, which may be thousands',
    },
  ],
]);
const BOOLEANS = ['attestationAccepted'];

/** A column that is read: its heading as the file has it, and the path of the member that it fills. */
interface Column {
  heading: string;
  path: string;
}

interface Row extends Pick<CsvRecord, 'line' | 'source'> {
  /** Members of the item, by name. */
  item: { [name: string]: unknown };
  /** Members of the line item, by name. */
  lineItem: { [name: string]: unknown };
  problems: string[];
}

export interface CsvFile {
  items: FileItem[];
  format: CsvFormat;
  /** The header line as the file has it. */
  header: string;
}

/** The items of a CSV text with `\n` at the end of each line; throws BadFile when it is not CSV or has unknown columns. */
export function readCsvFile(text: string, textFormat: TextFormat): CsvFile {
  const { records, format } = readCsv(text, textFormat);
  const [header, ...rows] = records;
  if (!header) return { items: [], format, header: '' };
  const columns = columnsOf(header);
  const carts: Row[][] = [];
  for (const record of rows) {
    const row = rowOf(record, columns);
    const cart = carts.at(-1);
    if (cart?.[0] && mayBeOfOneCart(cart[0], row)) cart.push(row);
    else carts.push([row]);
  }
  return { items: carts.map((cart) => itemOf(cart, columns)), format, header: header.source };
}

/** The columns of a header line in any spelling (`Customer ID`); `renewsTo.termDuration` is a member of a member. */
function columnsOf({ cells, line }: CsvRecord): (Column | undefined)[] {
  const bare = (name: string) => name.toLowerCase().replace(/[\s_-]/g, '');
  const names = [...ITEM_NAMES, ...LINE_ITEM_NAMES];
  const columns = cells.map((heading) => {
    if (heading === '') return undefined;
    const [first = '', ...inner] = heading.split('.');
    const name = names.find((one) => bare(one) === bare(first)) ?? ALIASES.get(bare(first));
    if (name !== undefined) return { heading, path: [name, ...inner].join('.') };
    throw new BadFile(`line ${line}, column ${heading}: must be one of ${names.join(', ')}`);
  });
  const paths = columns.flatMap((column) => column?.path ?? []);
  const repeated = paths.find((path, n) => paths.indexOf(path) !== n);
  if (repeated !== undefined) throw new BadFile(`line ${line}, column ${repeated}: must occur only once`);
  return columns;
}

function rowOf({ cells, line, source }: CsvRecord, columns: readonly (Column | undefined)[]): Row {
  const row: Row = { line, source, item: {}, lineItem: {}, problems: [] };
  for (const [n, cell] of cells.entries()) {
    if (cell === '') continue;
    const column = columns[n];
    if (!column) {
      row.problems.push(`line ${line}: column ${n + 1} has '${cell}' without a heading`);
      continue;
    }
    const { path, heading } = column;
    put(ITEM_NAMES.includes(path) ? row.item : row.lineItem, path, valueIn(cell, path));
    const damage = damageOf(cell);
    if (damage) row.problems.push(`line ${line}, column ${heading}: ${damage}`);
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

/**
 * Whether a row may belong to the cart above it. A row without a reference may, because merged cells leave it blank; a
 * row or a cart with a cart id stands alone.
 */
function mayBeOfOneCart({ item: first }: Row, { item }: Row): boolean {
  if (first.reference === undefined || first.cartId !== undefined || item.cartId !== undefined) return false;
  return (
    item.reference === undefined || sameText(String(item.reference)) === sameText(String(first.reference))
  );
}

/** Why rows that may be one cart are none. */
function problemsOf(rows: readonly Row[], headingOf: (name: string) => string): string[] {
  const [first, ...others] = rows;
  const { reference, customerId } = first?.item ?? {};
  const places = others.map((row) => (name: string) => `line ${row.line}, column ${headingOf(name)}`);
  const apart = others.flatMap(({ item }, n) => {
    const place = places[n] ?? String;
    const blank = ['reference', 'customerId'].filter((name) => item[name] === undefined);
    const differs = !blank.includes('customerId') && sameId(item.customerId) !== sameId(customerId);
    return [
      ...blank.map((name) => `${place(name)}: is required on every row of a cart`),
      ...(differs
        ? [`${place('customerId')}: must be that of line ${first?.line}, for the same reference`]
        : []),
    ];
  });
  const isCut = others.length > 0 && typeof reference === 'string' && mayBeCut(reference);
  const cut = `must have all its digits: a spreadsheet keeps 15, so that several references may have become '${reference}'`;
  return [...(isCut ? [`line ${first?.line}, column ${headingOf('reference')}: ${cut}`] : []), ...apart];
}

/** A GUID in one spelling; anything else as it is. */
const sameId = (value: unknown) => guid(String(value).replace(/^\{(.*)\}$/, '$1')) ?? value;

function itemOf(rows: readonly Row[], columns: readonly (Column | undefined)[]): FileItem {
  const [first] = rows;
  const { item = {} } = first ?? {};
  const headingOf = (name: string) => columns.find((column) => column?.path === name)?.heading ?? name;
  const lineItems = rows.map(({ lineItem }) => lineItem);
  const isCart = item.cartId !== undefined && lineItems.every((one) => Object.keys(one).length === 0);
  const lines = rows.length === 1 ? `line ${first?.line}` : `lines ${first?.line} to ${rows.at(-1)?.line}`;
  return {
    raw: { json: isCart ? item : { ...item, cart: { lineItems } } },
    problems: [...rows.flatMap(({ problems }) => problems), ...problemsOf(rows, headingOf)],
    source: rows.map(({ source }) => source).join('\n'),
    place(path) {
      if (path === '') return lines;
      const { n, inner } = inLineItem(path);
      const line = `line ${rows[n]?.line}`;
      const isColumn = inner !== undefined || ITEM_NAMES.includes(path);
      return isColumn ? `${line}, column ${headingOf(inner ?? path)}` : `${line}, ${path}`;
    },
    explain(path) {
      const { n, inner = '' } = inLineItem(path);
      const cell = inner.split('.').reduce<unknown>((all, name) => Object(all)[name], lineItems[n]);
      const number = typeof cell === 'string' ? NUMBERS.get(inner) : undefined;
      return number && `must be ${number.described}, not '${cell}'`;
    },
    repeated: (other) => `must be that of one cart, whose rows stand together; ${other} has it as well`,
  };
}

/** Which line item a path leads to, from 0, and which member of it; the first row when it leads to none. */
function inLineItem(path: string): { n: number; inner?: string | undefined } {
  const [, n = 0, inner] = /^cart\.lineItems\[(\d+)\]\.(.+)$/.exec(path) ?? [];
  return { n: Number(n), inner };
}
