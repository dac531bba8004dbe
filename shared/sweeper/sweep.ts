/**
 * The sweep, the only place where its order matters: for every due hint read the cart or bulk order, do what it
 * says, put the next hint in, clear this one. What fails keeps its hint and is looked at again in the next run.
 */
import { runBulkDueActions } from '../bulk/runDueActions.ts';
import { cartExpired, cartExpiring } from '../cart/events.ts';
import type { LifecyclePolicy } from '../cart/lifecycle.ts';
import { resendMessageId } from '../checkout/message.ts';
import { publishOutcome } from '../checkout/publishOutcome.ts';
import type { BulkDueEntry, DueEntry, Ports, Versioned } from '../ports.ts';
import { type CartAction, decideCartActions } from './cartActions.ts';

export interface SweepReport {
  processed: number;
  acted: number;
  failed: number;
}

/** How many carts are looked at side by side. */
const CONCURRENCY = 16;

/** How long after the end of its bulk order's retention the purge of a cart is tried again, in milliseconds. */
const PURGE_RETRY_MS = 3_600_000;

/** A run begins no further look after this long, in milliseconds: the host kills a function after five minutes, and the next run goes on. */
const RUN_MS = 210_000;

/** Looks at every cart that is due; the cost is proportional to their number. */
export async function sweep(ports: Ports, policy: LifecyclePolicy): Promise<SweepReport> {
  const report: SweepReport = { processed: 0, acted: 0, failed: 0 };
  const running = new Set<Promise<void>>();
  const beganMs = ports.now();
  try {
    for await (const hint of ports.due.due(beganMs)) {
      if (ports.now() - beganMs > RUN_MS) break;
      const task = follow(hint).finally(() => running.delete(task));
      running.add(task);
      if (running.size >= CONCURRENCY) await Promise.race(running);
    }
  } finally {
    await Promise.all(running); // also when the index stops answering: what has begun ends within the run
  }
  return report;

  async function follow(hint: DueEntry | BulkDueEntry): Promise<void> {
    try {
      report.processed++;
      const acted = await runEntry(ports, hint, policy);
      report.acted += acted; // not `+= await`: that reads the sum before the wait, and others add to it meanwhile
    } catch (error) {
      report.failed++;
      ports.log.warn('not swept; the hint stays', { ...hint, error: String(error) });
    }
  }
}

/** Follows one hint; returns how many actions it led to. */
const runEntry = (ports: Ports, hint: DueEntry | BulkDueEntry, policy: LifecyclePolicy): Promise<number> =>
  'cartId' in hint ? runCartEntry(ports, hint, policy) : runBulkDueActions(ports, hint, policy);

async function runCartEntry(ports: Ports, hint: DueEntry, policy: LifecyclePolicy): Promise<number> {
  const stored = await ports.carts.read(hint);
  const { actions, nextMs } = decideCartActions(stored?.cart, hint.atMs, ports.now(), policy);
  let dueMs = nextMs;
  if (stored) {
    for (const action of actions) dueMs = (await act(ports, stored, action, policy)) ?? dueMs;
  }
  if (dueMs !== undefined && dueMs !== hint.atMs) await ports.due.put({ ...hint, atMs: dueMs });
  if (dueMs !== hint.atMs) await ports.due.remove(hint);
  return actions.length;
}

/** Carries out an action; the time at which to process the cart again when the action cannot be taken before. */
async function act(
  ports: Ports,
  { cart, etag }: Versioned,
  action: CartAction,
  policy: LifecyclePolicy,
): Promise<number | undefined> {
  const { tenant, customer, cartId } = cart;
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
      const { id: checkoutId, attempt, traceparent } = action.checkout;
      const message = { tenant, customer, cartId, checkoutId, attempt, traceparent };
      const id = resendMessageId(action.checkout, 'watchdog', action.atMs);
      await ports.checkouts.send(message, { id });
      return undefined;
    }
  }
}

/** While its bulk order exists a cart is kept: a retry that did not find it would order its items a second time. */
async function purge(
  ports: Ports,
  { cart, etag }: Versioned,
  { retentionMs }: LifecyclePolicy,
): Promise<number | undefined> {
  const { tenant, bulkOrderId } = cart;
  const stored = bulkOrderId === undefined ? undefined : await ports.bulk.read({ tenant, bulkOrderId });
  if (!stored) {
    await ports.carts.purge(cart, etag);
    return undefined;
  }
  const { endedMs = ports.now() } = stored.order;
  return Math.max(ports.now(), endedMs + retentionMs) + PURGE_RETRY_MS;
}
