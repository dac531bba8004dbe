/** The rejection of a repeat after an ambiguous call: the checkout ends, and the group is reported as ambiguous. */
import { expect, it } from 'vitest';
import { decideOutcome } from '../../shared/checkout/decideOutcome.ts';
import { inCheckout, MINUTE, NOW, ONE_TIME, placedOrder, REFUSAL, RETRY } from '../support/samples.ts';

it('A rejection after an ambiguous call ends the checkout with the group ambiguous, under the same request id', () => {
  const [monthly, oneTime] = inCheckout().checkout.groups;
  const cart = inCheckout({
    groups: [
      { ...monthly!, state: 'placed', order: placedOrder() },
      { ...oneTime!, state: 'ambiguous', ambiguousSinceMs: NOW },
    ],
  });
  const outcomes = new Map([[ONE_TIME, { kind: 'refused', problem: REFUSAL, ambiguous: true } as const]]);
  const context = { nowMs: NOW + MINUTE, policy: RETRY, watchdogMs: 2 * MINUTE, random: 0 };

  const { kind, checkout } = decideOutcome(cart, cart.checkout, outcomes, context);

  expect({ kind, state: checkout.state }).toEqual({ kind: 'ended', state: 'partlyOrdered' });
  expect(checkout.groups[1]).toMatchObject({
    state: 'ambiguous',
    ambiguousSinceMs: NOW,
    requestId: oneTime?.requestId,
    problem: {
      code: '800005',
      status: 409,
      description:
        'It is not known whether the order was made. A repeat was rejected with 800010: There is no inventory.',
    },
  });
});
