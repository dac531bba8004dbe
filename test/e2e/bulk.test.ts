/** Bulk orders over HTTP on a running stack, with the ordering desk behind: submitted, followed, cancelled, done again. */
import { randomUUID } from 'node:crypto';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { BULK_SETTINGS } from '../support/stackSettings.ts';
import { BUSY, bulkClient, type ItemBody, NO_CREDIT, newItem, newItems } from './bulkClient.ts';
import { direct, ledgerOf } from './deskClient.ts';
import { createCart, SEATS } from './orders.ts';
import { type Service, sharedService } from './running.ts';

const IN_FLIGHT = Number(BULK_SETTINGS.BULK_IN_FLIGHT);

let service: Service;
let bulk: ReturnType<typeof bulkClient>;
beforeAll(async () => {
  service = await sharedService('bulk');
  bulk = bulkClient(service);
});
beforeEach(() => direct(service, []));

describe('Bulk orders', () => {
  it('A bulk order orders existing and new carts, and reports the outcome of each', async () => {
    const { customer, cartId } = await createCart(service.call);
    const there = { reference: 'there', customerId: customer, cartId };
    const items = [there, ...newItems(5)];

    const submitted = await bulk.submit({ reference: 'renewals', items });
    const { id } = submitted.body;
    expect(submitted.status).toBe(202);
    expect(submitted.headers.get('Location')).toBe(`/v1/bulkorders/${id}`);
    expect(submitted.headers.get('Retry-After')).toBe('1');
    expect(submitted.body).toMatchObject({ reference: 'renewals', counts: { total: 6 } });

    expect(await bulk.ended(id)).toMatchObject({
      state: 'completed',
      counts: { total: 6, succeeded: 6, waiting: 0, running: 0, failed: 0, cancelled: 0, rejected: 0 },
      ratePerMinute: expect.any(Number),
      endedTimestamp: expect.any(String),
    });
    const followed = await bulk.itemsOf(id, '?size=2');
    expect(followed.map(({ reference }) => reference)).toEqual(items.map(({ reference }) => reference));
    expect(followed.map(({ orders }) => orders?.length)).toEqual([1, 2, 2, 2, 2, 2]);
    for (const { customerId, orders } of followed) {
      const made = await ledgerOf(service, String(customerId));
      expect(orders?.map((order) => order.id).sort()).toEqual(made.map(({ orderId }) => orderId).sort());
    }
    const cart = await service.call('GET', `/v1/customers/${customer}/carts/${cartId}`);
    expect(cart.body.status).toBe('Ordered');
  });

  it('A repeated request, concurrent or later, returns the same bulk order and orders nothing twice', async () => {
    const items = newItems(3);
    const options = { headers: { 'MS-RequestId': randomUUID() } };

    const [first, second] = await Promise.all([
      bulk.submit({ items }, options),
      bulk.submit({ items }, options),
    ]);
    await bulk.ended(first.body.id);
    const third = await bulk.submit({ items }, options);
    const other = await bulk.submit({ items: items.slice(1) }, options);

    expect([second.body.id, third.body.id]).toEqual([first.body.id, first.body.id]);
    expect(third.body).toMatchObject({ state: 'completed', counts: { succeeded: 3 } });
    expect(other.body.id).not.toBe(first.body.id);
    expect(await bulk.ordersOf(items[0] as ItemBody)).toBe(2);
  });

  it('A bulk order is accepted as NDJSON', async () => {
    const items = newItems(3);
    const body = `${items.map((item) => JSON.stringify(item)).join('\r\n')}\n\n`;

    const submitted = await service.call(
      'POST',
      '/v1/bulkorders?reference=lines&errorPolicy=stopOnFirstError',
      {
        body,
        headers: { 'Content-Type': 'application/x-ndjson' },
      },
    );

    expect(submitted.status).toBe(202);
    expect(submitted.body).toMatchObject({ reference: 'lines', errorPolicy: 'stopOnFirstError' });
    expect((await bulk.ended(submitted.body.id)).counts).toMatchObject({ total: 3, succeeded: 3 });
  });

  it('A bulk order is listed for its own partner tenant only, the newest first', async () => {
    const [older, newer] = [
      await bulk.submit({ items: newItems(1) }),
      await bulk.submit({ items: newItems(1) }),
    ];
    const token = await service.token({ tenant: randomUUID() });

    const listed = await service.call('GET', '/v1/bulkorders');
    expect(listed.body.items?.slice(0, 2).map(({ id }) => id)).toEqual([newer.body.id, older.body.id]);
    expect((await service.call('GET', '/v1/bulkorders', { token })).body.items).toEqual([]);
    for (const [method, rest] of [
      ['GET', ''],
      ['GET', '/items'],
      ['GET', '/items.csv'],
      ['POST', '/cancel'],
      ['POST', '/retry'],
    ] as const) {
      const { status, body } = await service.call(method, `/v1/bulkorders/${newer.body.id}${rest}`, {
        token,
      });
      expect([status, body.code]).toEqual([404, '810001']);
    }
    await bulk.ended(older.body.id);
    await bulk.ended(newer.body.id);
  });
});

