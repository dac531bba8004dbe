/**
 * The end of a checkout that has been running for longer than any may, decided without the gateway: whatever
 * kept it from ending in all that time would keep it from ending now. Pure.
 */
import type { Cart } from '../cart/cart.ts';
import { type Checkout, type GroupProgress, groupsInDoubt, type Problem } from '../cart/checkoutState.ts';
import { type Conclusion, endAttempt } from './decideOutcome.ts';

/** What is said of a group that nobody has said anything else of. */
const OUT_OF_AGE: Problem = {
  code: '800005',
  description: 'No attempt to place the order has ended in all the time that a checkout has.',
  status: 409,
};

/** Ends it as exhausted: orders that were placed stay, what may have been placed stays unknown, the rest is refused. */
export function giveUp(cart: Cart, checkout: Checkout, nowMs: number): Conclusion {
  const groups = groupsInDoubt(checkout).map((group): GroupProgress => {
    if (group.state !== 'pending' && group.state !== 'unknown') return group;
    const state = group.state === 'unknown' ? 'unknown' : 'refused';
    return { ...group, state, problem: group.problem ?? OUT_OF_AGE };
  });
  const lastProblem = checkout.lastProblem ?? OUT_OF_AGE;
  const common = { ...checkout, groups, claimedUntilMs: undefined, pausedUntilMs: undefined, lastProblem };
  return endAttempt(cart, common, { nowMs, exhausted: true });
}
