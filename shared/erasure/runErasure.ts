/**
 * Carries out an erasure at its due entry, the only place where its order of effects matters: find everything that it
 * covers; wait while a checkout or a bulk order of that runs; record what was found; remove it, carts last; sign the receipt
 * and complete; delete the due entry. Each removal has the same result when it is repeated, so a crash repeats the run and
 * loses nothing. It covers what was created until it was requested, and what came of that later (docs/contract.md 26.8);
 * otherwise a customer who is served all the time would never be erased.
 */
import { type BulkKey, type BulkOrder, isEnded } from '../bulk/bulkOrder.ts';
import { cartStatus } from '../cart/cart.ts';
import type { ErasureDueEntry, Ports } from '../ports.ts';
import type { Delivery } from '../webhooks/delivery.ts';
import {
  coversUntilMs,
  dueTimesOf,
  type Erasure,
  type ErasurePolicy,
  pseudonymizedOrder,
  receiptOf,
} from './erasure.ts';
import type { MessageContent, StoredErasure, StoredOrder } from './erasurePorts.ts';
import { countsOf, NOTHING_SEEN, seenCarts, withFound } from './seen.ts';

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
/** How many bulk orders are read at a time. */
const READS_AT_A_TIME = 16;

/** Everything of a customer that an erasure covers. */
interface Found {
  carts: Awaited<ReturnType<Ports['customerData']['carts']>>;
  orders: StoredOrder[];
  bulkOrders: { order: BulkOrder; items: { n: number; cartId: string }[] }[];
  deliveries: Delivery[];
  /** How a parked message is recognized, and those that were. */
  content: MessageContent;
  parked: string[];
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
  const found = await find(ports, customer, stored.erasure, policy);
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
  customer: string,
  erasure: Erasure,
  policy: ErasurePolicy,
): Promise<Found> {
  const { tenant, seen = NOTHING_SEEN } = erasure;
  const untilMs = coversUntilMs(erasure);
  const [allCarts, allOrders, allDeliveries] = await Promise.all([
    ports.customerData.carts(tenant, customer),
    policy.orders === 'keep' ? [] : ports.customerData.orders(tenant, customer),
    ports.deliveries.ofCustomer(tenant, customer),
  ]);
  const bulkOrders = await bulkOrdersOf(ports, { tenant, customer, untilMs });
  // The carts of bulk items are created while the bulk order runs, which may be later.
  const ids = new Set(bulkOrders.flatMap(({ items }) => items.map(({ cartId }) => cartId)));
  const wasSeen = seenCarts(seen);
  const isCovered = (cartId: unknown) => typeof cartId === 'string' && (ids.has(cartId) || wasSeen(cartId));
  const carts = allCarts.filter(({ cart }) => cart.createdMs <= untilMs || isCovered(cart.cartId));
  for (const { cart } of carts) ids.add(cart.cartId);
  const deliveries = allDeliveries.filter(
    ({ createdMs, event }) => createdMs <= untilMs || isCovered(event.data.cartId),
  );
  for (const { deliveryId } of deliveries) ids.add(deliveryId);
  const content = { tenant, customer, untilMs, ids };
  return {
    carts,
    orders: allOrders.filter(({ order }) => order.placedMs <= untilMs || isCovered(order.cartId)),
    bulkOrders,
    deliveries,
    content,
    parked: await ports.strandedMessages.find(content),
  };
}

/** The bulk orders that were submitted until a time and have items of the customer. */
async function bulkOrdersOf(
  { bulk, bulkList, customerData }: Pick<RunErasurePorts, 'bulk' | 'bulkList' | 'customerData'>,
  { tenant, customer, untilMs }: Omit<MessageContent, 'ids'>,
): Promise<Found['bulkOrders']> {
  const read = async (key: BulkKey): Promise<Found['bulkOrders']> => {
    const { order } = (await bulk.read(key)) ?? {};
    if (!order || order.createdMs > untilMs) return [];
    const items = await customerData.itemsOf(order, customer);
    return items.length > 0 ? [{ order, items }] : [];
  };
  const found: Found['bulkOrders'] = [];
  let after: string | undefined;
  do {
    const { keys, next } = await bulkList.page(tenant, { after, most: PAGE_SIZE });
    for (let n = 0; n < keys.length; n += READS_AT_A_TIME) {
      found.push(...(await Promise.all(keys.slice(n, n + READS_AT_A_TIME).map(read))).flat());
    }
    after = next;
  } while (after !== undefined);
  return found;
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
  const seen = withFound(erasure.seen ?? NOTHING_SEEN, {
    carts: carts.map(({ cart }) => cart.cartId),
    orders: orders.map(({ rowKey }) => rowKey),
    bulkItems: bulkOrders.map(({ order: { bulkOrderId }, items }) => ({ bulkOrderId, items })),
    deliveries: deliveries.map(({ deliveryId }) => deliveryId),
    parkedMessages: parked,
  });
  const keptMs = policy.orders === 'delete' ? [] : orders.map(({ order }) => order.placedMs);
  const untilMs = keptMs.map((ms) => ms + policy.lifecycle.orderRetentionMs);
  const known = erasure.ordersKeptUntilMs === undefined ? [] : [erasure.ordersKeptUntilMs];
  const all = [...known, ...untilMs];
  const ordersKeptUntilMs = all.length > 0 ? Math.max(...all) : undefined;
  return erasures.write({ ...erasure, waitingFor, seen, counts: countsOf(seen), ordersKeptUntilMs }, etag);
}

async function remove(
  ports: RunErasurePorts,
  { tenant, customer, found }: { tenant: string; customer: string; found: Found },
  policy: ErasurePolicy,
): Promise<void> {
  // First, because a retry of an item that still has its content makes the cart anew.
  for (const { order } of found.bulkOrders) await ports.customerData.emptyItems(order, customer);
  for (const stored of found.orders) await removeOrder(ports, { tenant, customer, stored }, policy);
  for (const { deliveryId } of found.deliveries) {
    const key = { tenant, deliveryId };
    const { delivery } = (await ports.deliveries.read(key)) ?? {};
    if (delivery) await ports.due.remove({ ...key, atMs: delivery.watchdogAtMs });
    await ports.deliveries.remove(key);
  }
  if (found.parked.length > 0) await ports.strandedMessages.remove(found.content);
  // Last, because what belongs to a cart is found by its id.
  for (const { cart, etag } of found.carts) {
    const { cartId } = cart;
    const times = dueTimesOf(cart, ports.now(), policy.lifecycle);
    // Before the cart: its times are known only from it. The entry of the erasure is there until the cart is gone.
    for (const atMs of times) await ports.due.remove({ tenant, customer, cartId, atMs });
    if (policy.orders === 'keep') await keepOrdersDue(ports, { tenant, customer, cartId }, cart, policy);
    if (!(await ports.customerData.removeCart(cart, etag)))
      throw new Error(`Cart ${cartId} is being changed.`);
  }
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
  const { seen: _, ...rest } = erasure;
  const completed: Erasure = { ...rest, state: 'completed', completedMs: ports.now() };
  const receipt = await ports.erasureKeys.sign(receiptOf(completed, policy));
  const written = await ports.erasures.write({ ...completed, receipt }, etag);
  if (!written) throw new Error('The erasure is being changed.'); // the due entry stays, and the next run completes it
}
