/**
 * Writes a checkout to its cart, and recognizes its own write. When the response to a write is lost, the storage client
 * repeats it and gets 412, because the ETag no longer matches; the worker then reads the cart again and continues if it finds
 * exactly what it wrote. A lease contains its owner, so that no other worker writes the same one.
 */
import type { Cart } from '../cart/cart.ts';
import type { Problem } from '../cart/checkoutState.ts';
import { WriteRejectedError } from '../errors.ts';
import type { Order } from '../orders/order.ts';
import type { Ports, Versioned } from '../ports.ts';
import type { CartInCheckout } from './decideOutcome.ts';
import { checkoutMessage } from './message.ts';

type WritePorts = Pick<Ports, 'carts' | 'orders' | 'parked' | 'log'>;

/** Replaces the cart; `undefined` when another worker has written it since it was read. */
export async function replaceCheckout(
  ports: Pick<Ports, 'carts'>,
  cart: Cart,
  etag: string,
): Promise<Versioned | undefined> {
  return (await ports.carts.replace(cart, etag)) ?? ownWrite(ports, cart);
}

/** The stored cart, if its checkout is the one that this worker tried to write. */
async function ownWrite(ports: Pick<Ports, 'carts'>, cart: Cart): Promise<Versioned | undefined> {
  const stored = await ports.carts.read(cart);
  return stored && JSON.stringify(stored.cart.checkout) === JSON.stringify(cart.checkout)
    ? stored
    : undefined;
}

/**
 * Commits the cart and its new orders; `undefined` when another worker has written the cart since it was read. When
 * storage rejects the transaction permanently, the checkout is recorded all the same, with as many order rows as storage
 * accepts. The orders stay on the cart; those without a row are logged, and their ids parked.
 */
export async function commitCheckout(
  ports: WritePorts,
  cart: CartInCheckout,
  etag: string,
  orders: readonly Order[],
): Promise<Versioned | undefined> {
  try {
    return (await ports.carts.commit(cart, etag, orders)) ?? (await ownWrite(ports, cart));
  } catch (error) {
    if (!(error instanceof WriteRejectedError)) throw error;
    return commitRowByRow(ports, cart, etag, { orders, error });
  }
}

/** One transaction per order, then one without orders; of the cart as decided, else of one with short texts. */
async function commitRowByRow(
  ports: WritePorts,
  cart: CartInCheckout,
  etag: string,
  { orders, error }: { orders: readonly Order[]; error: WriteRejectedError },
): Promise<Versioned | undefined> {
  for (const version of [cart, withShortTexts(cart)]) {
    const tries = [...orders.map((order) => [order]), []];
    const unrecorded: string[] = [];
    let latest: Versioned = { cart: version, etag };
    let isWritten = false;
    for (const rows of tries) {
      if (rows.length === 0 && isWritten) break;
      const written = await committed(ports, latest, rows);
      if (written === 'changed') return undefined;
      if (written === 'rejected') {
        unrecorded.push(...rows.map(({ orderId }) => orderId));
      } else {
        latest = written;
        isWritten = true;
      }
    }
    if (isWritten) {
      await report(ports, version, { unrecorded, error });
      return latest;
    }
  }
  throw error;
}

/**
 * One transaction of several. When the cart has the same checkout at another version, either this write took effect and its
 * response was lost, or a caller has edited the cart since the transaction before: only the rows show which.
 */
async function committed(
  ports: Pick<Ports, 'carts' | 'orders'>,
  { cart, etag }: Versioned,
  rows: readonly Order[],
): Promise<Versioned | 'changed' | 'rejected'> {
  try {
    const written = await ports.carts.commit(cart, etag, rows);
    const stored = written ?? (await ownWrite(ports, cart));
    if (!stored) return 'changed';
    return written || (await areRecorded(ports, rows)) ? stored : committed(ports, stored, rows);
  } catch (error) {
    if (error instanceof WriteRejectedError) return 'rejected';
    throw error;
  }
}

async function areRecorded({ orders }: Pick<Ports, 'orders'>, rows: readonly Order[]): Promise<boolean> {
  const found = await Promise.all(
    rows.map((row) => orders.read(row.tenant, row.referenceCustomerId, row.orderId)),
  );
  return found.every((order, n) => groupOf(order) === groupOf(rows[n]));
}

/** An id alone is not enough: a gateway may give one id to two order groups. */
const groupOf = (order: Order | undefined) =>
  order && [order.cartId, order.isLegacy, order.billingCycle, order.currencyCode].join(' ');

/** The same cart with texts of the gateway that any row can hold: printable ASCII, and short. */
function withShortTexts(cart: CartInCheckout): CartInCheckout {
  const short = (problem: Problem | undefined) =>
    problem && {
      ...problem,
      description: problem.description.replaceAll(/[^ -~]/g, '?').slice(0, MAX_SHORT_DESCRIPTION),
    };
  const { checkout } = cart;
  const groups = checkout.groups.map((group) => ({ ...group, problem: short(group.problem) }));
  return { ...cart, checkout: { ...checkout, groups, lastProblem: short(checkout.lastProblem) } };
}

const MAX_SHORT_DESCRIPTION = 100;

async function report(
  ports: WritePorts,
  cart: CartInCheckout,
  { unrecorded, error }: { unrecorded: readonly string[]; error: WriteRejectedError },
): Promise<void> {
  const message = checkoutMessage(cart, cart.checkout);
  ports.log.error('storage rejected the commit of a checkout; recorded without some orders', {
    ...message,
    unrecorded,
    error: error.message,
  });
  if (unrecorded.length === 0) return;
  const body = { type: 'unrecordedOrders', version: 1, data: { ...message, orderIds: unrecorded } };
  try {
    await ports.parked.park(body, {
      id: `${message.checkoutId}.${message.attempt}.unrecorded`,
      source: 'checkout',
      reason: 'OrderNotRecorded',
      description: error.message,
    });
  } catch (failure) {
    ports.log.error('unrecorded orders not parked', { ...message, unrecorded, error: String(failure) });
  }
}
