/**
 * The sweep, the only place where its order matters: for every due hint read the cart or bulk order, do what it
 * says, put the next hint in, clear this one. What fails keeps its hint and is looked at again in the next run.
 */
import { runBulkDueActions } from '../bulk/runDueActions.ts';
import { cartExpired, cartExpiring } from '../cart/events.ts';
import type { LifecyclePolicy } from '../cart/lifecycle.ts';
import { recordExpiry } from '../cart/recordExpiry.ts';
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
  const stored = await recordExpiry(ports, hint);
  const { actions, nextMs } = decideCartActions(stored?.cart, hint.atMs, ports.now(), policy);
  if (stored) for (const action of actions) await act(ports, stored, action);
  if (nextMs !== undefined && nextMs !== hint.atMs) await ports.due.put({ ...hint, atMs: nextMs });
  if (nextMs !== hint.atMs) await ports.due.remove(hint);
  return actions.length;
}

async function act(ports: Ports, { cart, etag }: Versioned, action: CartAction): Promise<void> {
  const { tenant, customer, cartId } = cart;
  switch (action.kind) {
    case 'expiring':
      return ports.events.publish(cartExpiring(cart, action.thresholdMs));
    case 'expired':
      return ports.events.publish(cartExpired(cart));
    case 'publishOutcome':
      return publishOutcome(ports, cart, action.checkout);
    case 'purge':
      return ports.carts.purge(cart, etag);
    case 'resend': {
      const { id: checkoutId, attempt, traceparent } = action.checkout;
      const message = { tenant, customer, cartId, checkoutId, attempt, traceparent };
      const id = resendMessageId(action.checkout, 'watchdog', action.atMs);
      return ports.checkouts.send(message, { id });
    }
  }
}
