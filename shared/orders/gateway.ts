/**
 * What a checkout asks of whoever makes orders. A gateway promises one order per request id, however often
 * and from wherever it is asked, and that what it refuses was not made by an earlier call either; how it keeps
 * the promise is its own affair.
 */
import type { GroupOutcome } from '../checkout/decideOutcome.ts';
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
