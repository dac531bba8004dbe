/** The visibility of the desk's orders. */
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

test('A customer’s orders include an order whose ledger line is being written', async () => {
  const placements = ['r-1', 'r-2'].map((requestId) =>
    book.place({ customer, requestId, request: order, idempotency: true }),
  );

  expect(await book.ordersOf(customer)).toHaveLength(2);
  await Promise.all(placements);
});
