/** The tally reports a missing order, an additional order, and an order with another content. */
import { expect, it } from 'vitest';
import { tally } from './tally.ts';

const order = (quantity: number) => ({ customer: 'c', billingCycle: 'monthly', quantity });
const name = (quantity: number) => `${quantity} of monthly for customer c`;

it.each([
  { made: [1, 2], lost: [], doubled: [] },
  { made: [1], lost: [2], doubled: [] },
  { made: [2, 1, 2, 2], lost: [], doubled: [2, 2] },
  { made: [1, 3], lost: [2], doubled: [3] },
])('The orders $made are compared with the promised orders 1 and 2', ({ made, lost, doubled }) => {
  expect(tally([order(1), order(2)], made.map(order))).toEqual({
    promised: 2,
    lost: lost.map(name),
    doubled: doubled.map(name),
  });
});

it('An order that was requested without a response may exist or not', () => {
  const none = { promised: 0, lost: [], doubled: [] };

  expect(tally([], [], [order(1)])).toEqual(none);
  expect(tally([], [order(1)], [order(1)])).toEqual(none);
  expect(tally([], [order(1), order(1)], [order(1)])).toEqual({ ...none, doubled: [name(1)] });
});
