/** One run of a scenario of a bulk order: the processes that live and die in it, and the evidence that they leave. */

import { randomUUID } from 'node:crypto';
import type { ServiceBusReceiver } from '@azure/service-bus';
import {
  type BulkItem,
  type BulkKey,
  type BulkOrder,
  isEnded,
  type RetryableState,
} from '../../shared/bulk/bulkOrder.ts';
import { isLaneMessage } from '../../shared/bulk/bulkPorts.ts';
import { cancelBulkOrder, retryBulkOrder } from '../../shared/bulk/cancelAndRetry.ts';
import { deferItemWhenUnavailable, deferWhenUnavailable } from '../../shared/bulk/deferWhenUnavailable.ts';
import { ingestItem } from '../../shared/bulk/ingestItem.ts';
import { dispatchLanes } from '../../shared/bulk/lifecycle.ts';
import { runLane } from '../../shared/bulk/processLane.ts';
import { countItems } from '../../shared/bulk/progress.ts';
import { submitBulkOrder } from '../../shared/bulk/submitBulkOrder.ts';
import { runAttempt } from '../../shared/checkout/runAttempt.ts';
import type { CloudEvent } from '../../shared/events/cloudEvent.ts';
import { digestHex, uuidV8 } from '../../shared/ids.ts';
import { readBulkItemMessage } from '../../shared/messaging/bulkItemEnvelope.ts';
import { readBulkMessage, readCheckoutMessage } from '../../shared/messaging/envelope.ts';
import { QUEUES } from '../../shared/messaging/queueNames.ts';
import type { BulkDueEntry } from '../../shared/ports.ts';
import { sweep } from '../../shared/sweeper/sweep.ts';
import { ordersIn } from '../contract/orders.ts';
import { brokenBulk, readBulk } from '../support/bulkEvidence.ts';
import { brokenAtRest } from '../support/evidence.ts';
import { type Around, intercept } from '../support/intercept.ts';
import { CREATE, DAY, KEY, LIFECYCLE, MINUTE, SECOND } from '../support/samples.ts';
import { newWitness } from '../support/witness.ts';
import { type BulkScenario, type BulkStep, isCallersOfBulk } from './bulkScenario.ts';
import { type LifeParts, POLICY } from './life.ts';
import type { Life, StepResult } from './live.ts';
import { type Mortal, mortal } from './point.ts';
import { portsOfRun } from './ports.ts';

const LANE = { create: CREATE, attemptPolicy: POLICY, uuidV8, leaseMs: MINUTE };
const SUBMIT = { watchdogMs: LIFECYCLE.watchdogMs, modifiedBy: CREATE.modifiedBy, uuidV8 };
/** No bulk order that runs is looked at later than this after anything is done to it. */
const SOON_MS = 8 * MINUTE;
/** Time that passes, and the worker and the timer in it. */
export const ROUND: BulkStep[] = ['work', { passMs: LIFECYCLE.watchdogMs + SECOND }, 'work', 'sweep', 'work'];
const WORKED_ON = [QUEUES.bulkOrders, QUEUES.bulkLanes, QUEUES.checkout];

export interface BulkLife extends Life<BulkStep> {
  /** What is wrong in the end, in words. */
  judge(areCallersThere: boolean): Promise<string[]>;
}