describe('Malformed items', () => {
  const good = newItem('good');
  const items = [
    good,
    { ...newItem('no customer'), customerId: 'somebody' },
    { ...newItem('no quantity'), cart: { lineItems: [SEATS, { ...SEATS, quantity: 'many' }] } },
    { reference: 'neither', customerId: randomUUID() },
    { ...newItem('good') },
  ];
  const places = [
    'items[1].customerId',
    'items[2].cart.lineItems[1].quantity',
    'items[3].cart',
    'items[4].reference',
  ];

  it('Every malformed item is reported by index and path, and the bulk order is rejected', async () => {
    const before = await service.call('GET', '/v1/bulkorders');

    const { status, body } = await bulk.submit({ items });

    expect([status, body.code]).toEqual([400, '800002']);
    expect(body.data?.map(({ path }) => path)).toEqual(places);
    expect((await service.call('GET', '/v1/bulkorders')).body.items).toEqual(before.body.items);
    expect(await bulk.ordersOf(good)).toBe(0);
  });

  it('With acceptValid, malformed items are listed as rejected beside the valid items', async () => {
    const { status, body } = await bulk.submit({ items, acceptValid: true });

    expect(status).toBe(202);
    expect((body.rejected as { index: number }[]).map(({ index }) => index)).toEqual([1, 2, 3, 4]);
    expect((await bulk.ended(body.id)).counts).toMatchObject({ total: 5, succeeded: 1, rejected: 4 });
    expect(await bulk.ordersOf(good)).toBe(2);
    const followed = await bulk.itemsOf(body.id, '?size=1');
    expect(followed.map(({ index, state }) => [index, state])).toEqual([
      [0, 'succeeded'],
      ...[1, 2, 3, 4].map((index) => [index, 'rejected']),
    ]);
  });

  it.each([
    ['a body that is no list of items', { items: {} }, 'items'],
    ['no item', { items: [] }, 'items'],
    ['more items than may be', { items: Array.from({ length: 10_001 }, () => ({})) }, 'items'],
    ['an unknown policy', { items: [good], errorPolicy: 'stop' }, 'errorPolicy'],
    ['a reference that is too long', { items: [good], reference: 'x'.repeat(129) }, 'reference'],
  ])('%s is refused, and named', async (_, body, path) => {
    const refused = await bulk.submit(body);

    expect([refused.status, refused.body.code]).toEqual([400, '800002']);
    expect(refused.body.data?.map((problem) => problem.path)).toContain(path);
  });

  it('A body of 16 MiB is accepted, and a larger one is rejected', async () => {
    const refused = await bulk.submit(JSON.stringify({ items: [good] }).padEnd(16 * 1_024 * 1_024 + 1));

    expect([refused.status, refused.body.code]).toEqual([400, '800002']); // 413 would be repeated by the Java SDK for ever
    expect(refused.body.description).toMatch(/16777216/);

    const taken = await bulk.submit(JSON.stringify({ items: [good] }).padEnd(16 * 1_024 * 1_024));
    expect(taken.status).toBe(202);
    await bulk.ended(taken.body.id);
  });
});

