/**
 * The next step of a lane, decided from the lane as it stands, what has become of the items at work, and what is
 * wanted of the bulk order: which outcomes are recorded, which items begin, which are looked at again, and when
 * to come back. Pure; the runner writes the lane before it begins anything.
 */
import { type BulkOrder, type ItemOutcome, isStopping } from './bulkOrder.ts';
import { endOf, itemAt, type Lane, type RunningItem } from './lane.ts';

/** What a look at an item came to. */
export type ItemResult =
  | { kind: 'ended'; outcome: ItemOutcome }
  /** Its checkout goes on without us: look again then. `pauseUntilMs`: the gateway asked for a pause. */
  | {
      kind: 'later';
      n: number;
      atMs: number;
      checkoutId?: string | undefined;
      pauseUntilMs?: number | undefined;
      isUnexpected?: boolean | undefined;
    };

/** The number of the item that a result is about. */
export const numberOf = (result: ItemResult): number =>
  result.kind === 'ended' ? result.outcome.n : result.n;

export interface StepContext {
  order: BulkOrder;
  /** How many items the lane has. */
  length: number;
  results: readonly ItemResult[];
  /** Numbers of the items that this worker is at work on, those of the results not among them. */
  atWork: ReadonlySet<number>;
  nowMs: number;
  /** Whether this worker has time left to begin or look at anything. */
  hasTime: boolean;
}

export interface Step {
  /** The lane to write; the same object when there is nothing to write. */
  lane: Lane;
  outcomes: ItemOutcome[];
  /** Items to work on now, once the lane is written. */
  work: RunningItem[];
}

/** Decides a step. */
export function decideStep(lane: Lane, context: StepContext): Step {
  const { order, length, results, atWork, nowMs, hasTime } = context;
  const outcomes = results.flatMap((result) => (result.kind === 'ended' ? [result.outcome] : []));
  const settled = settle(lane, results, outcomes);
  const next = isStopping(order) ? stop(settled) : settled;
  const begun = hasTime && mayBegin(order, next, nowMs) ? begin(next, { order, length, nowMs }) : next;
  const work = hasTime ? begun.running.filter(({ n, atMs }) => atMs <= nowMs && !atWork.has(n)) : [];
  return { lane: begun, outcomes, work };
}

/** Takes what has ended off the list, and notes when to look at the rest. */
function settle(lane: Lane, results: readonly ItemResult[], outcomes: readonly ItemOutcome[]): Lane {
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
        const seen = later.get(item.n);
        if (!seen) return item;
        const unexpectedErrors = item.unexpectedErrors + (seen.isUnexpected ? 1 : 0);
        return { ...item, atMs: seen.atMs, checkoutId: seen.checkoutId ?? item.checkoutId, unexpectedErrors };
      }),
  };
}

/** What was to be done again stays failed, what has not begun, and what comes too late to begin, is cancelled; what runs goes on to its end. */
function stop(lane: Lane): Lane {
  if (lane.stopped) return lane;
  return {
    ...lane,
    stopped: true,
    retryQueue: [],
    failed: lane.failed + lane.retryQueue.length,
    limit: lane.cursor,
  };
}

function mayBegin(order: BulkOrder, lane: Lane, nowMs: number): boolean {
  return !lane.stopped && (order.pausedUntilMs === undefined || nowMs >= order.pausedUntilMs);
}

function begin(lane: Lane, { order, length, nowMs }: Pick<StepContext, 'order' | 'length' | 'nowMs'>): Lane {
  const free = Math.max(0, order.slots - lane.running.length);
  const again = lane.retryQueue.slice(0, free);
  const fresh = Math.min(free - again.length, Math.max(0, endOf(lane, length) - lane.cursor));
  if (again.length + fresh === 0) return lane;
  const numbers = [
    ...again,
    ...Array.from({ length: fresh }, (_, i) => itemAt(order, lane.number, lane.cursor + i)),
  ];
  const started = numbers.map((n): RunningItem => ({ n, sinceMs: nowMs, atMs: nowMs, unexpectedErrors: 0 }));
  return {
    ...lane,
    retryQueue: lane.retryQueue.slice(again.length),
    cursor: lane.cursor + fresh,
    running: [...lane.running, ...started],
  };
}

/** When a worker that leaves the lane is to be followed by another, in epoch milliseconds; `undefined` when nothing is left to do. */
export function nextCheckMs(
  lane: Lane,
  { order, length, nowMs }: Pick<StepContext, 'order' | 'length' | 'nowMs'>,
): number | undefined {
  const looks = lane.running.map(({ atMs }) => atMs);
  const isFree = lane.running.length < order.slots && !lane.stopped;
  const hasMore = lane.retryQueue.length > 0 || lane.cursor < endOf(lane, length);
  if (isFree && hasMore) looks.push(Math.max(nowMs, order.pausedUntilMs ?? 0));
  return looks.length > 0 ? Math.max(nowMs, Math.min(...looks)) : undefined;
}

/** The bulk order as the results of items want it: paused, or stopping; the same object when they want nothing. */
export function applyResults(order: BulkOrder, results: readonly ItemResult[]): BulkOrder {
  const pauses = results.map((result) => (result.kind === 'later' ? (result.pauseUntilMs ?? 0) : 0));
  const pausedUntilMs = Math.max(0, ...pauses);
  const hasFailed = results.some((result) => result.kind === 'ended' && result.outcome.state === 'failed');
  const isPaused = order.state === 'running' && pausedUntilMs > (order.pausedUntilMs ?? 0);
  const isOver = order.state === 'running' && order.errorPolicy === 'stopOnFirstError' && hasFailed;
  if (isOver) return { ...order, state: 'stopping', pausedUntilMs: undefined };
  return isPaused ? { ...order, pausedUntilMs } : order;
}
