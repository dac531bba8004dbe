/**
 * A run of the sweeper. When few entries are due, it processes all of them. When many are, it processes a share, and first
 * dispatches the rest as pages to a queue, whose workers do the same with them (`sweepPage.ts`). A page that is lost, or that
 * left entries, is replaced by a later run, because its entries are still due. When the queue does not accept or deliver
 * pages, the run processes all entries itself.
 */
import type { DueEntries, DueRange, Ports, QueuedPage } from '../ports.ts';
import { record } from '../telemetry/metrics.ts';
import { withTimeout } from '../timeouts.ts';
import {
  addEntries,
  DISPATCH_LIMITS,
  type DispatchLimits,
  isFull,
  isQueueStuck,
  pageMessageId,
  pageTimeMs,
  type Share,
} from './dispatch.ts';
import { openGuards, SEND_TIMEOUT_MS } from './guardedPorts.ts';
import { processEntries, type SweepReport } from './processEntries.ts';
import type { EntryPorts, SweepPolicy } from './runEntry.ts';

/** For the worker of pages, which loads what a run of the timer loads. */
export { openGuards } from './guardedPorts.ts';
export { sweepPage } from './sweepPage.ts';

export type SweepPorts = EntryPorts & Pick<Ports, 'pageQueue'>;

export interface TimerReport extends SweepReport {
  /** Pages that were dispatched, when any were. */
  pages?: number;
}

/** Processes what is due, or a share of it; the cost is proportional to what is due. Throws when the due index cannot be read to its end. */
export async function sweep(
  ports: SweepPorts,
  policy: SweepPolicy,
  limits: DispatchLimits = DISPATCH_LIMITS,
): Promise<TimerReport> {
  const beganMs = ports.now();
  const share = await takeShare(ports, beganMs, limits);
  const entries = share?.own ?? ports.due.due(beganMs);
  const report = await processEntries(ports, entries, policy, openGuards(ports.now));
  if (share?.failure) throw share.failure.error;
  return share?.pages.length ? { ...report, pages: share.pages.length } : report;
}

interface TakenShare extends Share {
  /** Why the due index was not read to its end. */
  failure?: { error: unknown } | undefined;
}

/** The entries to process here, after the others were dispatched; `undefined` when they cannot be dispatched. */
async function takeShare(
  ports: SweepPorts,
  untilMs: number,
  limits: DispatchLimits,
): Promise<TakenShare | undefined> {
  const unassigned: DueEntries[] = [];
  let count = 0;
  let share: Share = { own: [], pages: [] };
  let queued: QueuedPage[] | undefined;
  let failure: TakenShare['failure'];
  try {
    for await (const read of ports.due.read(untilMs)) {
      unassigned.push(read);
      count += read.entries.length;
      if (count <= limits.ownEntries) continue;
      queued ??= await pagesInQueue(ports, limits);
      if (!queued) return undefined;
      for (const next of unassigned.splice(0)) share = addEntries(share, next, queued, limits);
      if (isFull(share, queued, limits)) break;
    }
  } catch (error) {
    failure = { error };
  }
  if (!queued) return { own: unassigned.flatMap(({ entries }) => entries), pages: [], failure };
  const isDispatched = await dispatch(ports, share.pages, { runMs: untilMs, limits });
  return isDispatched ? { ...share, failure } : undefined;
}

/** The pages in the queue; `undefined` when the run cannot rely on it. */
async function pagesInQueue(
  { pageQueue, now, log }: Pick<Ports, 'pageQueue' | 'now' | 'log'>,
  limits: DispatchLimits,
): Promise<QueuedPage[] | undefined> {
  try {
    const queued = await withTimeout(SEND_TIMEOUT_MS, pageQueue.queued());
    if (!isQueueStuck(queued, now(), limits)) return queued;
    log.warn('pages of due entries wait too long; the sweeper processes all entries itself', {
      pages: queued.length,
    });
  } catch (error) {
    log.warn('the queue of pages cannot be read; the sweeper processes all entries itself', {
      error: String(error),
    });
  }
  return undefined;
}

/** Sends the pages; false when the broker did not accept them, or its response was lost. */
async function dispatch(
  { pageQueue, log }: Pick<Ports, 'pageQueue' | 'log'>,
  ranges: readonly DueRange[],
  { runMs, limits }: { runMs: number; limits: DispatchLimits },
): Promise<boolean> {
  if (ranges.length === 0) return true;
  try {
    const messages = ranges.map((range, n) => ({
      range,
      id: pageMessageId(range, runMs),
      atMs: pageTimeMs(n, runMs, limits),
    }));
    await withTimeout(SEND_TIMEOUT_MS, pageQueue.send(messages));
    record('sweepPages', ranges.length);
    return true;
  } catch (error) {
    log.warn('pages of due entries not sent; the sweeper processes all entries itself', {
      error: String(error),
    });
    return false;
  }
}
