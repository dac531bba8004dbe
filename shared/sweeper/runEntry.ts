/**
 * Processes one due entry: reads the cart, bulk order, webhook delivery or erasure, carries out what is due, writes the next
 * entry, deletes this one. The only place where this order of effects matters, for the timer and for the pages alike.
 */
import { runBulkDueActions } from '../bulk/runDueActions.ts';
import { cartExpired, cartExpiring } from '../cart/events.ts';
import type { LifecyclePolicy } from '../cart/lifecycle.ts';
import { recordExpiry } from '../cart/recordExpiry.ts';
import { checkoutMessage, resendMessageId } from '../checkout/message.ts';
import { publishOutcome } from '../checkout/publishOutcome.ts';
import type { ErasurePolicy } from '../erasure/erasure.ts';
import { type RunErasurePorts, runErasure } from '../erasure/runErasure.ts';
import type { AnyDueEntry, DueEntry, Ports, Versioned } from '../ports.ts';
import { type DeliveryDuePolicy, runDeliveryDueActions } from '../webhooks/runDueActions.ts';
import { type CartAction, decideCartActions } from './cartActions.ts';
import type { SendingPorts } from './guardedPorts.ts';

/** What is due when: of carts and bulk orders, of webhook deliveries, and what an erasure removes. */
export interface SweepPolicy extends LifecyclePolicy {
  delivery: DeliveryDuePolicy;
  erasure: Omit<ErasurePolicy, 'lifecycle'>;
}

/** The effects of entries. */
export type EntryPorts = SendingPorts &
  Pick<Ports, 'carts' | 'orders' | 'due' | 'bulk'> &
  Parameters<typeof runBulkDueActions>[0] &
  Parameters<typeof publishOutcome>[0] &
  RunErasurePorts;

/** How long after the end of its bulk order's retention the purge of a cart is tried again, in milliseconds. */
const PURGE_RETRY_MS = 3_600_000;

/** Processes one entry; returns how many actions it led to. */
export function runEntry(ports: EntryPorts, entry: AnyDueEntry, policy: SweepPolicy): Promise<number> {
  if ('cartId' in entry) return runCartEntry(ports, entry, policy);
  if ('bulkOrderId' in entry) return runBulkDueActions(ports, entry, policy);
  return 'deliveryId' in entry
    ? runDeliveryDueActions(ports, entry, policy.delivery)
    : runErasure(ports, entry, { ...policy.erasure, lifecycle: policy });
}

async function runCartEntry(ports: EntryPorts, entry: DueEntry, policy: LifecyclePolicy): Promise<number> {
  const stored = await recordExpiry(ports, entry);
  const { actions, nextMs } = decideCartActions(stored?.cart, entry.atMs, ports.now(), policy);
  let dueMs = nextMs;
  for (const action of actions) {
    const dueAgainMs = stored
      ? await act(ports, stored, action, policy)
      : await actWithoutCart(ports, entry, action, policy);
    dueMs = dueAgainMs ?? dueMs;
  }
  if (dueMs !== undefined && dueMs !== entry.atMs) await ports.due.put({ ...entry, atMs: dueMs });
  if (dueMs !== entry.atMs) await ports.due.remove(entry);
  return actions.length;
}

/** Carries out an action. Returns when the cart is due again if the action has to wait until then. */
async function act(
  ports: EntryPorts,
  { cart, etag }: Versioned,
  action: CartAction,
  policy: LifecyclePolicy,
): Promise<number | undefined> {
  switch (action.kind) {
    case 'expiring':
      await ports.events.publish(cartExpiring(cart, action));
      return undefined;
    case 'expired':
      await ports.events.publish(cartExpired(cart));
      return undefined;
    case 'publishOutcome':
      await publishOutcome(ports, cart, action.checkout);
      return undefined;
    case 'purge':
      return purge(ports, { cart, etag }, policy);
    case 'resend': {
      const message = checkoutMessage(cart, action.checkout);
      const id = resendMessageId(action.checkout, 'watchdog', action.atMs);
      await ports.checkouts.send(message, { id });
      return undefined;
    }
    case 'purgeOrders':
      return undefined; // of a cart that is not there
  }
}

/** The same for a cart that does not exist (any more). Order rows, not the entry, say when they may be deleted. */
async function actWithoutCart(
  { orders }: Pick<Ports, 'orders'>,
  entry: DueEntry,
  action: CartAction,
  { orderRetentionMs }: LifecyclePolicy,
): Promise<number | undefined> {
  if (action.kind !== 'purgeOrders') return undefined;
  const lastPlacedMs = await orders.purge(entry, action.placedUntilMs);
  return lastPlacedMs === undefined ? undefined : lastPlacedMs + orderRetentionMs;
}

/**
 * Keeps a cart while a bulk order exists that created it or requested its checkout: a worker of that bulk order that did
 * not find the cart would order the item again.
 */
async function purge(
  ports: Pick<Ports, 'bulk' | 'carts' | 'now'>,
  { cart, etag }: Versioned,
  { retentionMs }: LifecyclePolicy,
): Promise<number | undefined> {
  const { tenant } = cart;
  const bulkOrderIds = new Set([cart.bulkOrderId, cart.checkout?.bulkOrderId]);
  for (const bulkOrderId of bulkOrderIds) {
    const stored = bulkOrderId === undefined ? undefined : await ports.bulk.read({ tenant, bulkOrderId });
    if (!stored) continue;
    const { endedMs = ports.now() } = stored.order;
    return Math.max(ports.now(), endedMs + retentionMs) + PURGE_RETRY_MS;
  }
  await ports.carts.purge(cart, etag);
  return undefined;
}
