/**
 * A checkout as it stands on its cart: which attempt runs, what became of each order group, and when
 * somebody must look again. It is written with the cart's ETag only, so there is one at a time.
 *
 *   running ─┬─ every group placed ───────────────▶ ordered        (for good)
 *      ▲     ├─ some placed, some refused/unknown ─▶ partlyOrdered  (a later checkout does the rest)
 *      │     ├─ none placed ──────────────────────▶ failed         (a later checkout begins anew)
 *      └─────┴─ a group to be retried: attempt n+1; one that had to wait for its turn: attempt n again
 */

/** What states a checkout may go to; `running → running` is the next attempt. */
export const TRANSITIONS = {
  running: ['running', 'ordered', 'partlyOrdered', 'failed'],
  ordered: [],
  partlyOrdered: ['running'],
  failed: ['running'],
} as const satisfies Record<string, readonly string[]>;

export type CheckoutState = keyof typeof TRANSITIONS;

/** A failure as kept on the cart and told to the caller: Partner Center's code and a sentence. */
export interface Problem {
  code: string;
  description: string;
  /** The HTTP status that a refusal of the whole checkout answers with. */
  status: number;
}

/** What a gateway says of an order that it has made. */
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
 * `unknown`: asked, and nobody can say whether the order was made. Its request id is kept for ever, so that
 * a later checkout asks again for the same order and never for a second one.
 */
export interface GroupProgress {
  key: string;
  label: string;
  /** The gateway's idempotency key for this group's order: a GUID, the same on every attempt. */
  requestId: string;
  state: 'pending' | 'placed' | 'refused' | 'ambiguous';
  /** When the order was last asked for without a clear answer, or may have been at the latest (epoch milliseconds); only while `unknown`. */
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
  /** When this attempt may begin. */
  dueMs: number;
  /** When the sweep looks after this attempt; a hint for that time is in the due index before this is written. */
  watchdogAtMs: number;
  /** Until when one worker alone may call the gateway. */
  leaseUntilMs?: number | undefined;
  /** Until when the gateway has asked to be left alone, if it has since the last attempt. */
  pausedUntilMs?: number | undefined;
  endedMs?: number | undefined;
  /** Ended because no attempt was left, not because the gateway refused. */
  exhausted?: boolean | undefined;
  lastProblem?: Problem | undefined;
  groups: GroupProgress[];
  /** The bulk order that requested the checkout. */
  bulkOrderId?: string | undefined;
  /** W3C trace of the request that asked first. */
  traceparent?: string | undefined;
  /** Key of that call, when the caller sent a request id: a repeat of it begins nothing. */
  idempotencyKey?: string | undefined;
}

/** Groups whose orders an attempt still has to place. */
export function openGroups(checkout: Checkout): GroupProgress[] {
  return checkout.groups.filter(isOpen);
}

/** The groups, those in doubt that a worker has had to itself and never told of: until its claim ended it may have asked for their orders. */
export function ambiguousAfterLease({ groups, leaseUntilMs }: Checkout): GroupProgress[] {
  if (leaseUntilMs === undefined) return groups;
  return groups.map((group) =>
    isOpen(group) ? { ...group, state: 'ambiguous', ambiguousSinceMs: leaseUntilMs } : group,
  );
}

const isOpen = ({ state }: GroupProgress): boolean => state === 'pending' || state === 'ambiguous';

/** Groups that no edit may touch: ordered already, or perhaps ordered. */
export function frozenGroups(checkout: Checkout | undefined): GroupProgress[] {
  return (checkout?.groups ?? []).filter(({ state }) => state === 'placed' || state === 'ambiguous');
}
