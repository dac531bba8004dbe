/**
 * Decides the next step of a lane from the stored lane, the results of its running items and the state of the bulk
 * order: which outcomes to record, which items to start, which to check again, and when the lane is due next. Pure;
 * `processLane.ts` writes the lane before it starts any item.
 */
import { type BulkOrder, type ItemOutcome, isStopping } from './bulkOrder.ts';
import { endOf, itemAt, type Lane, type RunningItem } from './lane.ts';

/** The result of running an item once. */
export type ItemResult =
  | { kind: 'ended'; outcome: ItemOutcome }
  /** The item has not ended: run it again at `atMs`. `pauseUntilMs`: no item starts before, because the gateway requested a pause or storage is unavailable. Both in epoch milliseconds. */
  | {
      kind: 'later';
      n: number;
      atMs: number;
      checkoutId?: string | undefined;
      pauseUntilMs?: number | undefined;
      isUnexpected?: boolean | undefined;
    };

/** The number of a result's item. */
export const numberOf = (result: ItemResult): number =>
  result.kind === 'ended' ? result.outcome.n : result.n;

export interface StepContext {
  order: BulkOrder;
  /** How many items the lane has. */
  length: number;
  results: readonly ItemResult[];
  /** Numbers of the items that this worker is running now; items with a result are not among them. */
  inProgress: ReadonlySet<number>;
  nowMs: number;
  /** Whether this worker has time left to run another item. */
  hasTime: boolean;
}

export interface Step {
  /** The lane to write; the same object when it has not changed. */
  lane: Lane;
  outcomes: ItemOutcome[];
  /** The items to run once the lane is written. */
  work: RunningItem[];
}

/** Decides a step: records the results, applies a stop, and starts as many items as slots are free. */
export function decideStep(lane: Lane, context: StepContext): Step {
  const { order, length, results, inProgress, nowMs, hasTime } = context;
  const outcomes = results.flatMap((result) => (result.kind === 'ended' ? [result.outcome] : []));
  const recorded = recordResults(lane, results, outcomes);
  const current = isStopping(order) ? stopLane(recorded) : recorded;
  const canStart = hasTime && mayStartItems(order, current, nowMs);
  const next = canStart ? startItems(current, { order, length, nowMs }) : current;
  const work = hasTime ? next.running.filter(({ n, atMs }) => atMs <= nowMs && !inProgress.has(n)) : [];
  return { lane: next, outcomes, work };
}

/** Removes the ended items from `running`, counts them, and sets when to run the others again. */
function recordResults(lane: Lane, results: readonly ItemResult[], outcomes: readonly ItemOutcome[]): Lane {
  if (results.length === 0) return lane;
  const ended = new Set(outcomes.map(({ n }) => n));
  const later = new Map(results.flatMap((result) => (result.kind === 'later' ? [[result.n, result]] : [])));
  const alreadyOrdered = outcomes.filter(({ firstOrderedMs }) => firstOrderedMs !== undefined).length;
  const succeeded = outcomes.filter(({ state }) => state === 'succeeded').length - alreadyOrdered;
  return {
    ...lane,
    succeeded: lane.succeeded + succeeded,
    alreadyOrdered: lane.alreadyOrdered + alreadyOrdered,
    failed: lane.failed + outcomes.length - succeeded - alreadyOrdered,
    running: lane.running
      .filter(({ n }) => !ended.has(n))
      .map((item) => {
        const result = later.get(item.n);
        if (!result) return item;
        const unexpectedErrors = item.unexpectedErrors + (result.isUnexpected ? 1 : 0);
        const checkoutId = result.checkoutId ?? item.checkoutId;
        return { ...item, atMs: result.atMs, checkoutId, unexpectedErrors };
      }),
  };
}

/** Stops the lane: items in the retry queue stay failed, items that have not started (or are appended later) are cancelled, running items end. */
function stopLane(lane: Lane): Lane {
  if (lane.stopped) return lane;
  return {
    ...lane,
    stopped: true,
    retryQueue: [],
    failed: lane.failed + lane.retryQueue.length,
    limit: lane.cursor,
  };
}

function mayStartItems(order: BulkOrder, lane: Lane, nowMs: number): boolean {
  return !lane.stopped && (order.pausedUntilMs === undefined || nowMs >= order.pausedUntilMs);
}

/** Starts items in the free slots: first those of the retry queue, then those after the cursor. */
function startItems(
  lane: Lane,
  { order, length, nowMs }: Pick<StepContext, 'order' | 'length' | 'nowMs'>,
): Lane {
  const free = Math.max(0, order.slots - lane.running.length);
  const retried = lane.retryQueue.slice(0, free);
  const fresh = Math.min(free - retried.length, Math.max(0, endOf(lane, length) - lane.cursor));
  if (retried.length + fresh === 0) return lane;
  const numbers = [
    ...retried,
    ...Array.from({ length: fresh }, (_, i) => itemAt(order, lane.number, lane.cursor + i)),
  ];
  const started = numbers.map((n): RunningItem => ({ n, sinceMs: nowMs, atMs: nowMs, unexpectedErrors: 0 }));
  return {
    ...lane,
    retryQueue: lane.retryQueue.slice(retried.length),
    cursor: lane.cursor + fresh,
    running: [...lane.running, ...started],
  };
}

/** When the lane is due after its worker releases it, in epoch milliseconds; `undefined` when nothing is left to do. */
export function nextCheckMs(
  lane: Lane,
  { order, length, nowMs }: Pick<StepContext, 'order' | 'length' | 'nowMs'>,
): number | undefined {
  const dueTimes = lane.running.map(({ atMs }) => atMs);
  const isFree = lane.running.length < order.slots && !lane.stopped;
  const hasMore = lane.retryQueue.length > 0 || lane.cursor < endOf(lane, length);
  if (isFree && hasMore) dueTimes.push(Math.max(nowMs, order.pausedUntilMs ?? 0));
  return dueTimes.length > 0 ? Math.max(nowMs, Math.min(...dueTimes)) : undefined;
}

/** The bulk order after the results: paused, stopping, or the same object when they do not change it. */
export function applyResults(order: BulkOrder, results: readonly ItemResult[]): BulkOrder {
  const pauses = results.map((result) => (result.kind === 'later' ? (result.pauseUntilMs ?? 0) : 0));
  const pausedUntilMs = Math.max(0, ...pauses);
  const hasFailed = results.some((result) => result.kind === 'ended' && result.outcome.state === 'failed');
  const isPaused = order.state === 'running' && pausedUntilMs > (order.pausedUntilMs ?? 0);
  const mustStop = order.state === 'running' && order.errorPolicy === 'stopOnFirstError' && hasFailed;
  if (mustStop) return { ...order, state: 'stopping', pausedUntilMs: undefined };
  return isPaused ? { ...order, pausedUntilMs } : order;
}
