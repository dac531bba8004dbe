/**
 * The erasure of a customer on real storage and a real broker: a customer with everything that can be stored, another
 * one beside it, and a process that fails at one of its effects while the next sweeps continue.
 */
import { randomUUID } from 'node:crypto';
import { TableClient, TableServiceClient } from '@azure/data-tables';
import { ServiceBusClient } from '@azure/service-bus';
import { compactVerify, createLocalJWKSet, type JSONWebKeySet } from 'jose';
import { newLane } from '../../shared/bulk/lane.ts';
import { blocksOf } from '../../shared/bulk/partition.ts';
import { createCart } from '../../shared/cart/createCart.ts';
import { cartExpired } from '../../shared/cart/events.ts';
import { requestCheckout } from '../../shared/checkout/requestCheckout.ts';
import { runAttempt } from '../../shared/checkout/runAttempt.ts';
import type { OrderErasure } from '../../shared/erasure/erasure.ts';
import { requestErasure } from '../../shared/erasure/requestErasure.ts';
import { uuidV8 } from '../../shared/ids.ts';
import { QUEUES } from '../../shared/messaging/queueNames.ts';
import { ledgerGateway } from '../../shared/orders/gateways/ledger.ts';
import type { Ports } from '../../shared/ports.ts';
import { sweep } from '../../shared/sweeper/sweep.ts';
import { startDelivery } from '../../shared/webhooks/startDelivery.ts';
import { sampleBulkOrder } from '../contract/samples.ts';
import { randomOf } from '../support/random.ts';
import { CREATE, LIFECYCLE, MINUTE, RETRY, TWO_GROUPS } from '../support/samples.ts';
import { POLICY } from '../webhooks/samples.ts';
import { type Fault, mortal } from './point.ts';
import { portsOfRun } from './ports.ts';
import type { Stack } from './stack.ts';

const NAME = 'Ms Rivera of Contoso';
const SWEEPS = 12;
export const WATCHDOG = { watchdogMs: LIFECYCLE.watchdogMs };

export interface ErasureRun {
  orders: OrderErasure;
  fault?: Fault;
  /** Whether a checkout of the customer runs when the erasure is requested. */
  isInCheckout?: boolean;
}

export interface ErasureReport {
  points: string[];
  fired: boolean;
  problems: string[];
  receipt: Record<string, unknown>;
}

export async function runErasureLife(stack: Stack, run: ErasureRun): Promise<ErasureReport> {
  await stack.clear();
  const portsOn = portsOfRun({ stack, gateway: ledgerGateway, random: randomOf(1) });
  const clean = portsOn(stack.clients());
  const tenant = randomUUID();
  const [customer, other] = [randomUUID(), randomUUID()];
  for (const one of [customer, other]) await fill(clean, tenant, one);
  await fillBulkOrder(clean, tenant, [customer, other, customer]);
  const client = new ServiceBusClient(stack.broker.connectionString);
  const parked = client.createSender(QUEUES.parked);
  for (const one of [customer, other, customer]) {
    await parked.sendMessages({
      body: { type: 'bulkOrderItem', data: { tenant, customerId: one, note: NAME } },
    });
  }
  const running = run.isInCheckout ? await beginCheckout(clean, tenant, customer) : undefined;

  const request = (ports: Ports) => requestErasure(ports, { tenant, customer, requestedBy: 'user' });
  const policy = { ...LIFECYCLE, erasure: { ...LIFECYCLE.erasure, orders: run.orders } };
  const first = mortal(portsOn(stack.clients()), run.fault);
  let process = first;
  async function attempt(work: (ports: Ports) => Promise<unknown>): Promise<boolean> {
    const result = await Promise.race([
      work(process.ports).then(
        () => 'done',
        () => 'failed',
      ),
      process.death.then(() => 'died'),
    ]);
    if (result === 'died') process = mortal(portsOn(stack.clients()));
    return result === 'done';
  }
  while (!(await attempt(request))) {
    // A caller repeats the request.
  }
  const problems: string[] = [];
  const customerHash = await clean.erasureKeys.customerHash(tenant, customer);
  const stored = async () => (await clean.erasures.read({ tenant, customerHash }))?.erasure;
  for (let n = 0; n < SWEEPS && (await stored())?.state !== 'completed'; n++) {
    await attempt((ports) => sweep(ports, policy));
    if (n === 0 && running) {
      const { state, waitingFor } = (await stored()) ?? {};
      if (state !== 'running' || waitingFor !== 'checkout') problems.push('it did not wait for the checkout');
      await runAttempt(clean, running, { retry: RETRY, ...WATCHDOG });
    }
    await stack.clock.advance(2 * MINUTE);
  }
  for (let n = 0; n < 2; n++) await attempt((ports) => sweep(ports, policy));
  const erasure = await stored();
  if (erasure?.state !== 'completed') problems.push(`the erasure is ${erasure?.state}`);
  const receipt = await verified(clean, erasure?.receipt ?? '');
  problems.push(...(await remains(stack, client, { customer, isKept: run.orders === 'keep' })));
  if ((await clean.customerData.carts(tenant, other)).length !== 2)
    problems.push('a cart of another customer is gone');
  if ((await clean.customerData.orders(tenant, other)).length !== 2)
    problems.push('an order of another customer is gone');
  if ((await clean.deliveries.ofCustomer(tenant, other)).length !== 1) problems.push('a delivery is gone');
  const pseudonym = await clean.erasureKeys.pseudonym(tenant, customer);
  const kept = (await clean.customerData.orders(tenant, run.orders === 'keep' ? customer : pseudonym)).length;
  const expected = run.orders === 'delete' ? 0 : run.isInCheckout ? 4 : 2;
  if (kept !== expected) problems.push(`${kept} orders are kept, not ${expected}`);
  await client.close();
  return { points: first.points, fired: first.fired(), problems, receipt };
}

