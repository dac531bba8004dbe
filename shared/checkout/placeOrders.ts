/**
 * Places the orders of one round, some side by side, and brings home every outcome that was obtained: also
 * when a call throws, also when the claim runs out. It records nothing.
 */

import type { Checkout, GroupProgress, Problem } from '../cart/checkoutState.ts';
import { MAX_ORDER_GROUPS } from '../cart/limits.ts';
import { type OrderRequest, orderRequests } from '../orders/order.ts';
import type { Ports, Versioned } from '../ports.ts';
import type { Deferred, GroupOutcome } from './decideOutcome.ts';
import { batchOrder, CONCURRENCY, fitsLease } from './round.ts';

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
export async function placeOrders(ports: Ports, claimed: Leased): Promise<Batch> {
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
  ports: Ports,
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
