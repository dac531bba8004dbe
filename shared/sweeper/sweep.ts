/**
 * The sweep, the only place where its order matters: for every due hint read the cart or bulk order, do what it
 * says, put the next hint in, clear this one. What fails keeps its hint and is looked at again in the next run.
 */
import { followBulkHint } from '../bulk/runDueActions.ts';
import { againMessageId } from '../checkout/message.ts';
import { tellOutcome } from '../checkout/publishOutcome.ts';
import { expired, expiring } from '../events/cloudEvent.ts';
import type { BulkHint, Hint, Ports, Stored } from '../ports.ts';
import { type LookAction, type LookPolicy, look } from './cartActions.ts';

export interface SweepReport {
  looked: number;
  acted: number;
  failed: number;
}

/** How many carts are looked at side by side. */
const WIDTH = 16;

/** A run begins no further look after this long, in milliseconds: the host kills a function after five minutes, and the next run goes on. */
const RUN_MS = 210_000;

/** Looks at every cart that is due; the cost is proportional to their number. */
export async function sweep(ports: Ports, policy: LookPolicy): Promise<SweepReport> {
  const report: SweepReport = { looked: 0, acted: 0, failed: 0 };
  const running = new Set<Promise<void>>();
  const beganMs = ports.now();
  try {
    for await (const hint of ports.due.due(beganMs)) {
      if (ports.now() - beganMs > RUN_MS) break;
      const task = follow(hint).finally(() => running.delete(task));
      running.add(task);
      if (running.size >= WIDTH) await Promise.race(running);
    }
  } finally {
    await Promise.all(running); // also when the index stops answering: what has begun ends within the run
  }
  return report;

  async function follow(hint: Hint | BulkHint): Promise<void> {
    try {
      report.looked++;
      const acted = await lookAt(ports, hint, policy);
      report.acted += acted; // not `+= await`: that reads the sum before the wait, and others add to it meanwhile
    } catch (error) {
      report.failed++;
      ports.log.warn('not swept; the hint stays', { ...hint, error: String(error) });
    }
  }
}

/** Follows one hint; returns how many actions it led to. */
const lookAt = (ports: Ports, hint: Hint | BulkHint, policy: LookPolicy): Promise<number> =>
  'cartId' in hint ? lookAtCart(ports, hint, policy) : followBulkHint(ports, hint, policy);

async function lookAtCart(ports: Ports, hint: Hint, policy: LookPolicy): Promise<number> {
  const stored = await ports.carts.read(hint);
  const { actions, nextMs } = look(stored?.cart, hint.atMs, ports.now(), policy);
  if (stored) for (const action of actions) await act(ports, stored, action);
  if (nextMs !== undefined && nextMs !== hint.atMs) await ports.due.put({ ...hint, atMs: nextMs });
  if (nextMs !== hint.atMs) await ports.due.clear(hint);
  return actions.length;
}

async function act(ports: Ports, { cart, etag }: Stored, action: LookAction): Promise<void> {
  const { tenant, customer, cartId } = cart;
  switch (action.kind) {
    case 'expiring':
      return ports.events.publish(expiring(cart, action.thresholdMs));
    case 'expired':
      return ports.events.publish(expired(cart));
    case 'announce':
      return tellOutcome(ports, cart, action.checkout);
    case 'purge':
      return ports.carts.purge(cart, etag);
    case 'resend': {
      const { id: checkoutId, attempt, traceparent } = action.checkout;
      const message = { tenant, customer, cartId, checkoutId, attempt, traceparent };
      const id = againMessageId(action.checkout, 'watchdog', action.atMs);
      return ports.checkouts.send(message, { id });
    }
  }
}
