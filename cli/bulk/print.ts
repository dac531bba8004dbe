/** How bulk orders look on a terminal: how far one is, in a line, and everything that is known of it. Pure. */
import type { Counts } from '../../shared/bulk/progress.ts';
import type { BulkOrder, BulkOrderItem } from './client.ts';

const BAR = 20;

/** `[#####-----] 6200 of 10000, 12 failed, 16 running, 612 a minute, ends at 14:32:10`. */
export function progressText({ counts, ...order }: BulkOrder): string {
  const { total, waiting, running } = counts;
  const ended = total - waiting - running;
  const filled = Math.floor((BAR * ended) / Math.max(1, total));
  return [
    `[${'#'.repeat(filled)}${'-'.repeat(BAR - filled)}] ${ended} of ${total}`,
    ...some(counts, ['failed', 'cancelled', 'rejected', 'running']),
    ...(order.ratePerMinute === undefined ? [] : [`${Math.round(order.ratePerMinute)} a minute`]),
    ...(order.pausedUntilTimestamp === undefined
      ? []
      : [`paused until ${clock(order.pausedUntilTimestamp)}`]),
    ...(order.estimatedEndTimestamp === undefined ? [] : [`ends at ${clock(order.estimatedEndTimestamp)}`]),
  ].join(', ');
}

/** `Bulk order … is completed. 12 items: 10 succeeded, 2 failed.` */
export function outcomeText({ id, state, counts }: BulkOrder): string {
  const parts = some(counts, ['failed', 'cancelled', 'rejected', 'waiting', 'running']);
  const { total, succeeded } = counts;
  return `Bulk order ${id} is ${state}. ${itemsText(total)}: ${[`${succeeded} succeeded`, ...parts].join(', ')}.`;
}

/** How many items of the file went into no bulk order. */
export const leftOutText = (count: number): string => `Left out: ${itemsText(count)}, and not ordered.`;

const itemsText = (count: number): string => (count === 1 ? '1 item' : `${count} items`);

/** The counters of these names, those at zero left out. */
const some = (counts: Counts, names: readonly (keyof Counts)[]): string[] =>
  names.filter((name) => counts[name] > 0).map((name) => `${counts[name]} ${name}`);

/** Everything that is known of a bulk order, and of the items that failed the first ones. */
export function detailsOf(order: BulkOrder, failed: readonly BulkOrderItem[]): string {
  const { counts, links: _links, attributes: _attributes, ...facts } = order;
  const lines = Object.entries({ ...facts, ...counts })
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}: ${value}`);
  const reasons = failed.map(({ reference, errors }) => {
    return `failed ${reference}: ${errors.map(({ code, description }) => `${description} (${code})`).join('; ')}`;
  });
  return [...lines, ...reasons].join('\n');
}

/** The time of day where the caller is. */
const clock = (timestamp: string): string => new Date(timestamp).toTimeString().slice(0, 8);
