/**
 * Carries out an erasure at its due entry, the only place where its order of effects matters: find everything; wait while a
 * checkout or a bulk order of the customer runs; record what was found; remove it; sign the receipt and complete; delete the
 * due entry. Each removal has the same result when it is repeated, so a crash repeats the run and loses nothing.
 */
import { type BulkOrder, isEnded } from '../bulk/bulkOrder.ts';
import { cartStatus } from '../cart/cart.ts';
import type { ErasureDueEntry, Ports } from '../ports.ts';
import {
  dueTimesOf,
  type Erasure,
  type ErasurePolicy,
  mergedCounts,
  pseudonymizedOrder,
  receiptOf,
} from './erasure.ts';
import type { StoredErasure, StoredOrder } from './erasurePorts.ts';

export type RunErasurePorts = Pick<
  Ports,
  | 'erasures'
  | 'customerData'
  | 'strandedMessages'
  | 'erasureKeys'
  | 'bulk'
  | 'bulkList'
  | 'deliveries'
  | 'due'
  | 'now'
  | 'log'
>;

/** How long until a running checkout or bulk order is checked again, in milliseconds. */
const WAIT_MS = 60_000;
const PAGE_SIZE = 100;

/** Everything of a customer. */
interface Found {
  carts: Awaited<ReturnType<Ports['customerData']['carts']>>;
  orders: StoredOrder[];
  bulkOrders: { order: BulkOrder; items: number }[];
  deliveries: string[];
  /** The ids by which a parked message is recognized. */
  ids: string[];
  parked: number;
}

/** Runs the erasure of a due entry; returns how many actions it led to. */
export async function runErasure(
  ports: RunErasurePorts,
  entry: ErasureDueEntry,
  policy: ErasurePolicy,
): Promise<number> {
  const { tenant, erasedCustomer: customer } = entry;
  const customerHash = await ports.erasureKeys.customerHash(tenant, customer);
  const stored = await ports.erasures.read({ tenant, customerHash });
  if (stored?.erasure.state !== 'running') {
    await ports.due.remove(entry);
    return 0;
  }
  const found = await find(ports, tenant, customer, policy);
  const waitingFor = reasonToWait(found, ports.now());
  const recorded = await record(ports, stored, found, { waitingFor, policy });
  if (!recorded) return 0; // another sweeper runs it; the due entry stays
  if (waitingFor) {
    const atMs = ports.now() + WAIT_MS;
    await ports.due.put({ ...entry, atMs });
    await ports.due.remove(entry);
    return 0;
  }
  await remove(ports, { tenant, customer, found }, policy);
  await complete(ports, recorded, policy);
  await ports.due.remove(entry);
  ports.log.info('customer data erased', { tenant, erasureId: recorded.erasure.erasureId });
  return 1;
}

async function find(
  ports: RunErasurePorts,
  tenant: string,
  customer: string,
  policy: ErasurePolicy,
): Promise<Found> {
  const [carts, orders, deliveries] = await Promise.all([
    ports.customerData.carts(tenant, customer),
    policy.orders === 'keep' ? [] : ports.customerData.orders(tenant, customer),
    ports.deliveries.ofCustomer(tenant, customer),
  ]);
  const bulkOrders: Found['bulkOrders'] = [];
  for await (const order of bulkOrdersOf(ports, tenant)) {
    const items = await ports.customerData.countItems(order, customer);
    if (items > 0) bulkOrders.push({ order, items });
  }
  const ids = [customer, ...deliveries];
  return {
    carts,
    orders,
    bulkOrders,
    deliveries,
    ids,
    parked: await ports.strandedMessages.count({ tenant, ids }),
  };
}

async function* bulkOrdersOf(
  { bulk, bulkList }: Pick<Ports, 'bulk' | 'bulkList'>,
  tenant: string,
): AsyncGenerator<BulkOrder> {
  let after: string | undefined;
  do {
    const { keys, next } = await bulkList.page(tenant, { after, most: PAGE_SIZE });
    for (const key of keys) {
      const stored = await bulk.read(key);
      if (stored) yield stored.order;
    }
    after = next;
  } while (after !== undefined);
}

function reasonToWait({ carts, bulkOrders }: Found, nowMs: number): Erasure['waitingFor'] {
  if (carts.some(({ cart }) => cartStatus(cart, nowMs) === 'inCheckout')) return 'checkout';
  return bulkOrders.some(({ order }) => !isEnded(order)) ? 'bulkOrder' : undefined;
}

