/** The number of storage requests of each protocol, counted where they leave the process for Azurite. */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createCart } from '../../shared/cart/createCart.ts';
import { getCart } from '../../shared/cart/getCart.ts';
import { replaceCart } from '../../shared/cart/replaceCart.ts';
import { requestCheckout } from '../../shared/checkout/requestCheckout.ts';
import { runAttempt } from '../../shared/checkout/runAttempt.ts';
import { uuidV8 } from '../../shared/ids.ts';
import type { Ports } from '../../shared/ports.ts';
import { cartStore, orderStore } from '../../shared/storage/cartStore.ts';
import { dueIndex } from '../../shared/storage/dueIndex.ts';
import { DUE_SHARDS, TABLES } from '../../shared/storage/keys.ts';
import { Table } from '../../shared/storage/tables.ts';
import { sweep } from '../../shared/sweeper/sweep.ts';
import { newWorld, type World } from '../support/ports.ts';
import { CREATE, DAY, KEY, LIFECYCLE, NOW, RETRY, TWO_GROUPS } from '../support/samples.ts';
import { newStorageAccount } from '../support/storageAccount.ts';
import { ordersIn } from './orders.ts';

/** Requests of the service's own transport, and of the SDK's. */
const CLIENT_REQUESTS = ['undici:request:create', 'http.client.request.start'];
const OTHER_CUSTOMER = '11111111-1111-4111-8111-111111111111';

let world: World;
let ports: Ports;
let requests = 0;
const count = () => {
  requests++;
};

beforeAll(async () => {
  const account = await newStorageAccount();
  const carts = new Table(account, TABLES.carts);
  world = newWorld(NOW);
  ports = {
    ...world.ports,
    carts: cartStore(carts),
    orders: orderStore(carts),
    due: dueIndex(new Table(account, TABLES.due)),
  };
  // The first use of a table creates it, which is not counted.
  await createCart(ports, { ...KEY, customer: OTHER_CUSTOMER }, { lineItems: TWO_GROUPS }, CREATE);
  for (const channel of CLIENT_REQUESTS) subscribe(channel, count);
});
afterAll(() => {
  for (const channel of CLIENT_REQUESTS) unsubscribe(channel, count);
});

/** The number of storage requests of an operation. */
async function requestsOf(operation: Promise<unknown>): Promise<number> {
  const before = requests;
  await operation;
  return requests - before;
}

const CHECKOUT = { watchdogMs: LIFECYCLE.watchdogMs, uuidV8 };

it('Creating a cart costs two requests, getting it one, and replacing it two', async () => {
  const draft = { lineItems: TWO_GROUPS };

  expect(await requestsOf(createCart(ports, KEY, draft, CREATE))).toBe(2);
  expect(await requestsOf(getCart(ports, KEY))).toBe(1);
  expect(await requestsOf(replaceCart(ports, KEY, draft, CREATE))).toBe(2);
});

it('A repeated call costs no more: its idempotency key is the id of the cart, or is stored on the cart', async () => {
  const draft = { lineItems: TWO_GROUPS };

  expect(await requestsOf(createCart(ports, KEY, draft, CREATE))).toBe(3);
  await replaceCart(ports, KEY, draft, { ...CREATE, idempotencyKey: 'call' });
  expect(await requestsOf(replaceCart(ports, KEY, draft, { ...CREATE, idempotencyKey: 'call' }))).toBe(1);
});

it('A checkout costs five requests, whatever the number of orders: read, due entry, start; read, transaction', async () => {
  const starting = await requestsOf(requestCheckout(ports, KEY, CHECKOUT));
  const message = world.sent[0]?.message;
  if (!message) throw new Error('No message was sent.');
  const running = await requestsOf(
    runAttempt(ports, message, { retry: RETRY, watchdogMs: LIFECYCLE.watchdogMs }),
  );

  expect({ starting, running }).toEqual({ starting: 3, running: 2 });
  expect(await ordersIn(ports, KEY)).toHaveLength(2);
});

it('A sweep costs one request per shard, and for each due cart a read, the next due entry and a deletion', async () => {
  world.nowMs = NOW + DAY;
  expect(await requestsOf(sweep(ports, LIFECYCLE))).toBe(DUE_SHARDS + 3); // The due entry of the checkout.
  expect(await requestsOf(sweep(ports, LIFECYCLE))).toBe(DUE_SHARDS);

  world.nowMs = NOW + 6 * DAY;
  expect(await requestsOf(sweep(ports, LIFECYCLE))).toBe(DUE_SHARDS + 2 * 3); // The first due actions of both carts.
});
