/** The decisions make every transition in the table of checkout states, and no other. */
import { expect, it } from 'vitest';
import { type CheckoutState, type GroupProgress, TRANSITIONS } from '../../shared/cart/checkoutState.ts';
import { decideOutcome } from '../../shared/checkout/decideOutcome.ts';
import { decideStart } from '../../shared/checkout/decideStart.ts';
import type { GroupOutcome } from '../../shared/orders/gateway.ts';
import {
  BEGIN,
  inCheckout,
  LIFECYCLE,
  NOW,
  placedOrder,
  REFUSAL,
  RETRY,
  TROUBLE,
} from '../support/samples.ts';

const STATES = Object.keys(TRANSITIONS) as CheckoutState[];
const OUTCOMES: (GroupOutcome | undefined)[] = [
  undefined,
  { kind: 'placed', order: placedOrder() },
  { kind: 'refused', problem: REFUSAL },
  { kind: 'retry', problem: TROUBLE, ambiguous: false },
  { kind: 'retry', problem: TROUBLE, ambiguous: true },
  { kind: 'deferred', problem: TROUBLE, ambiguous: false, waitMs: 1_000, by: 'limit' },
];
const GROUP_STATES: GroupProgress['state'][] = ['pending', 'placed', 'refused', 'ambiguous'];

/** All transitions that the decisions make, over every state, outcome and number of attempts. */
function transitions(): Set<string> {
  const seen = new Set<string>();
  for (const state of STATES) {
    const decision = decideStart(inCheckout({ state }), { ...BEGIN, etag: 'W/"2"' });
    if (decision.kind === 'start') seen.add(`${state} → ${decision.checkout.state}`);
  }
  for (const attempt of [1, RETRY.maximumAttempts]) {
    for (const groupState of GROUP_STATES) {
      for (const one of OUTCOMES)
        for (const other of OUTCOMES) seen.add(transitionAfter(attempt, groupState, [one, other]));
    }
  }
  return seen;
}

function transitionAfter(
  attempt: number,
  state: GroupProgress['state'],
  outcomes: (GroupOutcome | undefined)[],
) {
  const cart = inCheckout({ attempt });
  const groups = cart.checkout.groups.map((group) => ({ ...group, state }));
  const byKey = new Map<string, GroupOutcome>();
  for (const [i, { key }] of groups.entries()) if (outcomes[i]) byKey.set(key, outcomes[i]);
  const context = { nowMs: NOW, policy: RETRY, watchdogMs: LIFECYCLE.watchdogMs, random: 0 };
  const { checkout } = decideOutcome(cart, { ...cart.checkout, groups }, byKey, context);
  return `running → ${checkout.state}`;
}

it('The decisions make exactly the transitions of the table', () => {
  const table = STATES.flatMap((from) => TRANSITIONS[from].map((to) => `${from} → ${to}`));

  expect([...transitions()].sort()).toEqual(table.sort());
});

it('A checkout never leaves the state ordered', () => {
  expect(TRANSITIONS.ordered).toEqual([]);
});
