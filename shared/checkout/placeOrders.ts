/**
 * Places the orders of one batch, several concurrently, and returns every outcome, also when a call throws or the lease
 * runs out. It records nothing.
 */

import { type Checkout, type GroupProgress, openGroups, type Problem } from '../cart/checkoutState.ts';
import { MAX_ORDER_GROUPS } from '../cart/limits.ts';
import type { Deferred, GroupOutcome } from '../orders/gateway.ts';
import { type OrderRequest, orderRequests } from '../orders/order.ts';
import type { Ports, Versioned } from '../ports.ts';
import { record } from '../telemetry/metrics.ts';
import { ATTRIBUTES } from '../telemetry/names.ts';
import { inSpan } from '../telemetry/span.ts';

export interface Leased extends Versioned {
  checkout: Checkout;
}

export interface Batch {
  /** By group key, for every group that was open. */
  outcomes: Map<string, GroupOutcome>;
  /** The unexpected error of a call, if there was one. */
  thrown?: { error: unknown } | undefined;
}

const NO_TIME_LEFT: Problem = {
  code: '800005',
  description: 'The order was deferred: the lease left no time for it.',
  status: 409,
};
const THROWN: Problem = {
  code: '800005',
  description: 'Placing the order failed unexpectedly.',
  status: 409,
};

/** Places the orders of the open groups. Returns when no call is running any more, and never throws. */
export async function placeOrders(ports: Pick<Ports, 'gateway' | 'now'>, leased: Leased): Promise<Batch> {
  const batch: Batch = { outcomes: new Map() };
  const requests = orderRequests(leased.cart);
  const waiting = batchOrder(leased.checkout);
  const excess = new Set(waiting.slice(MAX_ORDER_GROUPS)); // one transaction records the orders of a batch
  await Promise.all(Array.from({ length: CONCURRENCY }, lane));
  return batch;

  async function lane(): Promise<void> {
    for (let group = waiting.shift(); group; group = waiting.shift()) {
      batch.outcomes.set(group.key, await outcomeOf(group));
    }
  }

  async function outcomeOf(group: GroupProgress): Promise<GroupOutcome> {
    if (excess.has(group) || !fitsLease(leased.checkout, ports.gateway.maxPlacementMs, ports.now())) {
      return deferred('lease', NO_TIME_LEFT, false);
    }
    try {
      return await placeOne(ports, leased, group, requests.get(group.key));
    } catch (error) {
      batch.thrown ??= { error };
      return deferred('error', THROWN, true);
    }
  }
}

async function placeOne(
  ports: Pick<Ports, 'gateway' | 'now'>,
  { cart, checkout }: Leased,
  { key, requestId, state, ambiguousSinceMs = checkout.dueMs }: GroupProgress,
  order: OrderRequest | undefined,
): Promise<GroupOutcome> {
  if (!order) throw new Error(`Cart ${cart.cartId} has no line items for its order group ${key}.`);
  const earlier = state === 'ambiguous' ? { ambiguousSinceMs } : {};
  const { tenant } = cart;
  const beganMs = ports.now();
  return inSpan('place order', { attributes: { [ATTRIBUTES.tenant]: tenant } }, async (span) => {
    const outcome = await ports.gateway.place({ tenant, requestId, order, nowMs: beganMs, ...earlier });
    const { kind } = outcome;
    record('gatewayDuration', (ports.now() - beganMs) / 1_000, { [ATTRIBUTES.outcome]: kind });
    span.setAttributes({ [ATTRIBUTES.outcome]: kind });
    if (kind === 'deferred') span.setAttributes({ [ATTRIBUTES.reason]: outcome.by });
    if (kind === 'retry' || kind === 'refused') span.fail(outcome.problem.code);
    return outcome;
  });
}

const deferred = (by: Deferred['by'], problem: Problem, ambiguous: boolean): Deferred => ({
  kind: 'deferred',
  problem,
  ambiguous,
  waitMs: 0,
  by,
});

/** How many orders of one checkout are placed concurrently. */
export const CONCURRENCY = 4;

/** The host ends a function after five minutes, and renews the lock of its message for longer. Reading and recording need part of that. */
const MAX_LEASE_MS = 240_000;

/** How long writing the lease may take; it counts as part of the lease. */
const LEASE_OVERHEAD_MS = 15_000;

/** The longest that placing one order may take, so that it fits into a lease. A slower gateway cannot be used. */
export const MAX_PLACEMENT_MS = MAX_LEASE_MS - LEASE_OVERHEAD_MS;

/** The duration of a lease for so many orders, or for as many as one batch can place, in milliseconds. */
export function leaseMs(orders: number, maxPlacementMs: number): number {
  return Math.min(Math.ceil(orders / CONCURRENCY) * maxPlacementMs + LEASE_OVERHEAD_MS, MAX_LEASE_MS);
}

/** Whether an order that is placed now ends within the lease. Without a lease there is no limit. */
export function fitsLease(
  { leaseUntilMs }: Pick<Checkout, 'leaseUntilMs'>,
  maxPlacementMs: number | undefined,
  nowMs: number,
): boolean {
  return maxPlacementMs === undefined || leaseUntilMs === undefined || nowMs + maxPlacementMs <= leaseUntilMs;
}

/** The open groups in the order in which they are placed: those without a problem first, so that slow ones delay none. */
export function batchOrder(checkout: Checkout): GroupProgress[] {
  const open = openGroups(checkout);
  return [...open.filter(({ problem }) => !problem), ...open.filter(({ problem }) => problem)];
}
