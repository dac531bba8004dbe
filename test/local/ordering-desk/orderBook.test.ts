/** The desk's orders as whoever looks them up finds them. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type OrderBook, openOrderBook } from '../../../local/ordering-desk/orderBook.ts';
import { customer, order } from './caller.ts';

let folder: string;
let book: OrderBook;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'desk-'));
  book = await openOrderBook(join(folder, 'ledger.jsonl'));
});

afterEach(async () => {
  await book.close();
  await rm(folder, { recursive: true });
});

test('whoever looks while an order is being written finds it', async () => {
  const placing = ['r-1', 'r-2'].map((requestId) =>
    book.place({ customer, requestId, request: order, idempotency: true }),
  );

  expect(await book.of(customer)).toHaveLength(2);
  await Promise.all(placing);
});
