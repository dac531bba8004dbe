/**
 * Decides what the sweeper does about a bulk order at a due entry. While the bulk order runs, it is checked every
 * watchdog interval, and lanes without a worker get their message again; after its end, it is due when its retention
 * ends. Check times are multiples of the interval, so that two due entries of one bulk order become one row. Pure.
 */
import { type BulkOrder, isEnded } from './bulkOrder.ts';
import { isDrained, type Lane, type SizedLane } from './lane.ts';

export interface BulkDuePolicy {
  /** The time between two checks, in milliseconds. */
  watchdogMs: number;
  /** The time from the end of a bulk order until it is purged, in milliseconds. */
  retentionMs: number;
}

export type BulkDueAction =
  /** Send the messages of these lanes again. */
  | { kind: 'resend'; lanes: number[] }
  /** End the bulk order, or publish its event again. */
  | { kind: 'finish' }
  | { kind: 'purge' };

export interface BulkDueDecision {
  actions: BulkDueAction[];
  /** The time of the next due entry, in epoch milliseconds; absent when none is needed. */
  nextMs?: number | undefined;
}

/** The longest time that storing a bulk order may take, in milliseconds; a submission that takes longer gives up. */
export const SUBMIT_MS = 120_000;
/** The shortest time from a submission to its first check, in milliseconds: a bulk order that does not exist by then will not be stored. */
const FIRST_CHECK_MS = 300_000;
/** The tolerance for clock skew and message delivery before a lane's message is sent again, in milliseconds. */
const GRACE_MS = 30_000;

/** The first check time after `afterMs`; both in epoch milliseconds. */
export const nextBulkCheckMs = (afterMs: number, { watchdogMs }: Pick<BulkDuePolicy, 'watchdogMs'>): number =>
  (Math.floor(afterMs / watchdogMs) + 1) * watchdogMs;

/** The time of the first check of a bulk order that is stored at `nowMs`; both in epoch milliseconds. */
export const firstBulkCheckMs = (nowMs: number, policy: Pick<BulkDuePolicy, 'watchdogMs'>): number =>
  nextBulkCheckMs(nowMs + FIRST_CHECK_MS, policy);

/** The longest time that writing a retried bulk order may take, in milliseconds. Its due entry is twice as far ahead, so that no sweep removes it earlier. */
export const RESTART_MS = 30_000;

/** The time of the first check of a bulk order that is retried at `nowMs`; both in epoch milliseconds. */
export const restartCheckMs = (nowMs: number, policy: Pick<BulkDuePolicy, 'watchdogMs'>): number =>
  nextBulkCheckMs(nowMs + 2 * RESTART_MS, policy);

/** The time of the latest watchdog check of a bulk order that ended at `endedMs`; a later due entry is for the end of its retention. */
const lastWatchdogMs = (endedMs: number, policy: Pick<BulkDuePolicy, 'watchdogMs'>): number =>
  firstBulkCheckMs(endedMs + GRACE_MS, policy);

/**
 * Decides the actions at a due entry for `entryMs` (epoch milliseconds). Without a bulk order, purges: the rows of a
 * submission that was not completed may exist.
 */
export function decideBulkDueActions(
  found: { order: BulkOrder; lanes: readonly SizedLane[] } | undefined,
  entryMs: number,
  nowMs: number,
  policy: BulkDuePolicy,
): BulkDueDecision {
  if (!found) return { actions: [{ kind: 'purge' }] };
  const { order, lanes } = found;
  const areDrained = lanes.every(({ lane, length }) => isDrained(order, lane, length));
  if (isEnded(order) && areDrained) {
    const purgeMs = (order.endedMs ?? order.createdMs) + policy.retentionMs;
    const isWatchdog = entryMs <= lastWatchdogMs(order.endedMs ?? 0, policy);
    const publish: BulkDueAction[] = isWatchdog ? [{ kind: 'finish' }] : [];
    return nowMs < purgeMs
      ? { actions: publish, nextMs: purgeMs }
      : { actions: [...publish, { kind: 'purge' }] };
  }
  const nextMs = nextBulkCheckMs(nowMs, policy);
  if (areDrained) return { actions: [{ kind: 'finish' }], nextMs };
  const idle = lanes.filter(({ lane, length }) => !isDrained(order, lane, length) && isOverdue(lane, nowMs));
  const resend = { kind: 'resend', lanes: idle.map(({ lane }) => lane.number) } as const;
  return { actions: idle.length > 0 ? [resend] : [], nextMs };
}

/** Whether a lane should have a worker by now. */
function isOverdue({ leaseUntilMs = 0, nextMs = 0 }: Lane, nowMs: number): boolean {
  return nowMs > Math.max(leaseUntilMs, nextMs) + GRACE_MS;
}
