/** The results of a query come in any number of pages, short or empty, each read with a separate timeout. */
import type { TableClient } from '@azure/data-tables';
import { beforeEach, expect, it } from 'vitest';
import { toOrderRow } from '../../shared/storage/cartRow.ts';
import { orderStore } from '../../shared/storage/cartStore.ts';
import { dueIndex } from '../../shared/storage/dueIndex.ts';
import { dueKeys } from '../../shared/storage/keys.ts';
import { readRange } from '../../shared/storage/rows.ts';
import type { Table } from '../../shared/storage/tables.ts';
import { KEY, NOW, placedOrder } from '../support/samples.ts';

type Rows = Record<string, unknown>[];

/** The operations, and the rows that each read. */
let operations: Rows[];
beforeEach(() => {
  operations = [];
});

/** A table that returns these pages for every query, one per operation. */
function tableOf(...pages: Rows[]): Table {
  const pageFrom = async (token = '0') => {
    const rows = pages[Number(token)] ?? [];
    operations.at(-1)?.push(...rows);
    const next = Number(token) + 1;
    return Object.assign([...rows], next < pages.length ? { continuationToken: String(next) } : {});
  };
  const client = {
    listEntities: () => ({
      byPage: ({ continuationToken }: { continuationToken?: string } = {}) => ({
        next: async () => ({ value: await pageFrom(continuationToken) }),
      }),
      async *[Symbol.asyncIterator]() {
        for (const n of pages.keys()) yield* await pageFrom(String(n));
      },
    }),
  } as unknown as TableClient;
  const run: Table['run'] = (operation) => {
    operations.push([]);
    return operation(client, AbortSignal.timeout(1_000));
  };
  return { run } as Table;
}
const sizes = () => operations.map((rows) => rows.length);

const order = (n: number) =>
  toOrderRow({
    ...placedOrder({ orderId: `order${n}`, placedMs: NOW - n }),
    tenant: KEY.tenant,
    referenceCustomerId: KEY.customer,
    cartId: KEY.cartId,
    billingCycle: 'monthly',
    currencyCode: 'USD',
    isLegacy: false,
    lineItems: [],
  });

it('A page of orders is read from all pages of storage', async () => {
  const table = tableOf([order(1), order(2)], [], [order(3)]);

  const { entries, hasMore } = await orderStore(table).page(KEY.tenant, KEY.customer, { most: 3 });

  expect(entries.map(({ order: { orderId } }) => orderId)).toEqual(['order1', 'order2', 'order3']);
  expect(hasMore).toBe(false);
  expect(sizes()).toEqual([2, 0, 1]);
});

it('The rows of a range are read from all pages', async () => {
  const table = tableOf([], [{ n: 1 }, { n: 2 }], [{ n: 3 }]);

  expect(await readRange(table, { partitionKey: 'p', from: 'a', to: 'z' }, ({ n }) => n)).toEqual([1, 2, 3]);
  expect(sizes()).toEqual([0, 2, 1]);
});

it('The due entries are read from all pages of every shard', async () => {
  const entry = { ...KEY, atMs: NOW };
  const due = [];

  for await (const found of dueIndex(tableOf([], [{ ...dueKeys(entry) }])).due(NOW)) due.push(found);

  expect(due).toEqual([entry, entry, entry, entry]);
  expect(sizes()).toEqual([0, 0, 0, 0, 1, 1, 1, 1]);
});
