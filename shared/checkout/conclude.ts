/**
 * What an attempt has come to, decided from what the gateway said of each group: done for good, done in
 * part, failed, or to be tried again and when. Pure; the runner writes what this returns.
 */
import type { Cart } from '../cart/cart.ts';
import type { Checkout, CheckoutState, GroupProgress, PlacedOrder, Problem } from './checkout.ts';
import { mayRetry, type RetryPolicy, retryDelayMs } from './retry.ts';

/** What the gateway said of one order group. */
export type GroupOutcome =
  | { kind: 'placed'; order: PlacedOrder }
  /** For good: asking again will not help. */
  | { kind: 'refused'; problem: Problem }
  /** Asking again may help. `ambiguous`: the order may have been made all the same. */
  | { kind: 'retry'; problem: Problem; ambiguous: boolean; retryAfterMs?: number | undefined };

export interface ConcludeContext {
  nowMs: number;
  policy: RetryPolicy;
  watchdogMs: number;
  /** In [0, 1). */
  random: number;
}

export type Conclusion =
  | { kind: 'ended'; cart: Cart; checkout: Checkout }
  /** Put the hint in for `checkout.lookMs`, write the cart, send the next attempt for `checkout.dueMs`. */
  | { kind: 'again'; cart: Cart; checkout: Checkout };

/** Decides how a checkout goes on after an attempt with these outcomes by group key. */
export function concludeAttempt(
  cart: Cart,
  checkout: Checkout,
  outcomes: ReadonlyMap<string, GroupOutcome>,
  context: ConcludeContext,
): Conclusion {
  const { nowMs, policy } = context;
  const retries = [...outcomes.values()].filter((outcome) => outcome.kind === 'retry');
  const next = retries.length > 0 ? nextAttempt(checkout, retries, context) : undefined;
  const exhausted = next !== undefined && !mayRetry(policy, { ...checkout, dueMs: next.dueMs });
  const groups = checkout.groups.map((group) => progress(group, outcomes.get(group.key), exhausted));
  const lastProblem = retries.at(-1)?.problem ?? groups.findLast((group) => group.problem)?.problem;
  const common = { ...checkout, groups, claimedUntilMs: undefined, lastProblem };
  if (next && !exhausted) {
    const again: Checkout = { ...common, ...next };
    return { kind: 'again', cart: { ...cart, checkout: again }, checkout: again };
  }
  const ended: Checkout = {
    ...common,
    state: endState(groups),
    endedMs: nowMs,
    exhausted: exhausted || undefined,
  };
  return { kind: 'ended', cart: { ...cart, modifiedMs: nowMs, checkout: ended }, checkout: ended };
}

function nextAttempt(
  checkout: Checkout,
  retries: Extract<GroupOutcome, { kind: 'retry' }>[],
  { nowMs, policy, random, watchdogMs }: ConcludeContext,
): Pick<Checkout, 'attempt' | 'dueMs' | 'lookMs'> {
  const floorMs = Math.max(0, ...retries.map(({ retryAfterMs }) => retryAfterMs ?? 0));
  const dueMs = nowMs + retryDelayMs(policy, { attempt: checkout.attempt, random, floorMs });
  return { attempt: checkout.attempt + 1, dueMs, lookMs: dueMs + watchdogMs };
}

function progress(
  group: GroupProgress,
  outcome: GroupOutcome | undefined,
  exhausted: boolean,
): GroupProgress {
  switch (outcome?.kind) {
    case undefined:
      return group;
    case 'placed':
      return { ...group, state: 'placed', order: outcome.order, problem: undefined };
    case 'refused':
      return { ...group, state: 'refused', problem: outcome.problem };
    case 'retry': {
      // Once ambiguous, always ambiguous: a later refusal to answer does not unmake an order.
      const state = outcome.ambiguous || group.state === 'unknown' ? 'unknown' : 'pending';
      return {
        ...group,
        state: exhausted && state === 'pending' ? 'refused' : state,
        problem: outcome.problem,
      };
    }
  }
}

function endState(groups: readonly GroupProgress[]): CheckoutState {
  const placed = groups.filter(({ state }) => state === 'placed').length;
  return placed === groups.length ? 'ordered' : placed > 0 ? 'partlyOrdered' : 'failed';
}
