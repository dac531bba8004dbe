/** What an attempt has come to, from what the gateway said of each order group. */
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

const HELD_BACK = { ...TROUBLE, description: 'The order waits for its turn.' };
const held = (more: Partial<Deferred> = {}): GroupOutcome => ({
  kind: 'deferred',
  problem: HELD_BACK,
  ambiguous: false,
  waitMs: 40_000,
  by: 'limit',
  ...more,
});

function conclude(
  outcomes: Partial<Record<typeof MONTHLY | typeof ONE_TIME, GroupOutcome>>,
  checkout: Partial<Checkout> = {},
  context: Partial<OutcomeInput> = {},
) {
  const cart = inCheckout(checkout);
  const conclusion = decideOutcome(cart, cart.checkout, new Map(Object.entries(outcomes)), {
    ...CONTEXT,
    ...context,
  });
  expect(conclusion.cart.checkout).toEqual(conclusion.checkout);
  return conclusion;
}
const states = ({ groups }: Checkout) => groups.map(({ state }) => state);
const groupsIn = (monthly: GroupProgress['state'], oneTime: GroupProgress['state']) =>
  inCheckout().checkout.groups.map((group) => ({
    ...group,
    state: group.key === MONTHLY ? monthly : oneTime,
  }));

describe('ends', () => {
  it.each([
    ['all placed', placed('a'), placed('b'), 'ordered', ['placed', 'placed']],
    ['one placed, one refused', placed(), refused, 'partlyOrdered', ['placed', 'refused']],
    ['all refused', refused, refused, 'failed', ['refused', 'refused']],
  ] as const)('%s', (_, monthly, oneTime, state, groups) => {
    const { kind, checkout, cart } = conclude({ [MONTHLY]: monthly, [ONE_TIME]: oneTime });

    expect([kind, checkout.state, states(checkout)]).toEqual(['ended', state, groups]);
    expect(checkout).toMatchObject({ endedMs: LATER, attempt: 1, watchdogAtMs: NOW + 2 * MINUTE });
    expect(checkout.exhausted).toBeUndefined();
    expect(cart.modifiedMs).toBe(LATER);
  });

  it('keeps the order of a group that was placed, and the problem of one that was refused', () => {
    const { checkout } = conclude({ [MONTHLY]: placed(), [ONE_TIME]: refused });

    expect(checkout.groups).toMatchObject([{ order: { orderId: 'f76c6b7f449d' } }, { problem: REFUSAL }]);
    expect(checkout.lastProblem).toEqual(REFUSAL);
  });

  it('as ordered when the last open group is placed, and forgets its troubles', () => {
    const { checkout } = conclude(
      { [ONE_TIME]: placed() },
      { groups: groupsIn('placed', 'ambiguous'), attempt: 3, lastProblem: TROUBLE, leaseUntilMs: LATER },
    );

    expect([checkout.state, states(checkout)]).toEqual(['ordered', ['placed', 'placed']]);
    expect([checkout.lastProblem, checkout.leaseUntilMs]).toEqual([undefined, undefined]);
  });

  it('as ordered when no group was left to place', () => {
    expect(conclude({}, { groups: groupsIn('placed', 'placed') }).checkout.state).toBe('ordered');
  });
});

describe('A checkout with deferred groups continues', () => {
  it('with the next attempt when a group is to be asked again, whatever became of the others', () => {
    for (const other of [placed(), refused, retry()]) {
      const { kind, checkout } = conclude({ [MONTHLY]: other, [ONE_TIME]: retry() });

      expect([kind, checkout.state, checkout.attempt]).toEqual(['continue', 'running', 2]);
      expect(checkout.endedMs).toBeUndefined();
    }
  });

  it('after the backoff, with a look a watchdog after that, and without the claim', () => {
    const { checkout } = conclude({ [MONTHLY]: retry() }, { leaseUntilMs: LATER + MINUTE });

    expect(checkout).toMatchObject({ dueMs: LATER + 1_000, watchdogAtMs: LATER + 1_000 + 2 * MINUTE });
    expect(checkout.leaseUntilMs).toBeUndefined();
    expect(checkout.lastProblem).toEqual(TROUBLE);
  });

  it('not before the longest Retry-After of any group', () => {
    const { checkout } = conclude({
      [MONTHLY]: retry({ retryAfterMs: 57_000 }),
      [ONE_TIME]: retry({ retryAfterMs: 3_000 }),
    });

    expect(checkout.dueMs).toBe(LATER + 57_000);
  });

  it('keeping what was placed and what was refused', () => {
    const { checkout } = conclude(
      { [MONTHLY]: retry() },
      { groups: groupsIn('pending', 'placed'), attempt: 4 },
    );

    expect([states(checkout), checkout.attempt]).toEqual([['pending', 'placed'], 5]);
  });

  it('does not touch who changed the cart last and when: the caller’s', () => {
    expect(conclude({ [MONTHLY]: retry() }).cart.modifiedMs).toBe(NOW);
  });
});