/** A run; `begin` starts its first process and every further one. */
export function openBulkLife({
  stack,
  scenario,
  gateway,
  random,
}: Omit<LifeParts, 'scenario' | 'isOutside'> & { scenario: BulkScenario }): BulkLife {
  const portsOn = portsOfRun({ stack, gateway, random });
  const key: BulkKey = { tenant: KEY.tenant, bulkOrderId: randomUUID() };
  const customer = randomUUID();
  const { inFlight = 1, errorPolicy = 'continue' } = scenario;
  const items = scenario.items.map((lineItems, index): BulkItem => {
    const reference = `item ${index}`;
    const cartId = uuidV8('bulkItem', key.tenant, key.bulkOrderId, reference);
    return { index, reference, customer, cartId, draft: { lineItems } };
  });
  const witness = newWitness(stack.clock.now);
  const problems: string[] = [];
  const dueEntries = new Map<number, BulkDueEntry>();
  const events: CloudEvent[] = [];
  let isPromised = false;
  let sent = 0;
  let order: BulkOrder | undefined;
  let process: Mortal;

  /** Watches the due entries of the bulk order. */
  const watched: Around = async (effect, run) => {
    const answer = await witness.around(effect, run);
    const { name, args } = effect;
    const about = args[0] as BulkDueEntry;
    if (name === 'due.put' && 'bulkOrderId' in about) dueEntries.set(about.atMs, about);
    if (name === 'due.remove' && 'bulkOrderId' in about) dueEntries.delete(about.atMs);
    if (name === 'bulk.purge') order = undefined;
    if ((name === 'bulk.insert' || name === 'bulk.replace') && answer) order = args[0] as BulkOrder;
    if (!order) return answer;
    const untilMs = isEnded(order) ? Number.POSITIVE_INFINITY : stack.clock.now() + SOON_MS;
    const hasDueEntry = [...dueEntries.keys()].some((atMs) => atMs <= untilMs);
    if (!hasDueEntry) problems.push(`the bulk order (${order.state}) has no dueEntry in time after ${name}`);
    return answer;
  };

  async function call(step: BulkStep): Promise<void> {
    const { ports } = process;
    if (step === 'submit') {
      const stored = await submitBulkOrder(
        ports,
        key,
        { errorPolicy, repeats: 'order', items, rejected: [] },
        { ...SUBMIT, inFlight },
      );
      if (!('error' in stored)) isPromised = true;
    } else if (step === 'cancel') {
      await cancelBulkOrder(ports, key);
    } else if (typeof step === 'object' && 'retry' in step) {
      await retryOnceEnded(step.retry);
    }
  }

  /** A request before its end is rejected, and waits. */
  async function retryOnceEnded(states: readonly RetryableState[]): Promise<void> {
    for (let waits = 0; waits < 10; waits++) {
      const retried = await retryBulkOrder(process.ports, key, states, LIFECYCLE);
      if (!('error' in retried)) return;
      for (const step of ROUND) await follow(step);
    }
    problems.push('a retry was never taken');
  }

  async function send(): Promise<void> {
    const { reference, draft } = items[sent++] ?? {};
    const data = { ...key, reference, customerId: customer, cart: draft };
    await stack.send(QUEUES.bulkOrders, { type: 'bulkOrderItem', version: 1, data });
    isPromised = true;
  }

  /** As the functions do it. */
  async function handle(queue: string, body: unknown): Promise<void> {
    const { ports } = process;
    if (queue === QUEUES.bulkOrders) {
      const read = readBulkItemMessage(body, ({ tenant, bulkOrderId }, reference) =>
        uuidV8('bulkItem', tenant, bulkOrderId, reference),
      );
      if ('unreadable' in read) throw new Error(read.unreadable);
      return deferItemWhenUnavailable(ports, { body, id: randomUUID() }, async () => {
        const taken = await ingestItem(ports, read, { ...SUBMIT, inFlight, digestHex });
        if (taken.kind === 'refused') problems.push(`an item was refused: ${taken.description}`);
        return taken.kind !== 'later';
      });
    }
    if (queue === QUEUES.bulkLanes) {
      const read = readBulkMessage(body);
      if ('unreadable' in read) throw new Error(read.unreadable);
      return deferWhenUnavailable(ports, read.message, (message) =>
        isLaneMessage(message) ? runLane(ports, message, LANE) : dispatchLanes(ports, message),
      );
    }
    const read = readCheckoutMessage(body);
    if ('message' in read) await runAttempt(ports, read.message, POLICY);
  }

  const receivers = (): [string, ServiceBusReceiver][] => {
    const { items: arriving, lanes, checkouts } = stack.clients();
    return [
      [QUEUES.bulkOrders, arriving],
      [QUEUES.bulkLanes, lanes],
      [QUEUES.checkout, checkouts],
    ];
  };

  /** As the host does it: complete when the function returns, abandon when it throws. */
  async function work(): Promise<void> {
    for (;;) {
      const [queue, receiver] = receivers().find(([name]) => stack.broker.counts(name).active > 0) ?? [];
      if (!queue || !receiver) return;
      const [received] = await receiver.receiveMessages(1, { maxWaitTimeInMs: 2_000 });
      if (!received) continue; // a busy machine: it is there, and comes with the next asking
      try {
        await handle(queue, received.body);
      } catch {
        await receiver.abandonMessage(received);
        continue;
      }
      const complete = () => receiver.completeMessage(received);
      await process.around({ name: 'queue.complete', args: [] }, complete).catch(() => undefined);
    }
  }

  async function follow(step: BulkStep): Promise<void> {
    if (step === 'work') return work();
    if (step === 'sweep') return void (await sweep(process.ports, LIFECYCLE).catch(() => undefined)); // the next one continues
    if (step === 'send') return send();
    if (step === 'loseMessages') return stack.broker.clear();
    if (typeof step === 'object' && 'passMs' in step) return stack.clock.advance(step.passMs);
    return call(step);
  }

  return {
    begin(fault) {
      process = mortal(intercept(portsOn(stack.clients()), watched), fault);
      return process;
    },
    take(step): Promise<StepResult> {
      const followed = follow(step).then(
        () => 'done' as const,
        (error: unknown) => {
          if (isCallersOfBulk(step)) return 'failed' as const;
          throw error;
        },
      );
      return Promise.race([followed, process.death.then(() => 'died' as const)]);
    },
    async loseQueue() {
      events.push(...(await stack.events()));
      // What is on the queue of items is not ours to lose: it is the only place where they are.
      const { active, locked } = stack.broker.counts(QUEUES.bulkOrders);
      if (active + locked === 0) stack.broker.clear();
    },
    forgotten: () => [],
    isDrained() {
      const waiting = WORKED_ON.map((queue) => stack.broker.counts(queue));
      return (
        waiting.every(({ active, locked, scheduled }) => active + locked + scheduled === 0) &&
        (order === undefined || isEnded(order)) &&
        [...dueEntries.keys()].every((atMs) => atMs > stack.clock.now() + DAY)
      );
    },
    async judge(areCallersThere) {
      const { bulk, bulkList, carts, orders } = portsOn(stack.clients());
      const stored = await readBulk(bulk, key);
      if (!stored) return isPromised ? ['the bulk order was promised, and is not there'] : problems;
      const [standing, rows, latest, listed] = await Promise.all([
        Promise.all(items.map(async ({ cartId }) => (await carts.read({ ...key, customer, cartId }))?.cart)),
        ordersIn({ orders }, { ...key, customer }),
        stack.events(),
        bulkList.page(key.tenant, { most: 9 }),
      ]);
      events.push(...latest);
      const made = standing.filter((cart) => cart !== undefined);
      const counts = countItems(stored.order, stored.lanes);
      const published = events.filter(({ type }) => type === 'bulkorder.completed.v1').at(-1);
      const isPublished = JSON.stringify(published?.data.counts) === JSON.stringify(counts);
      const { state } = stored.order;
      return [
        ...problems,
        ...brokenBulk({ ...stored, carts: made, orders: rows, dueEntries: [...dueEntries.values()] }),
        ...brokenAtRest({
          writes: witness.writes,
          carts: made,
          orders: rows,
          dueEntries: [...witness.dueEntries.values()].flatMap((ofCart) => [...ofCart.values()]),
          created: witness.created,
          asked: witness.asked,
        }),
        ...(listed.keys.length === 1 ? [] : [`it is listed ${listed.keys.length} times`]),
        ...(isPublished
          ? []
          : [`it ended with ${JSON.stringify(counts)}, and the event has ${JSON.stringify(published)}`]),
        ...(areCallersThere && state !== scenario.ends ? [`it ended as ${state}`] : []),
        ...(sent > 0 && counts.total !== sent ? [`${sent} items were sent, and ${counts.total} came`] : []),
      ];
    },
  };
}
