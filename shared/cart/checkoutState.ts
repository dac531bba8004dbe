/**
 * The checkout on a cart: its attempt, the state of each order group, and when the sweeper checks it. It is written with
 * the cart's ETag, so a cart has one checkout at a time.
 *
 *   running ─┬─ every group placed ─────────────────▶ ordered        (final)
 *      ▲     ├─ some placed, some refused/ambiguous ─▶ partlyOrdered  (a later checkout orders the rest)
 *      │     ├─ none placed ────────────────────────▶ failed         (a later checkout starts again)
 *      └─────┴─ a group to be retried: attempt n+1; one that was deferred: attempt n again
 */

/** The allowed transitions of a checkout; `running → running` is the next attempt. */
export const TRANSITIONS = {
  running: ['running', 'ordered', 'partlyOrdered', 'failed'],
  ordered: [],
  partlyOrdered: ['running'],
  failed: ['running'],
} as const satisfies Record<string, readonly string[]>;

export type CheckoutState = keyof typeof TRANSITIONS;

/** A failure as stored on the cart and reported to the caller: Partner Center's code and a description. */
export interface Problem {
  code: string;
  description: string;
  /** The HTTP status of the response when the whole checkout fails with this problem. */
  status: number;
}

/** An order as the gateway returned it. */
export interface PlacedOrder {
  orderId: string;
  alternateId: string;
  placedMs: number;
  status: string;
  /** By line number of the order; absent until provisioned. */
  subscriptionIds: (string | null)[];
}

/**
 * One order group of a checkout.
 * `ambiguous`: the order was requested, and it is not known whether it was made. Its request id is kept, so that a later
 * checkout requests the same order and never a second one.
 */
export interface GroupProgress {
  key: string;
  label: string;
  /** The gateway's idempotency key for this group's order: a GUID, the same on every attempt. */
  requestId: string;
  state: 'pending' | 'placed' | 'refused' | 'ambiguous';
  /** When the latest ambiguous call may have made the order, in epoch milliseconds; only while `ambiguous`. */
  ambiguousSinceMs?: number | undefined;
  order?: PlacedOrder | undefined;
  problem?: Problem | undefined;
}

export interface Checkout {
  id: string;
  state: CheckoutState;
  /** From 1. A message of an earlier attempt is obsolete. */
  attempt: number;
  startedMs: number;
  /** When this attempt may start. */
  dueMs: number;
  /** When the sweeper checks this attempt. The due entry for that time is written before this is. */
  watchdogAtMs: number;
  /** Until when one worker exclusively may call the gateway. */
  leaseUntilMs?: number | undefined;
  /** Identifies the worker's acquisition of the lease, so that it recognizes its own write. */
  leaseOwner?: string | undefined;
  /** The end of the pause that the gateway requested in the last attempt, if it did. */
  pausedUntilMs?: number | undefined;
  endedMs?: number | undefined;
  /** Ended because no attempt was left, not because the gateway refused. */
  exhausted?: boolean | undefined;
  lastProblem?: Problem | undefined;
  groups: GroupProgress[];
  /** The bulk order that requested the checkout. */
  bulkOrderId?: string | undefined;
  /** W3C trace context of the request that started the checkout. */
  traceparent?: string | undefined;
  /** `MS-CorrelationId` of that request. */
  correlationId?: string | undefined;
  /** The idempotency key of that request, when it had a request id: a repeat of it starts nothing. */
  idempotencyKey?: string | undefined;
}

/** The groups whose orders are still to be placed. */
export function openGroups(checkout: Checkout): GroupProgress[] {
  return checkout.groups.filter(isOpen);
}

/** The groups after a lease that ended without a recorded outcome: every open one is ambiguous, because its order may have been requested until then. */
export function ambiguousAfterLease({ groups, leaseUntilMs }: Checkout): GroupProgress[] {
  if (leaseUntilMs === undefined) return groups;
  return groups.map((group) =>
    isOpen(group) ? { ...group, state: 'ambiguous', ambiguousSinceMs: leaseUntilMs } : group,
  );
}

const isOpen = ({ state }: GroupProgress): boolean => state === 'pending' || state === 'ambiguous';

/** The groups that no replace changes: placed or ambiguous. */
export function frozenGroups(checkout: Checkout | undefined): GroupProgress[] {
  return (checkout?.groups ?? []).filter(({ state }) => state === 'placed' || state === 'ambiguous');
}
