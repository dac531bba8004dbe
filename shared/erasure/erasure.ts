/**
 * The erasure of a customer's data: its states, what is counted, and the receipt. The row names the customer by a keyed
 * hash only; the customer id is in the due entry until the erasure has ended. Pure.
 *
 *   running ── waits for a checkout or a bulk order ──▶ running ── everything is removed ──▶ completed
 */

import type { Cart } from '../cart/cart.ts';
import { firstDueMs, type LifecyclePolicy } from '../cart/lifecycle.ts';
import { nextWatchdogAtMs } from '../checkout/watchdog.ts';
import type { Order } from '../orders/order.ts';
import { timestamp } from '../time.ts';
import type { Seen } from './seen.ts';

/** What an erasure does to orders. */
export type OrderErasure = 'delete' | 'pseudonymize' | 'keep';

export interface ErasurePolicy {
  orders: OrderErasure;
  /** Why orders are kept, for the receipt. */
  reason: string;
  lifecycle: LifecyclePolicy;
  /** How long an event stays in the topic, and a log line in the workspace, at most; in milliseconds. */
  outside: { eventsMs: number; logsMs: number };
}

/** How many of each kind were found, each once, however often a crash repeated the run. */
export interface ErasureCounts {
  carts: number;
  orders: number;
  bulkItems: number;
  deliveries: number;
  parkedMessages: number;
}

export const NOTHING: ErasureCounts = {
  carts: 0,
  orders: 0,
  bulkItems: 0,
  deliveries: 0,
  parkedMessages: 0,
};

export interface ErasureKey {
  tenant: string;
  /** Keyed hash of the customer id. */
  customerHash: string;
}

export interface Erasure extends ErasureKey {
  erasureId: string;
  /** The call that requested it, if the caller sent a request id. */
  idempotencyKey?: string | undefined;
  requestedMs: number;
  /** Until when it was requested again while it ran. It covers what was created until then. */
  untilMs: number;
  /** Whether a user or an application requested it; no name. */
  requestedBy: 'user' | 'application';
  state: 'running' | 'completed';
  waitingFor?: 'checkout' | 'bulkOrder' | undefined;
  counts: ErasureCounts;
  /** What the runs have found so far; absent when it has completed. */
  seen?: Seen | undefined;
  /** The latest time until which an order is kept. */
  ordersKeptUntilMs?: number | undefined;
  completedMs?: number | undefined;
  receipt?: string | undefined;
}

/** How far the clocks of two instances may differ, in milliseconds: so long after its time an erasure still covers data. */
export const CLOCK_TOLERANCE_MS = 60_000;

/** The time until which an erasure covers data, by the clock of any instance. */
export const coversUntilMs = ({ untilMs }: Pick<Erasure, 'untilMs'>): number => untilMs + CLOCK_TOLERANCE_MS;

/** The erasure after another request at a time; the same object when it covers that time already. */
export const extendedErasure = (erasure: Erasure, nowMs: number): Erasure =>
  // Half of the tolerance stays: requests in quick succession must not keep the run from writing the row.
  nowMs - erasure.untilMs < CLOCK_TOLERANCE_MS / 2 ? erasure : { ...erasure, untilMs: nowMs };

/** The receipt: what was found, what is kept, for how long and why, and what ends without the erasure. No personal data. */
export function receiptOf(erasure: Erasure, { orders, reason, outside }: ErasurePolicy) {
  const { erasureId, tenant, customerHash, requestedMs, untilMs, requestedBy, counts } = erasure;
  const { completedMs = 0 } = erasure;
  const keptUntil =
    erasure.ordersKeptUntilMs === undefined ? {} : { keptUntil: timestamp(erasure.ordersKeptUntilMs) };
  return {
    erasureId,
    partnerTenantId: tenant,
    customerHash,
    requestedTimestamp: timestamp(requestedMs),
    coversUntilTimestamp: timestamp(untilMs),
    requestedBy,
    completedTimestamp: timestamp(completedMs),
    found: counts,
    orders: orders === 'delete' ? { policy: orders } : { policy: orders, reason, ...keptUntil },
    endsWithoutErasure: {
      eventsInTopicUntil: timestamp(completedMs + outside.eventsMs),
      logsUntil: timestamp(completedMs + outside.logsMs),
    },
  };
}

/**
 * The order without what a caller or a customer wrote, below the pseudonym of the customer. Products, amounts and dates
 * stay, and the ids of the order and its subscriptions, by which the invoice lists them (docs/contract.md 26.5).
 */
export const pseudonymizedOrder = (order: Order, pseudonym: string): Order => ({
  ...order,
  referenceCustomerId: pseudonym,
  lineItems: order.lineItems.map(({ friendlyName: _, provisioningContext: __, ...line }) => line),
});

/** Every time at which the due index may have an entry of this cart, in epoch milliseconds. */
export function dueTimesOf(cart: Cart, nowMs: number, policy: LifecyclePolicy): number[] {
  const { expiresMs, checkout, modifiedMs } = cart;
  const placedMs = (checkout?.groups ?? []).flatMap(({ order }) => order?.placedMs ?? []);
  const watchdogMs = checkout
    ? [checkout.watchdogAtMs, nextWatchdogAtMs(checkout, checkout.endedMs ?? nowMs, policy.watchdogMs)]
    : [];
  const ends = [expiresMs, checkout?.endedMs, modifiedMs].flatMap((ms) => ms ?? []);
  return [
    ...new Set([
      firstDueMs(cart, policy),
      expiresMs,
      ...policy.noticesMs.map((thresholdMs) => expiresMs - thresholdMs),
      ...ends.map((ms) => ms + policy.retentionMs),
      ...watchdogMs,
      ...placedMs.map((ms) => ms + policy.orderRetentionMs),
    ]),
  ];
}
