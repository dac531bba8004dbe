/**
 * The rows of a result file: one for every item of the order file, in its order, with its cart, its orders, or why there
 * are none, and what it orders, so that a later run recognizes an edited row. Pure.
 */
import { ERRORS } from '../../shared/errors.ts';
import type { BulkOrderItem } from './client.ts';
import { type CsvFormat, type CsvRecord, csvText, unmarked } from './csv.ts';

const COLUMNS = [
  'index',
  'reference',
  'customerId',
  'cartId',
  'state',
  'orders',
  'errorCode',
  'error',
  'bulkOrderId',
  'orderedTimestamp',
  'content',
] as const;

/** A row by the names of its columns; a blank cell is an empty text. */
export type ResultRow = Record<(typeof COLUMNS)[number], string>;

/**
 * The states of the service, and three more: `alreadyOrdered` by an earlier bulk order, `submitted` with an outcome that is
 * not known yet, `notSubmitted`.
 */
const OPEN_STATES = ['submitted', 'waiting', 'running'];
const ORDERED_STATES = ['succeeded', 'alreadyOrdered', ...OPEN_STATES];

/** Codes of a failed item whose orders may have been made: no attempt got an answer, or an unexpected error ended it. */
const UNKNOWN_CODES: readonly string[] = [ERRORS.orderFailed.code, ERRORS.serviceFailed.code];

/** Whether the item has an order, or may have one. */
export const isOrdered = ({ state, orders, errorCode }: ResultRow): boolean =>
  orders !== '' ||
  ORDERED_STATES.includes(state) ||
  errorCode.split(' ').some((code) => UNKNOWN_CODES.includes(code));

/** A row without values. */
export const BLANK = Object.fromEntries(COLUMNS.map((name) => [name, ''])) as ResultRow;

/** The row of an item as the service gives it. */
export function itemRow(item: BulkOrderItem, bulkOrderId: string): ResultRow {
  const isRepeated = item.alreadyOrdered === true;
  const orderedTimestamp = isRepeated ? item.firstOrderedTimestamp : item.endedTimestamp;
  return {
    ...BLANK,
    index: String(item.index),
    reference: item.reference ?? '',
    customerId: item.customerId ?? '',
    cartId: item.cartId ?? '',
    state: isRepeated ? 'alreadyOrdered' : item.state,
    orders: item.orders.map(({ id }) => id).join(' '),
    errorCode: [...new Set(item.errors.map(({ code }) => code))].join(' '),
    error: item.errors.map(errorText).join('; '),
    bulkOrderId,
    orderedTimestamp: item.orders.length > 0 ? (orderedTimestamp ?? '') : '',
  };
}

/** An error of an item that was rejected when the list was read has a path. */
const errorText = ({ description, path }: { description: string; path?: string }): string =>
  [path ? `${path}: ` : '', description].join('');

/** The text of a result file, its rows in the order of the order file. */
export function resultText(rows: readonly ResultRow[], format: CsvFormat): string {
  const inOrder = rows.toSorted((one, other) => Number(one.index) - Number(other.index));
  return csvText([COLUMNS, ...inOrder.map((row) => COLUMNS.map((name) => row[name]))], format);
}

/** The rows in a result file; undefined when the records are not those of one. Columns may be in any order. */
export function resultRows(records: readonly CsvRecord[]): ResultRow[] | undefined {
  const [header, ...rows] = records;
  const names: readonly string[] = header?.cells ?? [];
  if (!['reference', 'state', 'orders'].every((name) => names.includes(name))) return undefined;
  return rows.map(({ cells }) => ({
    ...BLANK,
    ...Object.fromEntries(COLUMNS.map((name) => [name, unmarked(cells[names.indexOf(name)] ?? '')])),
  }));
}

/** Rows of a result file with those of a bulk order as they are now; rows that it did not have come last. */
export function updated(rows: readonly ResultRow[], now: readonly ResultRow[]): ResultRow[] {
  const keyOf = ({ bulkOrderId, reference }: ResultRow) => `${bulkOrderId} ${reference}`;
  const byKey = new Map(now.map((row) => [keyOf(row), row]));
  const kept = rows.map((row) => {
    const current = byKey.get(keyOf(row));
    byKey.delete(keyOf(row));
    return current ? { ...current, index: row.index, content: row.content } : row;
  });
  return [...kept, ...byKey.values()];
}
