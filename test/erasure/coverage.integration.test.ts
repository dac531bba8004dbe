/**
 * What an erasure covers, on real storage and a real broker: what was created until the request, and what came of it later.
 * What is created later is kept, and delays nothing.
 */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { newLane } from '../../shared/bulk/lane.ts';
import { blocksOf } from '../../shared/bulk/partition.ts';
import { createCart } from '../../shared/cart/createCart.ts';
import { cartExpiring } from '../../shared/cart/events.ts';
import { runAttempt } from '../../shared/checkout/runAttempt.ts';
import { requestErasure } from '../../shared/erasure/requestErasure.ts';
import { QUEUES } from '../../shared/messaging/queueNames.ts';
import { ledgerGateway } from '../../shared/orders/gateways/ledger.ts';
import type { Ports } from '../../shared/ports.ts';
import { sweep } from '../../shared/sweeper/sweep.ts';
import { startDelivery } from '../../shared/webhooks/startDelivery.ts';
import { sampleBulkOrder } from '../contract/samples.ts';
import { beginCheckout, fill, verified, WATCHDOG } from '../crash/erasureLife.ts';
import { portsOfRun } from '../crash/ports.ts';
import { type Stack, startStack } from '../crash/stack.ts';
import { intercept } from '../support/intercept.ts';
import { randomOf } from '../support/random.ts';
import { CREATE, LIFECYCLE, line, MINUTE, RETRY } from '../support/samples.ts';
import { newStorageAccount } from '../support/storageAccount.ts';
import { POLICY } from '../webhooks/samples.ts';

let stack: Stack;
let ports: Ports;
let tenant: string;
let customer: string;
beforeAll(async () => {
  stack = await startStack(await newStorageAccount());
});
afterAll(() => stack?.stop());
beforeEach(async () => {
  await stack.clear();
  ports = portsOfRun({ stack, gateway: ledgerGateway, random: randomOf(1) })(stack.clients());
  [tenant, customer] = [randomUUID(), randomUUID()];
});

const request = async () => {
  const requested = await requestErasure(ports, { tenant, customer, requestedBy: 'user' });
  if ('error' in requested) throw new Error(requested.error.description);
  return requested;
};
const erasure = async () => {
  const customerHash = await ports.erasureKeys.customerHash(tenant, customer);
  return (await ports.erasures.read({ tenant, customerHash }))?.erasure;
};
const cartsLeft = async () =>
  (await ports.customerData.carts(tenant, customer)).map(({ cart }) => cart.cartId).sort();

/** Sweeps until the erasure has completed, and returns what its receipt states. */
async function completed(): Promise<Record<string, unknown>> {
  for (let n = 0; n < 5 && (await erasure())?.state === 'running'; n++) {
    await sweep(ports, LIFECYCLE);
    await stack.clock.advance(MINUTE);
  }
  return verified(ports, (await erasure())?.receipt ?? '');
}

async function storeBulkOrder(state: 'running' | 'completed', cartId: string) {
  const order = {
    ...sampleBulkOrder(ports.now(), { accepted: 1 }),
    tenant,
    bulkOrderId: randomUUID(),
    state,
    createdMs: ports.now(),
  };
  const items = [{ index: 0, reference: 'PO 1', customer, cartId }];
  const reservation = await ports.bulk.reserve(order);
  await ports.bulk.putList(order, { blocks: blocksOf(items, order.blockSize), rejected: [] });
  const lanes = Array.from({ length: order.lanes }, (_, n) => newLane(n));
  await ports.bulk.insert(order, lanes, reservation);
  await ports.bulkList.put(order);
  return order;
}

