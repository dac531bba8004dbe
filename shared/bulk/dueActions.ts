/**
 * What to do about a bulk order that a hint says to look at. While it runs there is a look every watchdog's
 * time, which sends messages to lanes that nobody has; then one when its retention ends. Looks fall on a grid of
 * time, so that two hints of one bulk order become one.
 */
import { type BulkOrder, isEnded } from './bulkOrder.ts';
import { isDrained, type Lane, type SizedLane } from './lane.ts';

export interface BulkDuePolicy {
  /** Between two looks, in milliseconds. */
  watchdogMs: number;
  /** After its end until a bulk order is purged, in milliseconds. */
  retentionMs: number;
}

export type BulkDueAction =
  /** Send these lanes their message again. */
  | { kind: 'wake'; lanes: number[] }
  /** End it, or say once more that it has ended. */
  | { kind: 'finish' }
  | { kind: 'purge' };

export interface BulkDueDecision {
  actions: BulkDueAction[];
  /** When to look next; absent when nothing is left to look for. */
  nextMs?: number | undefined;
}

/** How long storing a list may take, and when a new bulk order is first looked at, in milliseconds: what is not there by then never comes. */
export const SUBMIT_MS = 120_000;
const FIRST_CHECK_MS = 300_000;
/** How far clocks may stand apart, and how long a message may be on its way before its lane is given another, in milliseconds. */
const PATIENCE_MS = 30_000;

/** The next time on the grid. */
export const nextBulkCheckMs = (afterMs: number, { watchdogMs }: Pick<BulkDuePolicy, 'watchdogMs'>): number =>
  (Math.floor(afterMs / watchdogMs) + 1) * watchdogMs;

/** The first look at a bulk order that is about to be stored. */
export const firstBulkCheckMs = (nowMs: number, policy: Pick<BulkDuePolicy, 'watchdogMs'>): number =>
  nextBulkCheckMs(nowMs + FIRST_CHECK_MS, policy);

/** How long it may take to write a bulk order that begins anew, in milliseconds. Its hint is twice as far, so that no sweep clears it before. */
export const RESTART_MS = 30_000;

/** The first look at a bulk order that is about to begin anew. */
export const restartCheckMs = (nowMs: number, policy: Pick<BulkDuePolicy, 'watchdogMs'>): number =>
  nextBulkCheckMs(nowMs + 2 * RESTART_MS, policy);

/** When a bulk order that ended then is at the latest looked at as one that runs; a hint from there on is for the end of its retention. */
const lastWatchdogMs = (endedMs: number, policy: Pick<BulkDuePolicy, 'watchdogMs'>): number =>
  firstBulkCheckMs(endedMs + PATIENCE_MS, policy);

/**
 * Decides a look that a hint for `entryMs` asked for. Where there is no bulk order there may be a list that
 * somebody began to store, and never ended.
 */
export function decideBulkDueActions(
  found: { order: BulkOrder; lanes: readonly SizedLane[] } | undefined,
  entryMs: number,
  nowMs: number,
  policy: BulkDuePolicy,
): BulkDueDecision {
  if (!found) return { actions: [{ kind: 'purge' }] };
  const { order, lanes } = found;
  const atRest = lanes.every(({ lane, length }) => isDrained(order, lane, length));
  if (isEnded(order) && atRest) {
    const purgeMs = (order.endedMs ?? order.createdMs) + policy.retentionMs;
    const isWatchdog = entryMs <= lastWatchdogMs(order.endedMs ?? 0, policy);
    const told: BulkDueAction[] = isWatchdog ? [{ kind: 'finish' }] : [];
    return nowMs < purgeMs ? { actions: told, nextMs: purgeMs } : { actions: [...told, { kind: 'purge' }] };
  }
  const nextMs = nextBulkCheckMs(nowMs, policy);
  if (atRest) return { actions: [{ kind: 'finish' }], nextMs };
  const idle = lanes.filter(({ lane, length }) => !isDrained(order, lane, length) && isLeft(lane, nowMs));
  const wake = { kind: 'wake', lanes: idle.map(({ lane }) => lane.number) } as const;
  return { actions: idle.length > 0 ? [wake] : [], nextMs };
}

/** Whether a lane should have been looked at by now. */
function isLeft({ leaseUntilMs = 0, nextMs = 0 }: Lane, nowMs: number): boolean {
  return nowMs > Math.max(leaseUntilMs, nextMs) + PATIENCE_MS;
}
