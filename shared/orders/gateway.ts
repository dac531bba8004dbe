/**
 * What a checkout asks of whoever makes orders. A gateway promises one order per request id, however often
 * and from wherever it is asked, and that what it refuses was not made by an earlier call either; how it keeps
 * the promise is its own affair.
 */
import type { PlacedOrder, Problem } from '../cart/checkoutState.ts';
import type { OrderRequest } from './order.ts';

export interface Placement {
  /** Partner tenant in whose name the order is placed. */
  tenant: string;
  /** GUID that stands for this order, the same on every attempt. */
  requestId: string;
  order: OrderRequest;
  /** Epoch milliseconds of the attempt. */
  nowMs: number;
  /** When an earlier call may last have made the order without a clear answer, in epoch milliseconds; absent when none has. */
  ambiguousSinceMs?: number | undefined;
}

export interface OrderingGateway {
  /**
   * The longest that placing one order can take, in milliseconds; absent when the gateway keeps nothing
   * outside the cart's partition, where the final transaction alone arbitrates.
   */
  readonly maxPlacementMs?: number;
  /** Never throws for what the other side does; a throw is a bug. */
  place(placement: Placement): Promise<GroupOutcome>;
}

/** What the gateway said of one order group. */
export type GroupOutcome =
  | { kind: 'placed'; order: PlacedOrder }
  /** For good: no call has made the order, an earlier one neither, and asking again will not help. */
  | { kind: 'refused'; problem: Problem }
  | RetryableFailure
  | Deferred;

/** Asking again may help. */
export interface RetryableFailure {
  kind: 'retry';
  problem: Problem;
  /** This call may have made the order all the same. */
  ambiguous: boolean;
  retryAfterMs?: number | undefined;
}

/** Nobody's failure: the order was not asked for, or turned away for a time, and that uses up no attempt. An error may have come after the order. */
export interface Deferred {
  kind: 'deferred';
  problem: Problem;
  /** This call may have made the order all the same. */
  ambiguous: boolean;
  /** When to come again, in milliseconds from now. */
  waitMs: number;
  /** Our own limit, a pause that the gateway asked for, the end of the claim, doubt about an earlier call, or an error of our own. */
  by: 'limit' | 'pause' | 'lease' | 'ambiguous' | 'error';
}