/** An open cart, an ordered one with two orders, and a delivery. */
export async function fill(ports: Ports, tenant: string, customer: string): Promise<void> {
  const lineItems = TWO_GROUPS.map((line) => ({ ...line, friendlyName: NAME }));
  const key = { tenant, customer, cartId: randomUUID() };
  const made = await createCart(ports, key, { lineItems }, CREATE);
  const message = await beginCheckout(ports, tenant, customer);
  await runAttempt(ports, message, { retry: RETRY, ...WATCHDOG });
  if ('cart' in made) await startDelivery(ports, tenant, cartExpired(made.cart), POLICY);
}

/** A cart in checkout; the message of its attempt. */
export async function beginCheckout(ports: Ports, tenant: string, customer: string) {
  const lineItems = TWO_GROUPS.map((line) => ({ ...line, friendlyName: NAME }));
  const key = { tenant, customer, cartId: randomUUID() };
  await createCart(ports, key, { lineItems }, CREATE);
  const asked = await requestCheckout(ports, key, { ...WATCHDOG, uuidV8 });
  if (!('checkout' in asked)) throw new Error('The checkout did not start.');
  return { ...key, checkoutId: asked.checkout.id, attempt: 1 };
}

async function fillBulkOrder(ports: Ports, tenant: string, customers: string[]): Promise<void> {
  const order = {
    ...sampleBulkOrder(ports.now(), { accepted: customers.length }),
    tenant,
    state: 'completed' as const,
    endedMs: ports.now(),
  };
  const items = customers.map((customer, index) => ({
    index,
    reference: `${NAME} ${index}`,
    customer,
    cartId: randomUUID(),
  }));
  const reservation = await ports.bulk.reserve(order);
  await ports.bulk.putList(order, { blocks: blocksOf(items, order.blockSize), rejected: [] });
  await ports.bulk.insert(
    order,
    Array.from({ length: order.lanes }, (_, n) => newLane(n)),
    reservation,
  );
  await ports.bulkList.put(order);
}

/** Where the customer is still named: in a row of any table, or in a message. */
async function remains(
  { storage, broker }: Stack,
  client: ServiceBusClient,
  { customer, isKept }: { customer: string; isKept: boolean },
): Promise<string[]> {
  const options = { allowInsecureConnection: true };
  const found: string[] = [];
  for await (const { name = '' } of TableServiceClient.fromConnectionString(
    storage.connectionString,
    options,
  ).listTables()) {
    const table = TableClient.fromConnectionString(storage.connectionString, name, options);
    for await (const row of table.listEntities()) {
      // Orders that are kept as they are, and the entries that delete them after their retention.
      const isOrders = isKept && (String(row.rowKey).startsWith('order_') || name.startsWith('due'));
      if (JSON.stringify(row).includes(customer) && !isOrders) found.push(`${name} has ${row.rowKey}`);
    }
  }
  const parked = await client.createReceiver(QUEUES.parked).peekMessages(50);
  if (parked.some(({ body }) => JSON.stringify(body).includes(customer))) found.push('a message is parked');
  const { active } = broker.counts(QUEUES.parked);
  if (active !== 1) found.push(`${active} messages are parked, not the one of the other customer`);
  return found;
}

/** The receipt, verified with the published keys. */
export async function verified({ erasureKeys }: Ports, receipt: string): Promise<Record<string, unknown>> {
  const keys = createLocalJWKSet((await erasureKeys.publicKeys()) as JSONWebKeySet);
  const { payload } = await compactVerify(receipt, keys);
  return JSON.parse(Buffer.from(payload).toString('utf8')) as Record<string, unknown>;
}