/** Writes what was found before any of it is removed, so that the receipt is complete after a crash. */
function record(
  { erasures }: Pick<Ports, 'erasures'>,
  { erasure, etag }: StoredErasure,
  { carts, orders, bulkOrders, deliveries, parked }: Found,
  { waitingFor, policy }: { waitingFor: Erasure['waitingFor']; policy: ErasurePolicy },
): Promise<StoredErasure | undefined> {
  const counts = mergedCounts(erasure.counts, {
    carts: carts.length,
    orders: orders.length,
    bulkItems: bulkOrders.reduce((sum, { items }) => sum + items, 0),
    deliveries: deliveries.length,
    parkedMessages: parked,
  });
  const keptMs = policy.orders === 'delete' ? [] : orders.map(({ order }) => order.placedMs);
  const untilMs = keptMs.map((ms) => ms + policy.lifecycle.orderRetentionMs);
  const known = erasure.ordersKeptUntilMs === undefined ? [] : [erasure.ordersKeptUntilMs];
  const all = [...known, ...untilMs];
  const ordersKeptUntilMs = all.length > 0 ? Math.max(...all) : undefined;
  return erasures.write({ ...erasure, waitingFor, counts, ordersKeptUntilMs }, etag);
}

async function remove(
  ports: RunErasurePorts,
  { tenant, customer, found }: { tenant: string; customer: string; found: Found },
  policy: ErasurePolicy,
): Promise<void> {
  // First, because a retry of an item that still has its content makes the cart anew.
  for (const { order } of found.bulkOrders) await ports.customerData.emptyItems(order, customer);
  for (const stored of found.orders) await removeOrder(ports, { tenant, customer, stored }, policy);
  for (const { cart, etag } of found.carts) {
    const { cartId } = cart;
    const times = dueTimesOf(cart, ports.now(), policy.lifecycle);
    // Before the cart: its times are known only from it. The entry of the erasure is there until the cart is gone.
    for (const atMs of times) await ports.due.remove({ tenant, customer, cartId, atMs });
    if (policy.orders === 'keep') await keepOrdersDue(ports, { tenant, customer, cartId }, cart, policy);
    if (!(await ports.customerData.removeCart(cart, etag)))
      throw new Error(`Cart ${cartId} is being changed.`);
  }
  for (const deliveryId of found.deliveries) {
    const key = { tenant, deliveryId };
    const { delivery } = (await ports.deliveries.read(key)) ?? {};
    if (delivery) await ports.due.remove({ ...key, atMs: delivery.watchdogAtMs });
    await ports.deliveries.remove(key);
  }
  if (found.parked > 0) await ports.strandedMessages.remove({ tenant, ids: found.ids });
}

/** Deletes an order, or writes it under the pseudonym with the due entry that deletes it after its retention. */
async function removeOrder(
  ports: RunErasurePorts,
  { tenant, customer, stored }: { tenant: string; customer: string; stored: StoredOrder },
  { orders, lifecycle }: ErasurePolicy,
): Promise<void> {
  const { order, rowKey } = stored;
  if (orders === 'pseudonymize') {
    const pseudonym = await ports.erasureKeys.pseudonym(tenant, customer);
    const atMs = order.placedMs + lifecycle.orderRetentionMs;
    await ports.due.put({ tenant, customer: pseudonym, cartId: order.cartId, atMs });
    await ports.customerData.putOrder({ order: pseudonymizedOrder(order, pseudonym), rowKey });
  }
  await ports.customerData.removeOrder(tenant, customer, rowKey);
}

/** Orders that are kept as they are lose their cart: they get the due entry that deletes them after their retention. */
async function keepOrdersDue(
  { due }: Pick<Ports, 'due'>,
  key: { tenant: string; customer: string; cartId: string },
  { checkout }: Found['carts'][number]['cart'],
  { lifecycle }: ErasurePolicy,
): Promise<void> {
  const placedMs = (checkout?.groups ?? []).flatMap(({ order }) => order?.placedMs ?? []);
  if (placedMs.length > 0)
    await due.put({ ...key, atMs: Math.max(...placedMs) + lifecycle.orderRetentionMs });
}

async function complete(
  ports: RunErasurePorts,
  { erasure, etag }: StoredErasure,
  policy: ErasurePolicy,
): Promise<void> {
  const completed: Erasure = { ...erasure, state: 'completed', completedMs: ports.now() };
  const receipt = await ports.erasureKeys.sign(receiptOf(completed, policy));
  const written = await ports.erasures.write({ ...completed, receipt }, etag);
  if (!written) throw new Error('The erasure is being changed.'); // the due entry stays, and the next run completes it
}
