/**
 * What an attempt has come to, decided from what the gateway said of each group: done for good, done in
 * part, failed, or to be tried again and when. Pure; the runner writes what this returns.
 */

import type { Cart } from '../cart/cart.ts';
import {
  ambiguousAfterLease,
  type Checkout,
  type CheckoutState,
  type GroupProgress,
  type Problem,
} from '../cart/checkoutState.ts';
import type { Deferred, GroupOutcome, RetryableFailure } from '../orders/gateway.ts';
import { MAX_RETRY_AFTER_MS } from '../timeouts.ts';
import { isInTime, mayRetry, type RetryPolicy, retryDelayMs } from './retryPolicy.ts';

export interface OutcomeInput {
  nowMs: number;
  policy: RetryPolicy;
  watchdogMs: number;
  /** In [0, 1). */
  random: number;
}

/** A cart with its checkout. */
export type CartInCheckout = Cart & { checkout: Checkout };

export type OutcomeDecision =
  | { kind: 'ended'; cart: CartInCheckout; checkout: Checkout }
  /** Put the hint in for `checkout.watchdogAtMs`, write the cart, send the next attempt for `checkout.dueMs`. */
  | { kind: 'continue'; cart: CartInCheckout; checkout: Checkout };

/** Decides how a checkout goes on after an attempt with these outcomes by group key. */
export function decideOutcome(
  cart: Cart,
  checkout: Checkout,
  outcomes: ReadonlyMap<string, GroupOutcome>,
  context: OutcomeInput,
): OutcomeDecision {
  const { nowMs } = context;
  const all = [...outcomes.values()];
  const retries = all.filter((outcome) => outcome.kind === 'retry');
  const held = all.filter((outcome) => outcome.kind === 'deferred');
  const next = retries.length + held.length > 0 ? nextAttempt(checkout, retries, held, context) : undefined;
  const exhausted = next !== undefined && !isAllowed(checkout, next, context.policy);
  const groups = checkout.groups.map((group) =>
    progress(group, outcomes.get(group.key), { exhausted, nowMs }),
  );
  const lastProblem =
    retries.at(-1)?.problem ??
    held.findLast(({ by }) => by !== 'lease')?.problem ??
    groups.findLast((group) => group.problem)?.problem;
  const common = { ...checkout, ...NO_LEASE, groups, pausedUntilMs: undefined, lastProblem };
  if (!next || exhausted) return endCheckout(cart, common, { nowMs, exhausted });
  const again: Checkout = { ...common, ...next };
  return { kind: 'continue', cart: { ...cart, checkout: again }, checkout: again };
}

const NO_LEASE = { leaseUntilMs: undefined, leaseOwner: undefined };

/** The end of a checkout whose groups stand as they are; `exhausted` when it is given up. */
export function endCheckout(
  cart: Cart,
  checkout: Checkout,
  { nowMs, exhausted }: { nowMs: number; exhausted: boolean },
): OutcomeDecision {
  const ended: Checkout = {
    ...checkout,
    state: endState(checkout.groups),
    endedMs: nowMs,
    exhausted: exhausted || undefined,
  };
  return { kind: 'ended', cart: { ...cart, modifiedMs: nowMs, checkout: ended }, checkout: ended };
}

type Next = Pick<Checkout, 'attempt' | 'dueMs' | 'watchdogAtMs' | 'pausedUntilMs'>;

/** The next attempt, or the same one once more when nothing has failed. */
function nextAttempt(
  checkout: Checkout,
  retries: RetryableFailure[],
  held: Deferred[],
  { nowMs, policy, random, watchdogMs }: OutcomeInput,
): Next {
  const waits = Map.groupBy(held, ({ by }) => by);
  const waitsFor = (by: Deferred['by']) => waits.get(by)?.map(({ waitMs }) => waitMs) ?? [];
  const pauses = [...retries.map(({ retryAfterMs }) => retryAfterMs ?? 0), ...waitsFor('pause')];
  const pauseMs = Math.min(MAX_RETRY_AFTER_MS, Math.max(0, ...pauses));
  const doubts = waitsFor('ambiguous');
  // Doubt about one order keeps no other waiting: to look sooner does no harm.
  const isDoubtAll = doubts.length === held.length + retries.length;
  const floorMs = isDoubtAll ? Math.min(...doubts) : Math.max(pauseMs, ...waitsFor('limit'));
  const { attempt } = checkout;
  const hasFailed = retries.length > 0;
  const dueMs = nowMs + (hasFailed ? retryDelayMs(policy, { attempt, random, floorMs }) : floorMs);
  return {
    attempt: hasFailed ? attempt + 1 : attempt,
    dueMs,
    watchdogAtMs: dueMs + watchdogMs,
    pausedUntilMs: pauseMs > 0 ? nowMs + pauseMs : undefined,
  };
}

/** Attempts are counted; coming again for what was held is bounded by the age alone. */
function isAllowed({ attempt, startedMs }: Checkout, next: Next, policy: RetryPolicy): boolean {
  const { dueMs } = next;
  return next.attempt > attempt
    ? mayRetry(policy, { attempt, startedMs, dueMs })
    : isInTime(policy, { startedMs, dueMs });
}

function progress(
  group: GroupProgress,
  outcome: GroupOutcome | undefined,
  end: { exhausted: boolean; nowMs: number },
): GroupProgress {
  switch (outcome?.kind) {
    case undefined:
      return group;
    case 'placed':
      return {
        ...group,
        state: 'placed',
        ambiguousSinceMs: undefined,
        order: outcome.order,
        problem: undefined,
      };
    case 'refused':
      return outcome.ambiguous
        ? { ...group, state: 'ambiguous', problem: unresolved(outcome.problem) }
        : { ...group, state: 'refused', ambiguousSinceMs: undefined, problem: outcome.problem };
    case 'retry':
      return { ...group, ...openState(group, outcome, end), problem: outcome.problem };
    case 'deferred': {
      const problem = end.exhausted ? (group.problem ?? outcome.problem) : group.problem;
      return { ...group, ...openState(group, outcome, end), problem };
    }
  }
}

/** The rejection of a repeat, when an earlier call may have made the order: reported as ambiguous, not as a rejection. */
const unresolved = ({ code, description }: Problem): Problem => ({
  code: '800005',
  description:
    `It is not known whether the order was made. A repeat was rejected with ${code}: ${description}`.slice(
      0,
      MAX_DESCRIPTION,
    ),
  status: 409,
});

/** Descriptions are stored on the cart and published in events (docs/contract.md 14.1). */
const MAX_DESCRIPTION = 1_024;

/** Once in doubt, always in doubt: a later refusal to answer does not unmake an order. Another ambiguous call renews the doubt. */
function openState(
  { state, ambiguousSinceMs }: GroupProgress,
  { ambiguous }: { ambiguous: boolean },
  { exhausted, nowMs }: { exhausted: boolean; nowMs: number },
): Pick<GroupProgress, 'state' | 'ambiguousSinceMs'> {
  if (ambiguous) return { state: 'ambiguous', ambiguousSinceMs: nowMs };
  if (state === 'ambiguous') return { state, ambiguousSinceMs };
  return { state: exhausted ? 'refused' : 'pending' };
}

function endState(groups: readonly GroupProgress[]): CheckoutState {
  const placed = groups.filter(({ state }) => state === 'placed').length;
  return placed === groups.length ? 'ordered' : placed > 0 ? 'partlyOrdered' : 'failed';
}

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
  const common = { ...checkout, ...NO_LEASE, groups, pausedUntilMs: undefined, lastProblem };
  return endCheckout(cart, common, { nowMs, exhausted: true });
}
