/**
 * The interface of an ordering gateway. A gateway makes at most one order per request id, however often it is called.
 * How it ensures that is its own concern.
 */
import type { PlacedOrder, Problem } from '../cart/checkoutState.ts';
import type { OrderRequest } from './order.ts';

export interface Placement {
  /** The partner tenant for which the order is placed. */
  tenant: string;
  /** A GUID that identifies the order, the same in every attempt. */
  requestId: string;
  order: OrderRequest;
  /** When the attempt runs, in epoch milliseconds. */
  nowMs: number;
  /** When the latest ambiguous call may have made the order, in epoch milliseconds; absent when there was none. */
  ambiguousSinceMs?: number | undefined;
}

export interface OrderingGateway {
  /**
   * The longest that placing one order can take, in milliseconds. Absent when the gateway stores nothing outside the
   * cart's partition, where the commit alone decides.
   */
  readonly maxPlacementMs?: number;
  /** Never throws for a failure of the other side. A throw is a bug. */
  place(placement: Placement): Promise<GroupOutcome>;
}

/** What the gateway did about one order group. */
export type GroupOutcome = { kind: 'placed'; order: PlacedOrder } | Refusal | RetryableFailure | Deferred;

/** A rejection: this call made no order, and a repeat does not help. */
export interface Refusal {
  kind: 'refused';
  problem: Problem;
  /**
   * An earlier call was ambiguous and may have made the order. The rejection of the repeat does not disprove it, unless
   * the gateway is certain to recognize the request id.
   */
  ambiguous?: boolean;
}

/** A failure after which a retry may succeed. */
export interface RetryableFailure {
  kind: 'retry';
  problem: Problem;
  /** This call may have made the order. */
  ambiguous: boolean;
  retryAfterMs?: number | undefined;
}

/** The order was not requested, or has to wait. This is rescheduled without using an attempt. */
export interface Deferred {
  kind: 'deferred';
  problem: Problem;
  /** This call may have made the order. */
  ambiguous: boolean;
  /** Milliseconds from now until the next call. */
  waitMs: number;
  /** The reason: the rate limit, a requested pause, the end of the lease, an ambiguous earlier call, an unexpected error. */
  by: 'limit' | 'pause' | 'lease' | 'ambiguous' | 'error';
}
