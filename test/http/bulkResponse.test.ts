/** The responses of a bulk order and its items. */
import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import type { ItemOutcome } from '../../shared/bulk/bulkOrder.ts';
import type { Counts } from '../../shared/bulk/progress.ts';
import { bulkOrderBody, itemBody, itemsCsv, pageBody, rejectedBody } from '../../shared/http/bulkResponse.ts';
import { itemOf } from '../bulk/submitting.ts';
import { sampleBulkOrder } from '../contract/samples.ts';
import { KEY, MINUTE, NOW } from '../support/samples.ts';

const COUNTS: Counts = {
  total: 40,
  waiting: 20,
  running: 4,
  succeeded: 9,
  alreadyOrdered: 0,
  failed: 1,
  cancelled: 0,
  rejected: 6,
};
const ORDER = sampleBulkOrder(NOW, { reference: 'renewals', accepted: 34, rejected: 6 });
const REJECTED = {
  index: 7,
  reference: 'bad',
  problems: [
    { path: 'customerId', message: 'should be a GUID' },
    { path: '', message: 'is too large' },
  ],
};

const { draft: _, ...ITEM } = itemOf(3);
const outcomeOf = (more: Partial<ItemOutcome>): ItemOutcome => ({
  ...ITEM,
  n: 3,
  state: 'succeeded',
  orders: [],
  errors: [],
  startedMs: NOW,
  endedMs: NOW + MINUTE,
  ...more,
});
const endedBody = (more: Partial<ItemOutcome>) => {
  const outcome = outcomeOf(more);
  return itemBody({ n: 3, item: ITEM, state: outcome.state, startedMs: NOW, outcome });
};

describe('The response of a bulk order', () => {
  it('A bulk order has its counters, its rate and its estimated end', () => {
    const body = bulkOrderBody(ORDER, COUNTS, { nowMs: NOW + 3 * MINUTE });

    expect(body).toMatchObject({
      id: ORDER.bulkOrderId,
      reference: 'renewals',
      counts: COUNTS,
      ratePerMinute: 3.3,
      startedTimestamp: expect.stringContaining('2026-03-15T17:15:02'),
      estimatedEndTimestamp: expect.stringContaining('2026-03-15T17:25:14'),
      endedTimestamp: undefined,
      pausedUntilTimestamp: undefined,
    });
  });

  it('A bulk order shows a pause until the pause ends or the bulk order is cancelled', () => {
    const paused = { ...ORDER, pausedUntilMs: NOW + MINUTE };
    const pauseAt = (nowMs: number, order = paused) =>
      bulkOrderBody(order, COUNTS, { nowMs }).pausedUntilTimestamp;

    expect(pauseAt(NOW)).toContain('2026-03-15T17:16:02');
    expect(pauseAt(NOW + MINUTE)).toBeUndefined();
    expect(pauseAt(NOW, { ...paused, state: 'cancelled' })).toBeUndefined();
  });

  it('A bulk order lists its rejected items, and has no such list without any', () => {
    const rejectedIn = (rejected: (typeof REJECTED)[]) =>
      bulkOrderBody(ORDER, COUNTS, { nowMs: NOW, rejected }).rejected;

    expect(rejectedIn([REJECTED])).toEqual([REJECTED]);
    expect(rejectedIn([])).toBeUndefined();
  });
});

describe('The response of an item', () => {
  it('A waiting item has no times, no orders, no errors, and no link to a cart that does not exist yet', () => {
    const waiting = itemBody({ n: 3, item: ITEM, state: 'waiting' });

    expect(waiting.links).toEqual({});
    expect(waiting).toMatchObject({
      index: 3,
      customerId: KEY.customer,
      state: 'waiting',
      orders: [],
      errors: [],
      startedTimestamp: undefined,
      endedTimestamp: undefined,
    });
  });

  it('An item whose checkout has started links to its cart', () => {
    expect(itemBody({ n: 3, item: ITEM, state: 'running', checkoutId: 'checkout' }).links).toMatchObject({
      cart: { uri: `/customers/${KEY.customer}/carts/${ITEM.cartId}` },
    });
  });

  it('An ended item has its times, its orders and its errors', () => {
    const orders = [{ id: 'order', orderGroupId: '0' }];
    const errors = [{ code: '3029', description: 'No credit.', orderGroupId: '1' }];

    expect(endedBody({ state: 'failed', orders, errors })).toMatchObject({
      state: 'failed',
      orders,
      errors,
      startedTimestamp: expect.stringContaining('17:15:02'),
      endedTimestamp: expect.stringContaining('17:16:02'),
    });
  });

  it('A rejected item has an error for every problem, with its path', () => {
    expect(rejectedBody(REJECTED)).toMatchObject({
      index: 7,
      state: 'rejected',
      errors: [
        { code: '800002', path: 'customerId', description: 'should be a GUID' },
        { code: '800002', path: '', description: 'is too large' },
      ],
    });
  });
});

it('A page has a link to the next page if there is one', () => {
  const more = new URLSearchParams({ state: 'failed', after: '99' });

  expect(pageBody([], '/bulkorders', undefined).links).not.toHaveProperty('next');
  expect(pageBody([], '/bulkorders', more).links).toMatchObject({
    next: { uri: '/bulkorders?state=failed&after=99' },
  });
});

it('An item is a row of the CSV table with all of its orders and errors', () => {
  const failed = endedBody({
    state: 'failed',
    orders: ['x', 'y'].map((id, n) => ({ id, orderGroupId: String(n) })),
    errors: [
      { code: '3029', description: 'No credit.', orderGroupId: '2' },
      { code: '800005', description: 'Closed.', orderGroupId: '3' },
    ],
  });
  const csv = itemsCsv([failed], { header: true }) + itemsCsv([rejectedBody(REJECTED)], { header: false });

  expect(parse(csv, { columns: true })).toEqual([
    {
      index: '3',
      reference: ITEM.reference,
      customerId: KEY.customer,
      cartId: ITEM.cartId,
      state: 'failed',
      orders: 'x y',
      errorCode: '3029',
      error: 'No credit.; Closed.',
    },
    {
      index: '7',
      reference: 'bad',
      customerId: '',
      cartId: '',
      state: 'rejected',
      orders: '',
      errorCode: '800002',
      error: 'customerId: should be a GUID; is too large',
    },
  ]);
});
