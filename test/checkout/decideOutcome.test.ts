/** Decides from the gateway's outcome of each order group how an attempt ended and what the checkout does next. */
import { describe, expect, it } from 'vitest';
import type { Checkout, GroupProgress } from '../../shared/cart/checkoutState.ts';
import { decideOutcome, type OutcomeInput } from '../../shared/checkout/decideOutcome.ts';
import type { Deferred, GroupOutcome } from '../../shared/orders/gateway.ts';
import {
  DAY,
  inCheckout,
  MINUTE,
  MONTHLY,
  NOW,
  ONE_TIME,
  placedOrder,
  REFUSAL,
  RETRY,
  TROUBLE,
} from '../support/samples.ts';

const LATER = NOW + 5_000;
const CONTEXT: OutcomeInput = { nowMs: LATER, policy: RETRY, watchdogMs: 2 * MINUTE, random: 0 };

const placed = (orderId = 'f76c6b7f449d'): GroupOutcome => ({
  kind: 'placed',
  order: placedOrder({ orderId }),
});
const refused: GroupOutcome = { kind: 'refused', problem: REFUSAL };
const retry = (more: { ambiguous?: boolean; retryAfterMs?: number } = {}): GroupOutcome => ({
  kind: 'retry',
  problem: TROUBLE,
  ambiguous: false,
  ...more,
});

const LIMITED = { ...TROUBLE, description: 'The order is deferred by the outbound limiter.' };
const deferred = (more: Partial<Deferred> = {}): GroupOutcome => ({
  kind: 'deferred',
  problem: LIMITED,
  ambiguous: false,
  waitMs: 40_000,
  by: 'limit',
  ...more,
});

/** The decision after these outcomes, with the states of the groups. */
function decide(
  outcomes: Partial<Record<typeof MONTHLY | typeof ONE_TIME, GroupOutcome>>,
  checkout: Partial<Checkout> = {},
) {
  const cart = inCheckout(checkout);
  const outcome = decideOutcome(cart, cart.checkout, new Map(Object.entries(outcomes)), CONTEXT);
  expect(outcome.cart.checkout).toEqual(outcome.checkout);
  return { ...outcome, groups: states(outcome.checkout) };
}
const states = ({ groups }: Checkout) => groups.map(({ state }) => state);
const groupsIn = (monthly: GroupProgress['state'], oneTime: GroupProgress['state']) =>
  inCheckout().checkout.groups.map((group) => ({
    ...group,
    state: group.key === MONTHLY ? monthly : oneTime,
  }));

describe('the end of a checkout', () => {
  it.each([
    ['all placed', placed('a'), placed('b'), 'ordered', ['placed', 'placed']],
    ['one placed, one refused', placed(), refused, 'partlyOrdered', ['placed', 'refused']],
    ['all refused', refused, refused, 'failed', ['refused', 'refused']],
  ] as const)('A checkout ends when its groups are %s', (_, monthly, oneTime, state, groups) => {
    const outcome = decide({ [MONTHLY]: monthly, [ONE_TIME]: oneTime });

    expect(outcome).toMatchObject({ kind: 'ended', checkout: { state }, groups });
    const { checkout, cart } = outcome;
    expect(checkout).toMatchObject({ endedMs: LATER, attempt: 1, watchdogAtMs: NOW + 2 * MINUTE });
    expect(checkout.exhausted).toBeUndefined();
    expect(cart.modifiedMs).toBe(LATER);
  });

  it('An ended checkout keeps the order of a placed group and the problem of a refused group', () => {
    const { checkout } = decide({ [MONTHLY]: placed(), [ONE_TIME]: refused });

    expect(checkout.groups).toMatchObject([{ order: { orderId: 'f76c6b7f449d' } }, { problem: REFUSAL }]);
    expect(checkout.lastProblem).toEqual(REFUSAL);
  });

  it('A checkout ends as ordered without a problem when its last open group is placed', () => {
    const { checkout, groups } = decide(
      { [ONE_TIME]: placed() },
      { groups: groupsIn('placed', 'ambiguous'), attempt: 3, lastProblem: TROUBLE, leaseUntilMs: LATER },
    );

    expect(checkout).toMatchObject({ state: 'ordered', lastProblem: undefined, leaseUntilMs: undefined });
    expect(groups).toEqual(['placed', 'placed']);
  });

  it('A checkout ends as ordered when no group was left to place', () => {
    expect(decide({}, { groups: groupsIn('placed', 'placed') }).checkout.state).toBe('ordered');
  });
});