describe('what was held', () => {
  it('A deferred group is rescheduled for its time in the same attempt, with a watchdog check after it', () => {
    const { kind, checkout } = conclude({ [MONTHLY]: held(), [ONE_TIME]: placed() }, { attempt: 3 });

    expect([kind, checkout.attempt, states(checkout)]).toEqual(['continue', 3, ['pending', 'placed']]);
    expect(checkout).toMatchObject({ dueMs: LATER + 40_000, watchdogAtMs: LATER + 40_000 + 2 * MINUTE });
    expect(checkout.groups[0]?.problem).toBeUndefined();
    expect(checkout.lastProblem).toEqual(HELD_BACK);
  });

  it('comes again at once when only the claim had run out, and leaves the last problem as it is', () => {
    const { checkout } = conclude(
      { [MONTHLY]: held({ by: 'lease', waitMs: 0 }) },
      { groups: groupsIn('pending', 'refused').map((group) => ({ ...group, problem: REFUSAL })) },
    );

    expect([checkout.dueMs, checkout.lastProblem]).toEqual([LATER, REFUSAL]);
  });

  it('never uses up attempts, and ends by age', () => {
    const last = { attempt: RETRY.maximumAttempts };

    expect(conclude({ [MONTHLY]: held() }, last).kind).toBe('continue');
    expect(conclude({ [MONTHLY]: held() }, { startedMs: LATER - DAY + 40_000 }).kind).toBe('continue');
    const late = conclude({ [MONTHLY]: held() }, { startedMs: LATER - DAY + 39_999 });
    expect([late.kind, late.checkout.exhausted, states(late.checkout)]).toEqual([
      'ended',
      true,
      ['refused', 'pending'],
    ]);
    expect(late.checkout.groups[0]?.problem).toEqual(HELD_BACK);
  });

  it('waits with a group that failed for the longer of both times, and that is an attempt', () => {
    const { checkout } = conclude({ [MONTHLY]: held(), [ONE_TIME]: retry() });

    expect([checkout.attempt, checkout.dueMs]).toEqual([2, LATER + 40_000]);
  });

  it('An ambiguous group neither waits for other groups nor delays them', () => {
    const doubt = (waitMs: number) => held({ by: 'ambiguous', waitMs });
    const dueMs = (monthly: GroupOutcome, oneTime: GroupOutcome) =>
      conclude({ [MONTHLY]: monthly, [ONE_TIME]: oneTime }).checkout.dueMs - LATER;

    expect(dueMs(doubt(90_000), doubt(60_000))).toBe(60_000);
    expect(dueMs(doubt(90_000), held({ by: 'lease', waitMs: 0 }))).toBe(0);
    expect(dueMs(doubt(90_000), retry())).toBe(1_000);
    expect(dueMs(doubt(5_000), held())).toBe(40_000);
    expect(dueMs(doubt(90_000), placed())).toBe(90_000);
  });

  it('may exist if it may have existed before', () => {
    expect(states(conclude({ [MONTHLY]: held({ ambiguous: true }) }).checkout)[0]).toBe('ambiguous');
    expect(
      states(conclude({ [MONTHLY]: held() }, { groups: groupsIn('ambiguous', 'placed') }).checkout)[0],
    ).toBe('ambiguous');
  });
});

