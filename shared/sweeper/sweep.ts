/**
 * A run of the sweeper, the only place where its order of effects matters: for every due entry, reads the cart, bulk
 * order, webhook delivery or erasure, carries out what is due, writes the next entry, deletes this one. An entry that fails
 * stays and is processed again in the next run. A dependency that is slow or down delays only the entries that need it.
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
import { record } from '../telemetry/metrics.ts';
import { ATTRIBUTES } from '../telemetry/names.ts';
import { type DeliveryDuePolicy, runDeliveryDueActions } from '../webhooks/runDueActions.ts';
import { bulkhead, heldPermit } from './bulkhead.ts';
import { type CartAction, decideCartActions } from './cartActions.ts';
import { DeferredToNextRun } from './circuitBreaker.ts';
import { guardedPorts, type SendingPorts } from './guardedPorts.ts';

/** What a run did with the entries that were due. */
export interface SweepReport {
  processed: number;
  /** Actions that were carried out. */
  acted: number;
  /** Entries that failed, and stay due. */
  failed: number;
  /** Entries that a limit of this run left to the next one. */
  deferred: number;
}

/** What is due when: of carts and bulk orders, of webhook deliveries, and what an erasure removes. */
export interface SweepPolicy extends LifecyclePolicy {
  delivery: DeliveryDuePolicy;
  erasure: Omit<ErasurePolicy, 'lifecycle'>;
}

/** The effects of a run. */
export type SweepPorts = SendingPorts &
  Pick<Ports, 'carts' | 'orders' | 'due' | 'bulk'> &
  Parameters<typeof runBulkDueActions>[0] &
  Parameters<typeof publishOutcome>[0] &
  RunErasurePorts;

/** How many entries are processed at a time, those that send or purge aside. */
const CONCURRENCY = 64;

/** How long an entry may take until it sends or purges, in milliseconds: two storage calls that hang. */
const ENTRY_TIMEOUT_MS = 20_000;

/** How long after the end of its bulk order's retention the purge of a cart is tried again, in milliseconds. */
const PURGE_RETRY_MS = 3_600_000;

/** A run starts no further entry after this time, in milliseconds: the host ends a function after five minutes. */
const RUN_MS = 210_000;

/** Processes every due entry; the cost is proportional to their number. Throws when the due index cannot be read to its end. */
export async function sweep(ports: SweepPorts, policy: SweepPolicy): Promise<SweepReport> {
  const report: SweepReport = { processed: 0, acted: 0, failed: 0, deferred: 0 };
  const running = new Set<Promise<void>>();
  const processing = bulkhead(CONCURRENCY, ENTRY_TIMEOUT_MS);
  const portsOf = guardedPorts(ports);
  const beganMs = ports.now();
  try {
    for await (const entry of ports.due.due(beganMs)) {
      await processing.acquire();
      if (ports.now() - beganMs > RUN_MS) break;
      const task = processEntry(entry).finally(() => running.delete(task));
      running.add(task);
    }
  } finally {
    await Promise.all(running); // also when the index fails: what has started ends within the run
    recordRun(report);
  }
  return report;

  async function processEntry(entry: AnyDueEntry): Promise<void> {
    const permit = heldPermit(processing);
    report.processed++;
    record('sweepLateness', Math.max(0, ports.now() - entry.atMs) / 1_000);
    try {
      const acted = await Promise.race([runEntry(portsOf(permit), entry, policy), permit.expired]);
      report.acted += acted; // not `+= await`: that reads the sum before the wait, and others add to it meanwhile
    } catch (error) {
      if (error instanceof DeferredToNextRun) {
        report.deferred++;
        return;
      }
      report.failed++;
      ports.log.warn('due entry not processed; it stays', { ...entry, error: String(error) });
    } finally {
      permit.close();
    }
  }
}

function recordRun({ processed, failed, deferred }: SweepReport): void {
  const outcomes = { done: processed - failed - deferred, failed, deferred };
  for (const [outcome, entries] of Object.entries(outcomes)) {
    if (entries > 0) record('sweepEntries', entries, { [ATTRIBUTES.outcome]: outcome });
  }
  record('sweepBacklog', failed + deferred);
}

/** Processes one entry; returns how many actions it led to. */
function runEntry(ports: SweepPorts, entry: AnyDueEntry, policy: SweepPolicy): Promise<number> {
  if ('cartId' in entry) return runCartEntry(ports, entry, policy);
  if ('bulkOrderId' in entry) return runBulkDueActions(ports, entry, policy);
  return 'deliveryId' in entry
    ? runDeliveryDueActions(ports, entry, policy.delivery)
    : runErasure(ports, entry, { ...policy.erasure, lifecycle: policy });
}

async function runCartEntry(ports: SweepPorts, entry: DueEntry, policy: LifecyclePolicy): Promise<number> {
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
  ports: SweepPorts,
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
