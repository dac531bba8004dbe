/**
 * Decides how an attempt ended, from the gateway's outcome for each order group: ordered, partly ordered, failed, or to be
 * retried and when. Pure; the runner writes what this returns.
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
  /** Write the due entry for `checkout.watchdogAtMs`, commit the cart, send the next attempt for `checkout.dueMs`. */
  | { kind: 'continue'; cart: CartInCheckout; checkout: Checkout };

/** Decides how a checkout continues after an attempt with these outcomes by group key. */
export function decideOutcome(
  cart: Cart,
  checkout: Checkout,
  outcomes: ReadonlyMap<string, GroupOutcome>,
  context: OutcomeInput,
): OutcomeDecision {
  const { nowMs } = context;
  const all = [...outcomes.values()];
  const retries = all.filter((outcome) => outcome.kind === 'retry');
  const deferrals = all.filter((outcome) => outcome.kind === 'deferred');
  const next =
    retries.length + deferrals.length > 0 ? nextAttempt(checkout, retries, deferrals, context) : undefined;
  const exhausted = next !== undefined && !isAllowed(checkout, next, context.policy);
  const groups = checkout.groups.map((group) =>
    progress(group, outcomes.get(group.key), { exhausted, nowMs }),
  );
  const lastProblem =
    retries.at(-1)?.problem ??
    deferrals.findLast(({ by }) => by !== 'lease')?.problem ??
    groups.findLast((group) => group.problem)?.problem;
  const common = { ...checkout, ...NO_LEASE, groups, pausedUntilMs: undefined, lastProblem };
  if (!next || exhausted) return endCheckout(cart, common, { nowMs, exhausted });
  const running: Checkout = { ...common, ...next };
  return { kind: 'continue', cart: { ...cart, checkout: running }, checkout: running };
}

const NO_LEASE = { leaseUntilMs: undefined, leaseOwner: undefined };

/** Ends a checkout with its groups as they are; `exhausted` when no attempt is left. */
export function endCheckout(
  cart: Cart,
  checkout: Checkout,
  { nowMs, exhausted }: { nowMs: number; exhausted: boolean },
): OutcomeDecision {
  const groups = checkout.groups.map((group) =>
    group.state === 'ambiguous' ? { ...group, problem: unresolved(group.problem ?? EXPIRED) } : group,
  );
  const ended: Checkout = {
    ...checkout,
    groups,
    state: endState(checkout.groups),
    endedMs: nowMs,
    exhausted: exhausted || undefined,
  };
  return { kind: 'ended', cart: { ...cart, modifiedMs: nowMs, checkout: ended }, checkout: ended };
}

type Next = Pick<Checkout, 'attempt' | 'dueMs' | 'watchdogAtMs' | 'pausedUntilMs'>;

/** The next attempt, or the same one again when orders were deferred and none failed. */
function nextAttempt(
  checkout: Checkout,
  retries: RetryableFailure[],
  deferrals: Deferred[],
  { nowMs, policy, random, watchdogMs }: OutcomeInput,
): Next {
  const waits = Map.groupBy(deferrals, ({ by }) => by);
  const waitsFor = (by: Deferred['by']) => waits.get(by)?.map(({ waitMs }) => waitMs) ?? [];
  const pauses = [...retries.map(({ retryAfterMs }) => retryAfterMs ?? 0), ...waitsFor('pause')];
  const pauseMs = Math.min(MAX_RETRY_AFTER_MS, Math.max(0, ...pauses));
  const lookups = waitsFor('ambiguous');
  // An ambiguous order delays no other one: an early look-up does no harm.
  const areAllAmbiguous = lookups.length === deferrals.length + retries.length;
  const floorMs = areAllAmbiguous ? Math.min(...lookups) : Math.max(pauseMs, ...waitsFor('limit'));
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

/** Attempts are limited in number and age, deferrals in age only. */
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
        ? { ...group, state: 'ambiguous', problem: unresolved(rejectedRepeat(outcome.problem)) }
        : { ...group, state: 'refused', ambiguousSinceMs: undefined, problem: outcome.problem };
    case 'retry':
      return { ...group, ...openState(group, outcome, end), problem: outcome.problem };
    case 'deferred': {
      const problem = end.exhausted ? (group.problem ?? outcome.problem) : group.problem;
      return { ...group, ...openState(group, outcome, end), problem };
    }
  }
}

const rejectedRepeat = ({ code, description, status }: Problem): Problem => ({
  code,
  description: `A repeat was rejected with ${code}: ${description}`,
  status,
});

const UNKNOWN = 'It is not known whether the order was made.';

/** The problem of an order that may have been made: never reported as a rejection, or as an order that was not placed. */
const unresolved = (problem: Problem): Problem =>
  problem.description.startsWith(UNKNOWN)
    ? problem
    : {
        code: '800005',
        description: `${UNKNOWN} ${problem.description}`.slice(0, MAX_DESCRIPTION).toWellFormed(),
        status: 409,
      };

/** Descriptions are stored on the cart and published in events (docs/contract.md 14.1). */
const MAX_DESCRIPTION = 1_024;

/** An ambiguous group stays ambiguous: a later failure does not undo an order. Another ambiguous call renews the time. */
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

/** The problem of a group whose attempts reported none. */
const EXPIRED: Problem = {
  code: '800005',
  description: 'No attempt placed the order within the time limit of a checkout.',
  status: 409,
};

/** Ends a checkout as exhausted: placed groups stay placed, ambiguous ones ambiguous, and the others are refused. */
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
