/**
 * Decides which due entries a run of the sweeper processes itself and which it dispatches, when more are due than a run
 * reads to learn that. Dispatched entries are named by stretches of the due index. No entry is in two stretches that are
 * in the queue at the same time, so repeated runs do not repeat pages, and the number of pages is limited. Pure.
 *
 *   due, in a shard:   ······│····· ·····│····· ·····│·····
 *                      own   │ queued    │ a new page
 */
import type { AnyDueEntry, DueEntries, DueRange, QueuedPage } from '../ports.ts';

export interface DispatchLimits {
  /** How many entries a run processes itself. When no more are due, nothing is dispatched. */
  ownEntries: number;
  /** How many pages may be in the queue. */
  queuedPages: number;
  /** The time between two pages of a run, in milliseconds. */
  pageIntervalMs: number;
  /** How long a page may be in the queue, in milliseconds, before the sweeper stops relying on the queue. */
  patienceMs: number;
}

/**
 * 2,000 entries are the first page of each shard, which a run reads in any case, and about five seconds of work. Two pages
 * of 500 a second are 1,000 entries, about as many as a Standard namespace publishes: more instances at a time would make
 * it refuse the messages of storefronts. 120 pages last until the next run; one instance processes them in about two
 * minutes.
 */
export const DISPATCH_LIMITS: DispatchLimits = {
  ownEntries: 2_000,
  queuedPages: 120,
  pageIntervalMs: 500,
  patienceMs: 300_000,
};

/** What a run has to do. */
export interface Share {
  own: AnyDueEntry[];
  /** The pages to dispatch. */
  pages: DueRange[];
}

/** Whether pages stay in the queue for longer than its workers need: the run processes all entries itself. */
export const isQueueStuck = (
  queued: readonly QueuedPage[],
  nowMs: number,
  { patienceMs }: DispatchLimits,
): boolean => queued.some(({ enqueuedMs }) => nowMs - enqueuedMs > patienceMs);

/** Whether nothing that is read further could be added. */
export const isFull = (share: Share, queued: readonly DueRange[], limits: DispatchLimits): boolean =>
  share.own.length >= limits.ownEntries && share.pages.length + queued.length >= limits.queuedPages;

/**
 * Adds entries that were read together. Those that are in a page of the queue are left to it; the first others become the
 * run's own, and the rest pages, as far as the queue has room.
 */
export function addEntries(
  { own, pages }: Share,
  { shard, entries }: DueEntries,
  queued: readonly DueRange[],
  limits: DispatchLimits,
): Share {
  const dispatched = [...queued, ...pages].filter((range) => range.shard === shard);
  const isDispatched = ({ atMs }: AnyDueEntry) =>
    dispatched.some(({ fromMs, toMs }) => atMs >= fromMs && atMs <= toMs);
  const open = entries.filter((entry) => !isDispatched(entry));
  let taken = Math.min(open.length, Math.max(0, limits.ownEntries - own.length));
  // A page has all entries of a time, so the run takes all of its last time.
  const lastMs = open[taken - 1]?.atMs;
  while (taken > 0 && open[taken]?.atMs === lastMs) taken++;
  const rest = new Set(open.slice(taken));
  const room = limits.queuedPages - queued.length - pages.length;
  return {
    own: [...own, ...open.slice(0, taken)],
    pages: [...pages, ...stretches(shard, entries, (entry) => rest.has(entry)).slice(0, Math.max(0, room))],
  };
}

/** The stretches of entries that are included, without those in between that are not. */
function stretches(
  shard: number,
  entries: readonly AnyDueEntry[],
  isIncluded: (entry: AnyDueEntry) => boolean,
): DueRange[] {
  const found: DueRange[] = [];
  let isOpen = false;
  for (const entry of entries) {
    const last = found.at(-1);
    if (!isIncluded(entry)) isOpen = false;
    else if (isOpen && last) last.toMs = entry.atMs;
    else {
      found.push({ shard, fromMs: entry.atMs, toMs: entry.atMs });
      isOpen = true;
    }
  }
  return found;
}

/** The id of a page's message. A run repeats it when its send is repeated; a later run that finds entries left uses another. */
export const pageMessageId = ({ shard, fromMs, toMs }: DueRange, runMs: number): string =>
  `${shard}.${fromMs}.${toMs}.${Math.floor(runMs / 60_000)}`;

/** When page number `n` of a run that began at `runMs` is processed; absent for the first, which is processed at once. */
export const pageTimeMs = (
  n: number,
  runMs: number,
  { pageIntervalMs }: DispatchLimits,
): number | undefined => (n === 0 ? undefined : runMs + n * pageIntervalMs);
