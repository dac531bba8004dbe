/** The count sees what it is there to see: an order that is missing, one too many, and one of another content. */
import { expect, it } from 'vitest';
import { tally } from './tally.ts';

const order = (quantity: number) => ({ customer: 'c', billingCycle: 'monthly', quantity });
const name = (quantity: number) => `${quantity} of monthly for customer c`;

it.each([
  { made: [1, 2], lost: [], doubled: [] },
  { made: [1], lost: [2], doubled: [] },
  { made: [2, 1, 2, 2], lost: [], doubled: [2, 2] },
  { made: [1, 3], lost: [2], doubled: [3] },
])('counts $made against what was promised: 1 and 2', ({ made, lost, doubled }) => {
  expect(tally([order(1), order(2)], made.map(order))).toEqual({
    promised: 2,
    lost: lost.map(name),
    doubled: doubled.map(name),
  });
});

it('lets an order be made or not that was asked for and never promised', () => {
  const none = { promised: 0, lost: [], doubled: [] };

  expect(tally([], [], [order(1)])).toEqual(none);
  expect(tally([], [order(1)], [order(1)])).toEqual(none);
  expect(tally([], [order(1), order(1)], [order(1)])).toEqual({ ...none, doubled: [name(1)] });
});
