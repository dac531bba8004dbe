/**
 * Places the orders of one round, some side by side, and brings home every outcome that was obtained: also
 * when a call throws, also when the claim runs out. It records nothing.
 */

import { type Checkout, type GroupProgress, openGroups, type Problem } from '../cart/checkoutState.ts';
import { MAX_ORDER_GROUPS } from '../cart/limits.ts';
import type { Deferred, GroupOutcome } from '../orders/gateway.ts';
import { type OrderRequest, orderRequests } from '../orders/order.ts';
import type { Ports, Versioned } from '../ports.ts';

export interface Leased extends Versioned {
  checkout: Checkout;
}

export interface Batch {
  /** By group key, for every group that was open. */
  outcomes: Map<string, GroupOutcome>;
  /** The bug that came out of a call, if one did. */
  thrown?: { error: unknown } | undefined;
}

const NO_TIME_LEFT: Problem = {
  code: '800005',
  description: 'The order waits for its turn: there was no time left for it.',
  status: 409,
};
const THROWN: Problem = { code: '800005', description: 'The service failed over the order.', status: 409 };

/** Places what is open. Returns only when no call is under way any more, and never throws. */
export async function placeOrders(ports: Pick<Ports, 'gateway' | 'now'>, claimed: Leased): Promise<Batch> {
  const round: Batch = { outcomes: new Map() };
  const requests = orderRequests(claimed.cart);
  const waiting = batchOrder(claimed.checkout);
  const leftOver = new Set(waiting.slice(MAX_ORDER_GROUPS)); // one transaction records the orders of a round
  await Promise.all(Array.from({ length: CONCURRENCY }, lane));
  return round;

  async function lane(): Promise<void> {
    for (let group = waiting.shift(); group; group = waiting.shift()) {
      round.outcomes.set(group.key, await outcomeOf(group));
    }
  }

  async function outcomeOf(group: GroupProgress): Promise<GroupOutcome> {
    if (leftOver.has(group) || !fitsLease(claimed.checkout, ports.gateway.maxPlacementMs, ports.now())) {
      return deferred('lease', NO_TIME_LEFT, false);
    }
    try {
      return await placeOne(ports, claimed, group, requests.get(group.key));
    } catch (error) {
      round.thrown ??= { error };
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
  const doubt = state === 'ambiguous' ? { ambiguousSinceMs } : {};
  return ports.gateway.place({ tenant: cart.tenant, requestId, order, nowMs: ports.now(), ...doubt });
}

const deferred = (by: Deferred['by'], problem: Problem, ambiguous: boolean): Deferred => ({
  kind: 'deferred',
  problem,
  ambiguous,
  waitMs: 0,
  by,
});

/** How many orders of one checkout are placed side by side. */
export const CONCURRENCY = 4;

/** The host renews the lock of a message for five minutes, and kills a function then; reading and recording need some of it. */
const MAX_LEASE_MS = 240_000;

/** What writing the claim may take, which counts against it. */
const LEASE_OVERHEAD_MS = 15_000;

/** The longest that placing one order may take, so that a claim has room for it: a gateway that is slower cannot be used. */
export const MAX_PLACEMENT_MS = MAX_LEASE_MS - LEASE_OVERHEAD_MS;

/** How long a worker needs the checkout to itself to place so many orders, or as many as one round can. */
export function leaseMs(orders: number, maxPlacementMs: number): number {
  return Math.min(Math.ceil(orders / CONCURRENCY) * maxPlacementMs + LEASE_OVERHEAD_MS, MAX_LEASE_MS);
}

/** Whether an order that begins now ends within the claim; without a claim there is nothing to outlast. */
export function fitsLease(
  { leaseUntilMs }: Pick<Checkout, 'leaseUntilMs'>,
  maxPlacementMs: number | undefined,
  nowMs: number,
): boolean {
  return maxPlacementMs === undefined || leaseUntilMs === undefined || nowMs + maxPlacementMs <= leaseUntilMs;
}

/** The groups whose orders are to be placed: those that nobody has tried yet first, so that slow ones keep none from its turn. */
export function batchOrder(checkout: Checkout): GroupProgress[] {
  const open = openGroups(checkout);
  return [...open.filter(({ problem }) => !problem), ...open.filter(({ problem }) => problem)];
}
