/**
 * Places the orders of one round, some side by side, and brings home every outcome that was obtained: also
 * when a call throws, also when the claim runs out. It records nothing.
 */

import type { Checkout, GroupProgress, Problem } from '../cart/checkoutState.ts';
import { MAX_ORDER_GROUPS } from '../cart/limits.ts';
import { type OrderRequest, orderRequests } from '../orders/order.ts';
import type { Ports, Stored } from '../ports.ts';
import type { GroupOutcome, Held } from './decideOutcome.ts';
import { inTurn, mayBegin, WIDTH } from './round.ts';

export interface Claimed extends Stored {
  checkout: Checkout;
}

export interface Round {
  /** By group key, for every group that was open. */
  outcomes: Map<string, GroupOutcome>;
  /** The bug that came out of a call, if one did. */
  thrown?: { error: unknown } | undefined;
}

const OUT_OF_TIME: Problem = {
  code: '800005',
  description: 'The order waits for its turn: there was no time left for it.',
  status: 409,
};
const THROWN: Problem = { code: '800005', description: 'The service failed over the order.', status: 409 };

/** Places what is open. Returns only when no call is under way any more, and never throws. */
export async function placeOrders(ports: Ports, claimed: Claimed): Promise<Round> {
  const round: Round = { outcomes: new Map() };
  const requests = orderRequests(claimed.cart);
  const waiting = inTurn(claimed.checkout);
  const leftOver = new Set(waiting.slice(MAX_ORDER_GROUPS)); // one transaction records the orders of a round
  await Promise.all(Array.from({ length: WIDTH }, lane));
  return round;

  async function lane(): Promise<void> {
    for (let group = waiting.shift(); group; group = waiting.shift()) {
      round.outcomes.set(group.key, await outcomeOf(group));
    }
  }

  async function outcomeOf(group: GroupProgress): Promise<GroupOutcome> {
    if (leftOver.has(group) || !mayBegin(claimed.checkout, ports.gateway.orderMs, ports.now())) {
      return heldBack('claim', OUT_OF_TIME, false);
    }
    try {
      return await placeOne(ports, claimed, group, requests.get(group.key));
    } catch (error) {
      round.thrown ??= { error };
      return heldBack('fault', THROWN, true);
    }
  }
}

async function placeOne(
  ports: Ports,
  { cart, checkout }: Claimed,
  { key, requestId, state, doubtMs = checkout.dueMs }: GroupProgress,
  order: OrderRequest | undefined,
): Promise<GroupOutcome> {
  if (!order) throw new Error(`Cart ${cart.cartId} has no line items for its order group ${key}.`);
  const doubt = state === 'unknown' ? { doubtMs } : {};
  return ports.gateway.place({ tenant: cart.tenant, requestId, order, nowMs: ports.now(), ...doubt });
}

const heldBack = (by: Held['by'], problem: Problem, ambiguous: boolean): Held => ({
  kind: 'held',
  problem,
  ambiguous,
  waitMs: 0,
  by,
});