describe('another attempt', () => {
  it('A checkout continues with the next attempt when any group is to be retried, whatever the outcome of the others', () => {
    for (const other of [placed(), refused, retry()]) {
      const { kind, checkout } = decide({ [MONTHLY]: other, [ONE_TIME]: retry() });

      expect(kind).toBe('continue');
      expect(checkout).toMatchObject({ state: 'running', attempt: 2 });
      expect(checkout.endedMs).toBeUndefined();
    }
  });

  it('The next attempt is due after the backoff, with a watchdog check after it and without a lease', () => {
    const { checkout } = decide({ [MONTHLY]: retry() }, { leaseUntilMs: LATER + MINUTE });

    expect(checkout).toMatchObject({ dueMs: LATER + 1_000, watchdogAtMs: LATER + 1_000 + 2 * MINUTE });
    expect(checkout.leaseUntilMs).toBeUndefined();
    expect(checkout.lastProblem).toEqual(TROUBLE);
  });

  it('The next attempt is due after the longest Retry-After of all groups', () => {
    const { checkout } = decide({
      [MONTHLY]: retry({ retryAfterMs: 57_000 }),
      [ONE_TIME]: retry({ retryAfterMs: 3_000 }),
    });

    expect(checkout.dueMs).toBe(LATER + 57_000);
  });

  it('The next attempt keeps the placed and refused groups', () => {
    const before = { groups: groupsIn('pending', 'placed'), attempt: 4 };

    const outcome = decide({ [MONTHLY]: retry() }, before);

    expect(outcome).toMatchObject({ checkout: { attempt: 5 }, groups: ['pending', 'placed'] });
  });

  it('An attempt that is to be retried does not change the modification time of the cart', () => {
    expect(decide({ [MONTHLY]: retry() }).cart.modifiedMs).toBe(NOW);
  });
});

describe('deferred groups', () => {
  it('A deferred group is rescheduled for its time in the same attempt, with a watchdog check after it', () => {
    const outcome = decide({ [MONTHLY]: deferred(), [ONE_TIME]: placed() }, { attempt: 3 });

    const { checkout } = outcome;
    expect(outcome).toMatchObject({ kind: 'continue', groups: ['pending', 'placed'] });
    expect(checkout.attempt).toBe(3);
    expect(checkout).toMatchObject({ dueMs: LATER + 40_000, watchdogAtMs: LATER + 40_000 + 2 * MINUTE });
    expect(checkout.groups[0]?.problem).toBeUndefined();
    expect(checkout.lastProblem).toEqual(LIMITED);
  });

  it('A group that no longer fitted the lease is due immediately, and the last problem stays unchanged', () => {
    const { checkout } = decide(
      { [MONTHLY]: deferred({ by: 'lease', waitMs: 0 }) },
      { groups: groupsIn('pending', 'refused').map((group) => ({ ...group, problem: REFUSAL })) },
    );

    expect(checkout.dueMs).toBe(LATER);
    expect(checkout.lastProblem).toEqual(REFUSAL);
  });

  it('A deferral uses no attempt, and deferrals end when the checkout is too old', () => {
    expect(decide({ [MONTHLY]: deferred() }, { attempt: RETRY.maximumAttempts }).kind).toBe('continue');
    expect(decide({ [MONTHLY]: deferred() }, { startedMs: LATER - DAY + 40_000 }).kind).toBe('continue');
    const late = decide({ [MONTHLY]: deferred() }, { startedMs: LATER - DAY + 39_999 });
    expect(late).toMatchObject({ kind: 'ended', groups: ['refused', 'pending'] });
    expect(late.checkout.exhausted).toBe(true);
    expect(late.checkout.groups[0]?.problem).toEqual(LIMITED);
  });

  it('A deferred group and a failed group are due at the later of both times, as the next attempt', () => {
    const { checkout } = decide({ [MONTHLY]: deferred(), [ONE_TIME]: retry() });

    expect(checkout).toMatchObject({ attempt: 2, dueMs: LATER + 40_000 });
  });

  it('An ambiguous group neither waits for other groups nor delays them', () => {
    const ambiguous = (waitMs: number) => deferred({ by: 'ambiguous', waitMs });
    const dueMs = (monthly: GroupOutcome, oneTime: GroupOutcome) =>
      decide({ [MONTHLY]: monthly, [ONE_TIME]: oneTime }).checkout.dueMs - LATER;

    expect(dueMs(ambiguous(90_000), ambiguous(60_000))).toBe(60_000);
    expect(dueMs(ambiguous(90_000), deferred({ by: 'lease', waitMs: 0 }))).toBe(0);
    expect(dueMs(ambiguous(90_000), retry())).toBe(1_000);
    expect(dueMs(ambiguous(5_000), deferred())).toBe(40_000);
    expect(dueMs(ambiguous(90_000), placed())).toBe(90_000);
  });

  it('A deferred group is ambiguous if its order may already have existed', () => {
    const before = { groups: groupsIn('ambiguous', 'placed') };

    expect(decide({ [MONTHLY]: deferred({ ambiguous: true }) }).groups[0]).toBe('ambiguous');
    expect(decide({ [MONTHLY]: deferred() }, before).groups[0]).toBe('ambiguous');
  });
});

