/** Every way a checkout goes from state to state is in the table, and every way in the table is gone. */
import { expect, it } from 'vitest';
import { type CheckoutState, type GroupProgress, TRANSITIONS } from '../../shared/cart/checkoutState.ts';
import { concludeAttempt, type GroupOutcome } from '../../shared/checkout/decideOutcome.ts';
import { beginCheckout } from '../../shared/checkout/decideStart.ts';
import { BEGIN, inCheckout, LOOK, NOW, placedOrder, REFUSAL, RETRY, TROUBLE } from '../support/samples.ts';

const STATES = Object.keys(TRANSITIONS) as CheckoutState[];
const OUTCOMES: (GroupOutcome | undefined)[] = [
  undefined,
  { kind: 'placed', order: placedOrder() },
  { kind: 'refused', problem: REFUSAL },
  { kind: 'retry', problem: TROUBLE, ambiguous: false },
  { kind: 'retry', problem: TROUBLE, ambiguous: true },
  { kind: 'held', problem: TROUBLE, ambiguous: false, waitMs: 1_000, by: 'limit' },
];
const GROUP_STATES: GroupProgress['state'][] = ['pending', 'placed', 'refused', 'unknown'];

/** All transitions that the decisions take, over every state, outcome and number of attempts. */
function taken(): Set<string> {
  const seen = new Set<string>();
  for (const state of STATES) {
    const begin = beginCheckout(inCheckout({ state }), { ...BEGIN, etag: 'W/"2"' });
    if (begin.kind === 'mark') seen.add(`${state} → ${begin.checkout.state}`);
  }
  for (const attempt of [1, RETRY.maxAttempts]) {
    for (const groupState of GROUP_STATES) {
      for (const one of OUTCOMES)
        for (const other of OUTCOMES) seen.add(concluded(attempt, groupState, [one, other]));
    }
  }
  return seen;
}

function concluded(attempt: number, state: GroupProgress['state'], outcomes: (GroupOutcome | undefined)[]) {
  const cart = inCheckout({ attempt });
  const groups = cart.checkout.groups.map((group) => ({ ...group, state }));
  const byKey = new Map<string, GroupOutcome>();
  for (const [i, { key }] of groups.entries()) if (outcomes[i]) byKey.set(key, outcomes[i]);
  const context = { nowMs: NOW, policy: RETRY, watchdogMs: LOOK.watchdogMs, random: 0 };
  const { checkout } = concludeAttempt(cart, { ...cart.checkout, groups }, byKey, context);
  return `running → ${checkout.state}`;
}

it('takes the transitions of the table, all of them and no others', () => {
  const table = STATES.flatMap((from) => TRANSITIONS[from].map((to) => `${from} → ${to}`));

  expect([...taken()].sort()).toEqual(table.sort());
});

it('never leaves ordered', () => {
  expect(TRANSITIONS.ordered).toEqual([]);
});
