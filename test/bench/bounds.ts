/**
 * Measures two bounds on the local stack: how much longer the first page of 20 orders takes for a customer with 10,000
 * orders than for one with 20 (goal: at most 2), and how long another request waits while the service rejects 16 MiB of
 * the most expensive JSON (goal: below one second).
 *
 *   npm run bench:bounds
 */
import { randomUUID } from 'node:crypto';
import { localCaller } from '../../local/issuer/claims.ts';
import type { Cart } from '../../shared/cart/cart.ts';
import type { Order } from '../../shared/orders/order.ts';
import { cartStore, orderStore } from '../../shared/storage/cartStore.ts';
import { TABLES } from '../../shared/storage/keys.ts';
import { Table } from '../../shared/storage/tables.ts';
import { startService } from '../e2e/running.ts';
import { cartOf, MODERN } from '../support/samples.ts';

const PAGE = 20;
const LARGE = 10_000;
/** Orders of a transaction beside its cart. */
const ORDERS_A_CART = 99;
const ROUNDS = 200;
const MEMBERS_A_MIB = 131_072;

const service = await startService({ settings: { RATE_LIMIT: '0' } });
const table = new Table({ connectionString: service.storageConnection }, TABLES.carts);
const carts = cartStore(table);
const orders = orderStore(table);
try {
  await measurePages();
  await measureDelay();
} finally {
  await service.stop();
}

async function measurePages(): Promise<void> {
  const [small, large] = [await customerWith(PAGE), await customerWith(LARGE)];
  const http = { small: [] as number[], large: [] as number[] };
  const storage = { small: [] as number[], large: [] as number[] };
  for (let round = 0; round < ROUNDS; round++) {
    http.small.push(await timeOf(() => get(`/v1/customers/${small}/orders?size=${PAGE}`)));
    http.large.push(await timeOf(() => get(`/v1/customers/${large}/orders?size=${PAGE}`)));
    storage.small.push(await timeOf(() => orders.page(localCaller.tenant, small, { most: PAGE })));
    storage.large.push(await timeOf(() => orders.page(localCaller.tenant, large, { most: PAGE })));
  }
  console.log(`first page of ${PAGE} orders, medians of ${ROUNDS} (goal: a ratio of at most 2)`);
  console.log(`  by HTTP                 ${ratio(http)}`);
  console.log(`  of it, query by Azurite ${ratio(storage)}`);
}

function ratio({ small, large }: { small: readonly number[]; large: readonly number[] }): string {
  const [smallMs, largeMs] = [median(small), median(large)];
  return `${smallMs.toFixed(1)} ms with ${PAGE} orders, ${largeMs.toFixed(1)} ms with ${LARGE.toLocaleString('en')}: ratio ${(largeMs / smallMs).toFixed(2)}`;
}

/** Bodies that take long to parse: many small members, deep lists, many small items. */
async function measureDelay(): Promise<void> {
  const bodies = {
    'many members': `{${'"a":0,'.repeat(16 * MEMBERS_A_MIB * 1.1)}"items":[]}`,
    'nested lists': `{"items":[${`${'['.repeat(60)}${']'.repeat(60)},`.repeat(16 * 8_000)}0]}`,
    'many items': `{"items":[${'{},'.repeat(16 * MEMBERS_A_MIB * 2)}{}]}`,
    'escaped text': `{"items":["${'\\u0041'.repeat(16 * MEMBERS_A_MIB * 1.3)}"]}`,
  };
  for (const [name, body] of Object.entries(bodies)) {
    const text = body.slice(0, 16 * 1_024 * 1_024);
    let isDone = false;
    const submitted = service.call('POST', '/v1/bulkorders', { body: text }).finally(() => {
      isDone = true;
    });
    let longestMs = 0;
    while (!isDone) longestMs = Math.max(longestMs, await timeOf(() => get('/health')));
    const { status } = await submitted;
    console.log(
      `16 MiB of JSON with ${name} (${status}): another request waits ${longestMs.toFixed(0)} ms at most (goal: below 1,000)`,
    );
  }
}

async function get(path: string): Promise<void> {
  const { status } = await service.call('GET', path);
  if (status !== 200) throw new Error(`GET ${path} returned ${status}.`);
}

/** In milliseconds. */
async function timeOf(run: () => Promise<unknown>): Promise<number> {
  const begunMs = performance.now();
  await run();
  return performance.now() - begunMs;
}

/** A customer with so many orders, which are written to storage directly. */
async function customerWith(count: number): Promise<string> {
  const customer = randomUUID();
  for (let first = 0; first < count; first += ORDERS_A_CART) {
    const cart = cartOf(undefined, { tenant: localCaller.tenant, customer, cartId: randomUUID() });
    const stored = await carts.insert(cart);
    const placed = Array.from({ length: Math.min(ORDERS_A_CART, count - first) }, () => orderOf(cart));
    if (!stored || !(await carts.commit(cart, stored.etag, placed)))
      throw new Error('The orders were not stored.');
  }
  return customer;
}

function orderOf({ tenant, customer, cartId }: Cart): Order {
  return {
    tenant,
    referenceCustomerId: customer,
    cartId,
    orderId: randomUUID(),
    alternateId: '',
    billingCycle: 'monthly',
    currencyCode: 'USD',
    isLegacy: false,
    status: 'completed',
    placedMs: Date.now(),
    subscriptionIds: [],
    lineItems: [{ lineItemNumber: 0, offerId: MODERN, quantity: 1, transactionType: 'New' }],
  };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