it('An erasure that waits keeps what is created after its request, and is not delayed by it', async () => {
  await fill(ports, tenant, customer);
  const running = await beginCheckout(ports, tenant, customer);
  const requested = await request();
  await sweep(ports, LIFECYCLE);
  expect(await erasure()).toMatchObject({ state: 'running', waitingFor: 'checkout', counts: { carts: 3 } });

  await stack.clock.advance(2 * MINUTE);
  const before = await cartsLeft();
  await fill(ports, tenant, customer);
  const later = await beginCheckout(ports, tenant, customer);
  await storeBulkOrder('running', randomUUID());
  await stack.send(QUEUES.parked, { data: { tenant, customer, cartId: later.cartId } });
  const kept = (await cartsLeft()).filter((cartId) => !before.includes(cartId));
  await runAttempt(ports, running, { retry: RETRY, ...WATCHDOG });
  const receipt = await completed();

  expect(receipt).toMatchObject({
    requestedTimestamp: new Date(requested.requestedMs).toISOString().replace('Z', '0000Z'),
    coversUntilTimestamp: receipt.requestedTimestamp,
    found: { carts: 3, orders: 4, bulkItems: 0, deliveries: 1, parkedMessages: 0 },
  });
  expect(await cartsLeft()).toEqual(kept);
  expect(kept).toHaveLength(3);
  expect(await ports.customerData.orders(tenant, customer)).toHaveLength(2);
  expect(await ports.deliveries.ofCustomer(tenant, customer)).toHaveLength(1);
  expect(stack.broker.counts(QUEUES.parked)).toMatchObject({ active: 1 });
});

it('A request that joins an erasure extends it to what was created until then', async () => {
  const running = await beginCheckout(ports, tenant, customer);
  const first = await request();
  await sweep(ports, LIFECYCLE);
  await stack.clock.advance(2 * MINUTE);
  await fill(ports, tenant, customer);
  const joined = await request();
  await runAttempt(ports, running, { retry: RETRY, ...WATCHDOG });
  const receipt = await completed();

  expect(joined).toMatchObject({ erasureId: first.erasureId, requestedMs: first.requestedMs });
  expect(joined.untilMs).toBeGreaterThan(first.untilMs);
  expect(receipt).toMatchObject({ found: { carts: 3, orders: 4, deliveries: 1 } });
  expect(await cartsLeft()).toEqual([]);
});

it('A cart that a covered bulk order created while the erasure waited is erased', async () => {
  const cartId = randomUUID();
  const order = await storeBulkOrder('running', cartId);
  await request();
  await sweep(ports, LIFECYCLE);
  expect((await erasure())?.waitingFor).toBe('bulkOrder');

  await stack.clock.advance(3 * MINUTE);
  await createCart(ports, { tenant, customer, cartId }, { lineItems: [line()] }, CREATE);
  const stored = await ports.bulk.read(order);
  if (!stored) throw new Error('The bulk order is gone.');
  const ended = { ...stored.order, state: 'completed' as const, endedMs: ports.now() };
  expect(await ports.bulk.replace(ended, stored.etag)).toBeTruthy();
  const receipt = await completed();

  expect(receipt).toMatchObject({ found: { carts: 1, bulkItems: 1 } });
  expect(await cartsLeft()).toEqual([]);
});

it('The counts of a receipt include what a run removed before it failed, and what appeared after that', async () => {
  await fill(ports, tenant, customer);
  await request();
  const [open] = (await ports.customerData.carts(tenant, customer)).filter(({ cart }) => !cart.checkout);
  if (!open) throw new Error('There is no open cart.');
  let removed = 0;
  const failing = intercept(ports, async ({ name }, run) => {
    if (name === 'customerData.removeCart' && removed++ > 0) throw new Error('Storage does not answer.');
    return run();
  });
  expect(await sweep(failing, LIFECYCLE)).toMatchObject({ failed: 1 });
  expect(await cartsLeft()).toHaveLength(1);

  // The event of a cart that may be gone, from the backlog of the topic.
  await stack.clock.advance(2 * MINUTE);
  const event = cartExpiring(open.cart, { thresholdMs: MINUTE, remainingMs: MINUTE });
  await startDelivery(ports, tenant, event, POLICY);
  const receipt = await completed();

  expect(receipt).toMatchObject({
    found: { carts: 2, orders: 2, bulkItems: 0, deliveries: 2, parkedMessages: 0 },
  });
  expect(await ports.deliveries.ofCustomer(tenant, customer)).toEqual([]);
  expect(JSON.stringify(await erasure())).not.toContain('seen');
});