describe('a requested pause', () => {
  it.each([
    ['a Retry-After in the response', { [MONTHLY]: retry({ retryAfterMs: 57_000 }) }, LATER + 57_000],
    ['a pause that is in effect', { [MONTHLY]: deferred({ by: 'pause', waitMs: 30_000 }) }, LATER + 30_000],
    ['none for the outbound limiter', { [MONTHLY]: deferred() }, undefined],
    ['none for the backoff', { [MONTHLY]: retry() }, undefined],
  ])('The checkout stores only a pause that the gateway requested: %s', (_, outcomes, untilMs) => {
    expect(decide(outcomes, { pausedUntilMs: NOW }).checkout.pausedUntilMs).toBe(untilMs);
  });

  it('The pause is removed when the checkout ends', () => {
    expect(
      decide({ [MONTHLY]: placed(), [ONE_TIME]: placed() }, { pausedUntilMs: NOW }).checkout.pausedUntilMs,
    ).toBeUndefined();
  });
});

describe('ambiguous groups', () => {
  const open = groupsIn('ambiguous', 'pending').map((group) => ({ ...group, ambiguousSinceMs: NOW }));

  it('An ambiguous call makes its group ambiguous as of now', () => {
    const { checkout } = decide({ [MONTHLY]: retry({ ambiguous: true }) });

    expect(checkout.groups).toMatchObject([
      { state: 'ambiguous', ambiguousSinceMs: LATER },
      { state: 'pending' },
    ]);
  });

  it.each([
    ['retryable', retry()],
    ['deferred', deferred()],
  ])('A %s call leaves an ambiguous group ambiguous since the same time', (_, outcome) => {
    const { checkout } = decide({ [MONTHLY]: outcome }, { groups: open });

    expect(checkout.groups[0]).toMatchObject({ state: 'ambiguous', ambiguousSinceMs: NOW });
  });

  it.each([
    ['retryable', retry({ ambiguous: true })],
    ['deferred', deferred({ ambiguous: true })],
  ])('A %s ambiguous call makes an ambiguous group ambiguous as of now', (_, outcome) => {
    const { checkout } = decide({ [MONTHLY]: outcome }, { groups: open });

    expect(checkout.groups[0]).toMatchObject({ state: 'ambiguous', ambiguousSinceMs: LATER });
  });

  it.each([
    [placed(), 'placed'],
    [refused, 'refused'],
  ])('A group is no longer ambiguous when the gateway returns a conclusive outcome: %j', (outcome, state) => {
    const { checkout } = decide({ [MONTHLY]: outcome }, { groups: open });

    expect(checkout.groups[0]).toMatchObject({ state });
    expect(checkout.groups[0]?.ambiguousSinceMs).toBeUndefined();
  });
});

describe('exhausted checkouts', () => {
  const last = { attempt: RETRY.maximumAttempts };

  it('An exhausted checkout ends: ambiguous groups stay ambiguous, and groups without an order are refused', () => {
    const outcome = decide({ [MONTHLY]: retry({ ambiguous: true }), [ONE_TIME]: retry() }, last);

    const { checkout } = outcome;
    expect(outcome).toMatchObject({ kind: 'ended', groups: ['ambiguous', 'refused'] });
    expect(checkout).toMatchObject({ state: 'failed', exhausted: true, attempt: 12, endedMs: LATER });
    expect(checkout.lastProblem).toEqual(TROUBLE);
    const description = `It is not known whether the order was made. ${TROUBLE.description}`;
    const unknown = { code: '800005', description, status: 409 };
    expect(checkout.groups.map(({ problem }) => problem)).toEqual([unknown, TROUBLE]);
  });

  it('An exhausted checkout keeps its placed orders', () => {
    expect(decide({ [MONTHLY]: retry(), [ONE_TIME]: placed() }, last).checkout.state).toBe('partlyOrdered');
  });

  it('A checkout is exhausted when the next attempt would start after its maximum age', () => {
    const startedMs = LATER - DAY + 500;

    expect(decide({ [MONTHLY]: retry() }, { startedMs, attempt: 2 }).kind).toBe('ended');
    expect(decide({ [MONTHLY]: retry() }, { startedMs: startedMs + 1_500, attempt: 2 }).kind).toBe(
      'continue',
    );
  });

  it('A requested wait beyond the maximum age does not exhaust the checkout, because waits are capped', () => {
    for (const outcome of [retry({ retryAfterMs: DAY + 1 }), deferred({ by: 'pause', waitMs: DAY + 1 })]) {
      const { kind, checkout } = decide({ [MONTHLY]: outcome });

      const dueMs = LATER + 10 * MINUTE;
      expect(kind).toBe('continue');
      expect(checkout).toMatchObject({ dueMs, pausedUntilMs: dueMs });
    }
  });

  it('A checkout is not exhausted when a group is refused in the last attempt', () => {
    expect(decide({ [MONTHLY]: refused, [ONE_TIME]: placed() }, last).checkout.exhausted).toBeUndefined();
  });
});
