/** The items of an erased customer in a bulk order: they are emptied while it has ended, and a retry of them orders nothing. */
import { randomUUID } from 'node:crypto';
import { beforeAll, expect, it } from 'vitest';
import type { BulkItem, BulkOrder, ItemOutcome } from '../../shared/bulk/bulkOrder.ts';
import { newLane } from '../../shared/bulk/lane.ts';
import { bulkStore } from '../../shared/storage/bulkStore.ts';
import { customerDataStore } from '../../shared/storage/erasureStore.ts';
import { TABLES } from '../../shared/storage/keys.ts';
import { Table } from '../../shared/storage/tables.ts';
import { KEY, line, NOW } from '../support/samples.ts';
import { newStorageAccount } from '../support/storageAccount.ts';

let account: Awaited<ReturnType<typeof newStorageAccount>>;
beforeAll(async () => {
  account = await newStorageAccount();
});

/** A bulk order with a failed item for each customer, two to a block. */
async function storedBulk(state: BulkOrder['state'], customers: string[]) {
  const table = new Table(account, TABLES.bulk);
  const bulk = bulkStore(table);
  const order: BulkOrder = {
    tenant: KEY.tenant,
    bulkOrderId: randomUUID(),
    source: 'list',
    errorPolicy: 'continue',
    repeats: 'order',
    state,
    createdMs: NOW,
    startedMs: NOW,
    endedMs: NOW,
    endedBefore: 0,
    generation: 1,
    retryStates: [],
    accepted: customers.length,
    rejected: 0,
    lanes: 1,
    slots: 1,
    blockSize: 2,
    modifiedBy: KEY.tenant,
  };
  const items = customers.map((customer, index): BulkItem => {
    const draft = { lineItems: [line({ friendlyName: `For ${index}` })] };
    return { index, reference: `PO ${index}`, customer, cartId: randomUUID(), draft };
  });
  const blocks = [0, 2].map((first) => ({ first, items: items.slice(first, first + 2) }));
  await bulk.putList(order, { blocks, rejected: [] });
  const stored = await bulk.insert(order, [newLane(0)]);
  const lane = await bulk.readLane(order, 0);
  const outcomes = items.map(({ draft: _, ...item }, n): ItemOutcome => {
    const errors = [{ code: '800010', description: `No license for ${item.reference}.` }];
    const orders = [{ id: `order ${n}`, orderGroupId: '0' }];
    return {
      n,
      ...item,
      checkoutId: CHECKOUT,
      state: 'failed',
      orders,
      errors,
      startedMs: NOW,
      endedMs: NOW,
    };
  });
  if (stored && lane) await bulk.writeLane(order, lane.lane, lane.etag, outcomes);
  return {
    bulk,
    order,
    etag: stored?.etag ?? '',
    data: customerDataStore(new Table(account, TABLES.carts), table),
  };
}
const CHECKOUT = randomUUID();

it('An erasure empties the bulk items and outcomes of the customer, and keeps the checkout id that stops a retry', async () => {
  const [customer, other] = [randomUUID(), randomUUID()];
  const { bulk, order, data } = await storedBulk('completed', [customer, other, customer]);
  const before = await data.itemsOf(order, customer);

  await data.emptyItems(order, customer);

  const items = [...(await bulk.block(order, 0)), ...(await bulk.block(order, 2))];
  const outcomes = await bulk.outcomes(order, { from: 0, to: 10 });
  expect([before.length, await data.itemsOf(order, customer)]).toEqual([2, []]);
  expect(JSON.stringify([items, outcomes])).not.toMatch(
    new RegExp(`${customer}|PO [02]|For [02]|order [02]`),
  );
  expect(items.map(({ index }) => index)).toEqual([0, 1, 2]);
  expect(items[1]).toMatchObject({ customer: other, reference: 'PO 1' });
  expect(outcomes.map(({ n, checkoutId }) => [n, checkoutId])).toEqual([0, 1, 2].map((n) => [n, CHECKOUT]));
  expect((await bulk.read(order))?.order).toEqual(order);
});

it('An erasure changes nothing of a bulk order that runs, and throws', async () => {
  const customer = randomUUID();
  const { bulk, order, data } = await storedBulk('running', [customer]);

  await expect(data.emptyItems(order, customer)).rejects.toThrow('runs again');

  expect(await data.itemsOf(order, customer)).toHaveLength(1);
  expect(await bulk.outcomes(order, { from: 0, to: 0 })).toMatchObject([{ customer }]);
});

it('An erasure empties no bulk item when a retry starts after the bulk order was read', async () => {
  const customer = randomUUID();
  const { bulk, order, etag } = await storedBulk('completed', [customer, customer, customer]);
  const table = new Table(account, TABLES.bulk);
  let calls = 0;
  const interrupted = Object.assign(Object.create(table) as Table, {
    async run(operation: Parameters<Table['run']>[0]) {
      // The first call reads the bulk order.
      if (++calls === 2) await bulk.replace({ ...order, state: 'running', generation: 2 }, etag);
      return table.run(operation);
    },
  });
  const data = customerDataStore(new Table(account, TABLES.carts), interrupted);

  await expect(data.emptyItems(order, customer)).rejects.toThrow();

  expect(await data.itemsOf(order, customer)).toHaveLength(3);
  expect(await bulk.outcomes(order, { from: 0, to: 2, state: 'failed' })).toMatchObject([
    { customer },
    { customer },
    { customer },
  ]);
  expect((await bulk.read(order))?.order.state).toBe('running');
});
