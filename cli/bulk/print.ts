/** How bulk orders appear on a terminal: progress in a line, outcomes in sentences, and everything that is known. Pure. */
import { type Paint, printable } from '../terminal.ts';
import type { BulkOrder, BulkOrderItem } from './client.ts';
import type { ResultRow } from './result.ts';

const BAR = 20;

/** `[#####-----] 6200 of 10000, 12 failed, 16 running, 612 a minute, ends at 14:32:10`. */
export function progressText({ counts, ...order }: BulkOrder): string {
  const { total, waiting, running } = counts;
  const ended = total - waiting - running;
  const filled = Math.floor((BAR * ended) / Math.max(1, total));
  return [
    `[${'#'.repeat(filled)}${'-'.repeat(BAR - filled)}] ${ended} of ${total}`,
    ...some(counts, ['alreadyOrdered', 'failed', 'cancelled', 'rejected', 'running']),
    ...(order.ratePerMinute === undefined ? [] : [`${Math.round(order.ratePerMinute)} a minute`]),
    ...(order.pausedUntilTimestamp === undefined
      ? []
      : [`paused until ${clock(order.pausedUntilTimestamp)}`]),
    ...(order.estimatedEndTimestamp === undefined ? [] : [`ends at ${clock(order.estimatedEndTimestamp)}`]),
  ].join(', ');
}

/** `Bulk order … is completed. 12 items: 10 succeeded, 2 failed.` */
export function outcomeText(order: BulkOrder, paint: Paint = plain): string {
  const { id, state, counts } = order;
  const parts = some(counts, ['alreadyOrdered', 'failed', 'cancelled', 'rejected', 'waiting', 'running']);
  const all = [`${counts.succeeded} succeeded`, ...parts].join(', ');
  const sentence = `${itemsText(counts.total)}: ${all}.`;
  return `Bulk order ${id} is ${state}. ${paint(isComplete(order) ? 'green' : 'red', sentence)}`;
}

const plain: Paint = (_, text) => text;

/** Whether every item has its orders, from this bulk order or from an earlier one. */
export const isComplete = ({ counts }: BulkOrder): boolean =>
  counts.waiting + counts.running + counts.failed + counts.cancelled + counts.rejected === 0;

/** That items were skipped, when they were ordered, and the command that orders them again; undefined when none were. */
export function skippedText(rows: readonly ResultRow[], again: string): string | undefined {
  const skipped = rows.filter(({ state }) => state === 'alreadyOrdered');
  if (skipped.length === 0) return undefined;
  const times = skipped
    .map(({ orderedTimestamp }) => orderedTimestamp)
    .filter(Boolean)
    .sort();
  const [first = '', last = ''] = [times[0], times.at(-1)].map((time) => minute(time ?? ''));
  const when = first === '' ? '' : first === last ? ` on ${first}` : ` between ${first} and ${last}`;
  const what = skipped.length === 1 ? '1 item was' : `${skipped.length} items were`;
  return `Skipped: ${what} already ordered${when}. To order ${skipped.length === 1 ? 'it' : 'them'} again: ${again}`;
}

/**
 * That a bulk order had been submitted and had ended before. When an item has no order, a retry orders it; `--again` would
 * order the others twice.
 */
export function repeatedText(order: BulkOrder): string {
  const { endedTimestamp } = order;
  const when = endedTimestamp === undefined ? '' : ` on ${minute(endedTimestamp)}`;
  const again = isComplete(order) ? ' To order it again, pass --again LABEL.' : '';
  return ` Submitted before, and ended${when}: nothing is ordered again.${again}`;
}

/** How many items of the file were not submitted, because the bulk order before theirs has not completed; undefined when all were. */
export function unsubmittedText(rows: readonly ResultRow[], last: BulkOrder | undefined): string | undefined {
  const count = rows.filter(({ state }) => state === 'notSubmitted').length;
  if (count === 0 || last === undefined) return undefined;
  return `Not submitted: ${itemsText(count)}, because bulk order ${last.id} is ${last.state}. Retry it, then run the same command again.`;
}

/** How many items of the file are in no bulk order. */
export const rejectedText = (count: number): string => `Rejected: ${itemsText(count)}, not ordered.`;

export const itemsText = (count: number): string => (count === 1 ? '1 item' : `${count} items`);

/** The counters of these names, except those at zero. */
function some(counts: BulkOrder['counts'], names: readonly (keyof BulkOrder['counts'])[]): string[] {
  return names.flatMap((name) => {
    return counts[name] > 0
      ? [`${counts[name]} ${name === 'alreadyOrdered' ? 'already ordered' : name}`]
      : [];
  });
}

/** Everything that is known of a bulk order, and why its first failed items failed. */
export function detailsOf(order: BulkOrder, failed: readonly BulkOrderItem[]): string {
  const { counts, links: _links, attributes: _attributes, ...facts } = order;
  const lines = Object.entries({ ...facts, ...counts })
    .filter(([, value]) => value !== undefined && typeof value !== 'object')
    .map(([name, value]) => `${name}: ${value}`);
  const reasons = failed.map(({ reference, errors }) => {
    return `failed ${reference}: ${errors.map(({ code, description }) => `${description} (${code})`).join('; ')}`;
  });
  return printable([...lines, ...reasons].join('\n'));
}

/** A row of a table of bulk orders, and the names of its columns. */
export const ORDER_HEADINGS = ['ID', 'STATE', 'CREATED', 'ITEMS', 'SUCCEEDED', 'FAILED', 'REFERENCE'];
export const orderCells = ({ id, state, createdTimestamp, counts, reference = '' }: BulkOrder): string[] => [
  id,
  state,
  minute(createdTimestamp),
  String(counts.total),
  String(counts.succeeded + counts.alreadyOrdered),
  String(counts.failed),
  printable(reference),
];

/** A row of a table of items, and the names of its columns. */
export const ITEM_HEADINGS = ['INDEX', 'REFERENCE', 'STATE', 'ORDERS', 'ERROR'];
export const itemCells = ({ index, reference, state, orders, errorCode, error }: ResultRow): string[] => [
  index,
  printable(reference),
  state,
  orders || '-',
  error === '' ? '-' : printable(`${error} (${errorCode})`),
];

/** The local time of day. */
const clock = (timestamp: string): string => new Date(timestamp).toTimeString().slice(0, 8);

/** `2026-11-28 14:02 UTC`, or nothing for a text that is no date. */
function minute(timestamp: string): string {
  const ms = Date.parse(timestamp);
  return Number.isNaN(ms) ? '' : `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