describe('a pause that the gateway asked for', () => {
  it.each([
    ['with the answer to an order', { [MONTHLY]: retry({ retryAfterMs: 57_000 }) }, LATER + 57_000],
    ['and we kept to', { [MONTHLY]: held({ by: 'pause', waitMs: 30_000 }) }, LATER + 30_000],
    ['is none when our own limit holds us', { [MONTHLY]: held() }, undefined],
    ['is none when the backoff is our own', { [MONTHLY]: retry() }, undefined],
  ])('%s stands on the checkout', (_, outcomes, untilMs) => {
    expect(conclude(outcomes, { pausedUntilMs: NOW }).checkout.pausedUntilMs).toBe(untilMs);
  });

  it('is over with the checkout', () => {
    const paused = { pausedUntilMs: NOW };

    expect(
      conclude({ [MONTHLY]: placed(), [ONE_TIME]: placed() }, paused).checkout.pausedUntilMs,
    ).toBeUndefined();
  });
});

describe('ambiguity', () => {
  const doubted = groupsIn('ambiguous', 'pending').map((group) => ({ ...group, ambiguousSinceMs: NOW }));

  it('makes a group unknown, from now on', () => {
    const { checkout } = conclude({ [MONTHLY]: retry({ ambiguous: true }) });

    expect(checkout.groups).toMatchObject([
      { state: 'ambiguous', ambiguousSinceMs: LATER },
      { state: 'pending' },
    ]);
  });

  it.each([retry(), held()])(
    'stays as it was, once it is there: not to be answered does not unmake an order',
    (outcome) => {
      const { checkout } = conclude({ [MONTHLY]: outcome }, { groups: doubted });

      expect(checkout.groups[0]).toMatchObject({ state: 'ambiguous', ambiguousSinceMs: NOW });
    },
  );

  it.each([retry({ ambiguous: true }), held({ ambiguous: true })])(
    'is as young as the last such call',
    (outcome) => {
      const { checkout } = conclude({ [MONTHLY]: outcome }, { groups: doubted });

      expect(checkout.groups[0]).toMatchObject({ state: 'ambiguous', ambiguousSinceMs: LATER });
    },
  );

  it.each([
    [placed(), 'placed'],
    [refused, 'refused'],
  ])('ends when the gateway says what is the case: %j', (outcome, state) => {
    const { checkout } = conclude({ [MONTHLY]: outcome }, { groups: doubted });

    expect([checkout.groups[0]?.state, checkout.groups[0]?.ambiguousSinceMs]).toEqual([state, undefined]);
  });
});

describe('exhaustion', () => {
  const last = { attempt: RETRY.maximumAttempts };

  it('ends: what surely was not made is refused, what may have been made stays unknown', () => {
    const { kind, checkout } = conclude({ [MONTHLY]: retry({ ambiguous: true }), [ONE_TIME]: retry() }, last);

    expect([kind, checkout.state, states(checkout)]).toEqual(['ended', 'failed', ['ambiguous', 'refused']]);
    expect(checkout).toMatchObject({ exhausted: true, attempt: 12, endedMs: LATER, lastProblem: TROUBLE });
    expect(checkout.groups.map(({ problem }) => problem)).toEqual([TROUBLE, TROUBLE]);
  });

  it('keeps the orders that were made', () => {
    expect(conclude({ [MONTHLY]: retry(), [ONE_TIME]: placed() }, last).checkout.state).toBe('partlyOrdered');
  });

  it('comes by age too: when the next attempt would begin too late', () => {
    const startedMs = LATER - DAY + 500;

    expect(conclude({ [MONTHLY]: retry() }, { startedMs, attempt: 2 }).kind).toBe('ended');
    expect(conclude({ [MONTHLY]: retry() }, { startedMs: startedMs + 1_500, attempt: 2 }).kind).toBe(
      'continue',
    );
  });

  it('does not come because the gateway wants to be asked again too late: it is asked sooner', () => {
    for (const outcome of [retry({ retryAfterMs: DAY + 1 }), held({ by: 'pause', waitMs: DAY + 1 })]) {
      const { kind, checkout } = conclude({ [MONTHLY]: outcome });

      const dueMs = LATER + 10 * MINUTE;
      expect([kind, checkout]).toMatchObject(['continue', { dueMs, pausedUntilMs: dueMs }]);
    }
  });

  it('is not what a refusal in the last attempt is', () => {
    expect(conclude({ [MONTHLY]: refused, [ONE_TIME]: placed() }, last).checkout.exhausted).toBeUndefined();
  });
});