describe('Failed items', () => {
  it('A failed item has a reason, and a retry orders the failed items only', async () => {
    const items = newItems(4);
    const [, bad] = items as [ItemBody, ItemBody];
    await bulk.answer([bad], NO_CREDIT);
    const { id } = (await bulk.submit({ items })).body;

    expect(await bulk.ended(id)).toMatchObject({ state: 'completed', counts: { succeeded: 3, failed: 1 } });
    const [failed] = await bulk.itemsOf(id, '?state=failed');
    expect(failed).toMatchObject({ reference: bad.reference, orders: [], state: 'failed' });
    expect(failed?.errors).toMatchObject([{ code: '3029', description: 'No credit.' }, { code: '3029' }]);

    await direct(service, []);
    const retried = await bulk.ask(id, 'retry');

    expect(retried.status).toBe(202);
    expect(await bulk.ended(id)).toMatchObject({ state: 'completed', counts: { succeeded: 4, failed: 0 } });
    expect(await Promise.all(items.map(bulk.ordersOf))).toEqual([2, 2, 2, 2]);
    expect(await bulk.itemsOf(id, '?state=failed')).toEqual([]);
  });

  it('A partly ordered item keeps its order, and a retry places the missing order only', async () => {
    const item = newItem('half');
    await direct(service, [
      {
        match: { customer: item.customerId },
        times: 1,
        answer: NO_CREDIT,
      },
    ]);
    const { id } = (await bulk.submit({ items: [item] })).body;
    await bulk.ended(id);
    const [failed] = await bulk.itemsOf(id);
    expect([failed?.state, failed?.orders?.length]).toEqual(['failed', 1]);

    await bulk.ask(id, 'retry');
    await bulk.ended(id);

    const [done] = await bulk.itemsOf(id);
    expect([done?.state, done?.orders?.length]).toEqual(['succeeded', 2]);
    expect(await bulk.ordersOf(item)).toBe(2);
  });

  it('With stopOnFirstError, items that have not started are cancelled and can be retried', async () => {
    const items = newItems(8);
    const [bad] = items as [ItemBody];
    await bulk.answer([bad], NO_CREDIT);
    const { id } = (await bulk.submit({ items, errorPolicy: 'stopOnFirstError' })).body;

    const { state, counts } = await bulk.ended(id);
    expect(state).toBe('stopped');
    expect(counts).toMatchObject({ failed: 1, waiting: 0, running: 0 });
    expect(counts.cancelled).toBeGreaterThanOrEqual(items.length - 2 * IN_FLIGHT);

    await direct(service, []);
    await bulk.ask(id, 'retry', { body: { states: ['failed', 'cancelled'] } });

    expect(await bulk.ended(id)).toMatchObject({
      state: 'completed',
      counts: { succeeded: 8, cancelled: 0 },
    });
    expect(await Promise.all(items.map(bulk.ordersOf))).toEqual(items.map(() => 2));
  });
});

describe('Cancellation', () => {
  it('A cancelled bulk order finishes its running items and starts no others', async () => {
    const items = newItems(6);
    await bulk.answer(items, BUSY);
    const { id } = (await bulk.submit({ items })).body;
    await bulk.once(id, ({ counts }) => counts.running === IN_FLIGHT);

    const early = await bulk.ask(id, 'retry');
    const cancelled = await bulk.ask(id, 'cancel');
    const running = await bulk.once(id, ({ counts }) => counts.waiting === 0);
    await direct(service, []);
    const { state, counts } = await bulk.ended(id);

    expect([early.status, early.body.code]).toEqual([409, '810002']);
    expect([cancelled.status, cancelled.body.state]).toEqual([202, 'cancelling']);
    expect(running.counts).toMatchObject({ running: IN_FLIGHT, cancelled: 4 });
    expect([state, counts.succeeded, counts.cancelled]).toEqual(['cancelled', IN_FLIGHT, 4]);
    expect((await bulk.ask(id, 'cancel')).body.state).toBe('cancelled');
    const states = (await bulk.itemsOf(id)).map((item) => item.state);
    const made = await Promise.all(items.map(bulk.ordersOf));
    expect(made).toEqual(states.map((one) => (one === 'succeeded' ? 2 : 0)));
  });
});

it('The items of a bulk order are available as a CSV table in which no cell is a formula', async () => {
  const items = [newItem('=1+1'), newItem('a, "b"')];
  const { id } = (await bulk.submit({ items: [...items, { reference: 'bad' }], acceptValid: true })).body;
  await bulk.ended(id);

  const response = await fetch(`${service.url}/v1/bulkorders/${id}/items.csv`, {
    headers: { Authorization: `Bearer ${await service.token({})}` },
  });
  const [header, ...rows] = (await response.text()).trimEnd().split('\r\n');

  expect(response.headers.get('Content-Type')).toMatch('text/csv');
  expect(response.headers.get('Content-Disposition')).toContain(`bulkorder-${id}.csv`);
  expect(header).toBe('index,reference,customerId,cartId,state,orders,errorCode,error');
  expect(rows[0]).toMatch(
    new RegExp(`^0,'=1\\+1,${items[0]?.customerId},[0-9a-f-]{36},succeeded,\\S+ \\S+,,$`),
  );
  expect(rows[1]).toMatch(/^1,"a, ""b""",/);
  expect(rows[2]).toMatch(/^2,bad,,,rejected,,800002,/);
});
