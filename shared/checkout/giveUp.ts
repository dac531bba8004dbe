/**
 * The end of a checkout that has been running for longer than any may, decided without the gateway: whatever
 * kept it from ending in all that time would keep it from ending now. Pure.
 */
import type { Cart } from '../cart/cart.ts';
import {
  ambiguousAfterLease,
  type Checkout,
  type GroupProgress,
  type Problem,
} from '../cart/checkoutState.ts';
import { endCheckout, type OutcomeDecision } from './decideOutcome.ts';

/** What is said of a group that nobody has said anything else of. */
const EXPIRED: Problem = {
  code: '800005',
  description: 'No attempt to place the order has ended in all the time that a checkout has.',
  status: 409,
};

/** Ends it as exhausted: orders that were placed stay, what may have been placed stays unknown, the rest is refused. */
export function expireCheckout(cart: Cart, checkout: Checkout, nowMs: number): OutcomeDecision {
  const groups = ambiguousAfterLease(checkout).map((group): GroupProgress => {
    if (group.state !== 'pending' && group.state !== 'ambiguous') return group;
    const state = group.state === 'ambiguous' ? 'ambiguous' : 'refused';
    return { ...group, state, problem: group.problem ?? EXPIRED };
  });
  const lastProblem = checkout.lastProblem ?? EXPIRED;
  const common = { ...checkout, groups, leaseUntilMs: undefined, pausedUntilMs: undefined, lastProblem };
  return endCheckout(cart, common, { nowMs, exhausted: true });
}
