/**
 * One run of a scenario: the processes that live and die in it, one after the other, on tables and a customer
 * of their own, and the evidence that they leave.
 */

import { randomUUID } from 'node:crypto';
import { createCart } from '../../shared/cart/createCart.ts';
import { replaceCart } from '../../shared/cart/replaceCart.ts';
import { orderDirectly } from '../../shared/checkout/orderDirectly.ts';
import {
  type RequestedCheckout,
  requestCheckout,
  waitForCompletion,
} from '../../shared/checkout/requestCheckout.ts';
import { runAttempt } from '../../shared/checkout/runAttempt.ts';
import type { CloudEvent } from '../../shared/events/cloudEvent.ts';
import { uuidV8 } from '../../shared/ids.ts';
import { readCheckoutMessage } from '../../shared/messaging/envelope.ts';
import { QUEUES } from '../../shared/messaging/queueNames.ts';
import type { OrderingGateway } from '../../shared/orders/gateway.ts';
import { sweep } from '../../shared/sweeper/sweep.ts';
import { ordersIn } from '../contract/orders.ts';
import type { Evidence } from '../support/evidence.ts';
import { intercept } from '../support/intercept.ts';
import type { Random } from '../support/random.ts';
import { CREATE, DAY, KEY, LIFECYCLE } from '../support/samples.ts';
import { newWitness, standingEntries, type Witness } from '../support/witness.ts';
import type { StepResult } from './live.ts';
import { type Fault, type Mortal, mortal } from './point.ts';
import { portsOfRun } from './ports.ts';
import { type CallerStep, isCallers, type Scenario, type Step } from './scenario.ts';
import type { Stack } from './stack.ts';

export const POLICY = {
  retry: { initialIntervalMs: 2_000, maximumIntervalMs: 900_000, maximumAttempts: 3, scheduleToCloseMs: DAY },
  watchdogMs: LIFECYCLE.watchdogMs,
};
const ASK = { watchdogMs: LIFECYCLE.watchdogMs, uuidV8 };
const WAIT_MS = 25_000;
const FAR_MS = 1_000 * DAY;

export interface LifeParts {
  stack: Stack;
  scenario: Scenario;
  gateway: OrderingGateway;
  /** Whether the gateway has a separate ledger. */
  isOutside: boolean;
  random: Random;
}

/** A run; `begin` starts its first process and every further one. */
export function openLife({ stack, scenario, gateway, isOutside, random }: LifeParts) {
  const portsOn = portsOfRun({ stack, gateway, random });
  const key = { ...KEY, customer: randomUUID(), cartId: randomUUID() };
  const witness = newWitness(stack.clock.now);
  let process: Mortal;
  let asked: RequestedCheckout | undefined;
  const events: CloudEvent[] = [];

  async function call(step: CallerStep): Promise<void> {
    const { ports } = process;
    const context = { ...CREATE, idempotencyKey: step };
    switch (step) {
      case 'create': {
        const made = await createCart(ports, key, { lineItems: scenario.lineItems }, context);
        if ('cart' in made) witness.created.push(key);
        return;
      }
      case 'order': {
        const create = { ...CREATE, idempotencyKey: step };
        asked = await orderDirectly(
          ports,
          key,
          { lineItems: scenario.lineItems },
          {
            create,
            checkout: { ...ASK, idempotencyKey: step },
          },
        );
        if ('error' in asked) return;
        witness.created.push(key);
        witness.asked.push(asked.checkout.id);
        return;
      }
      case 'replace': {
        const lineItems = scenario.lineItems.map((item) => ({ ...item, quantity: item.quantity + 1 }));
        await replaceCart(ports, key, { lineItems }, context);
        return;
      }
      case 'ask':
        asked = await requestCheckout(ports, key, ASK);
        if ('checkout' in asked) witness.asked.push(asked.checkout.id);
        return;
      case 'outcome':
        if (asked && 'checkout' in asked) await waitForCompletion(ports, asked, WAIT_MS);
    }
  }

  /** As the host does it: complete when the function returns, abandon when it throws. */
  async function work(): Promise<void> {
    const { checkouts } = stack.clients();
    while (stack.broker.counts(QUEUES.checkout).active > 0) {
      const [received] = await checkouts.receiveMessages(1, { maxWaitTimeInMs: 2_000 });
      if (!received) continue; // a busy machine: it is there, and comes with the next asking
      const read = readCheckoutMessage(received.body);
      if (!('message' in read)) throw new Error('The queue holds something else than checkouts.');
      try {
        await runAttempt(process.ports, read.message, POLICY);
      } catch {
        await checkouts.abandonMessage(received);
        continue;
      }
      const complete = () => checkouts.completeMessage(received);
      await process.around({ name: 'queue.complete', args: [] }, complete).catch(() => undefined);
    }
  }

  /** The message is removed; duplicate detection still knows its id. */
  async function loseMessage(): Promise<void> {
    if (stack.broker.counts(QUEUES.checkout).active === 0) return;
    const { checkouts } = stack.clients();
    const lost = await checkouts.receiveMessages(1, { maxWaitTimeInMs: 2_000 });
    await Promise.all(lost.map((message) => checkouts.completeMessage(message)));
  }

  /** Listeners take what there is, before the topic loses it. */
  async function listen(): Promise<void> {
    events.push(...(await stack.events()));
  }

  /** The broker forgets everything; what listeners have had, they have. */
  async function loseQueue(): Promise<void> {
    await listen();
    stack.broker.clear();
  }

  async function follow(step: Step): Promise<void> {
    if (step === 'work') return work();
    if (step === 'sweep') return void (await sweep(process.ports, LIFECYCLE).catch(() => undefined)); // the next one continues
    if (step === 'loseMessage') return loseMessage();
    if (typeof step === 'object') {
      await listen();
      return stack.clock.advance(step.passMs);
    }
    return call(step);
  }

  return {
    witness,
    begin(fault?: Fault): Mortal {
      process = mortal(intercept(portsOn(stack.clients()), witness.around), fault);
      return process;
    },
    async take(step: Step): Promise<StepResult> {
      const followed = follow(step).then(
        () => 'done' as const,
        (error: unknown) => {
          if (isCallers(step)) return 'failed' as const;
          throw error;
        },
      );
      return Promise.race([followed, process.death.then(() => 'died' as const)]);
    },
    loseQueue,
    /** A worker that dies over a message leaves it in the queue, unless it had come to completing it. */
    forgotten(): string[] {
      const isLeft = waiting(stack) > 0 || process.points.at(-1) === 'queue.complete';
      return isLeft ? [] : ['the message was gone before its work was done'];
    },
    isDrained: (): boolean => isDrained(witness, stack),
    async evidence(): Promise<Evidence> {
      const { carts, orders, due } = portsOn(stack.clients());
      await listen();
      const [stored, rows, dueEntries, made] = await Promise.all([
        carts.read(key),
        ordersIn({ orders }, key),
        Array.fromAsync(due.due(stack.clock.now() + FAR_MS)),
        isOutside ? stack.made(key.customer) : undefined,
      ]);
      const { writes, created, asked: promised } = witness;
      return {
        writes,
        created,
        asked: promised,
        carts: stored ? [stored.cart] : [],
        orders: rows,
        dueEntries: dueEntries.filter((dueEntry) => 'cartId' in dueEntry),
        events,
        made,
        nowMs: stack.clock.now(),
      };
    },
  };
}

/** Nothing is in the queue, nothing is in checkout, and the sweep has nothing to do today. */
function isDrained({ carts, ...witness }: Witness, stack: Stack): boolean {
  return (
    waiting(stack) === 0 &&
    [...carts.values()].every(({ cart }) => cart.checkout?.state !== 'running') &&
    standingEntries(witness).every(({ atMs }) => atMs > stack.clock.now() + DAY)
  );
}

/** How many checkout messages there are, wherever they are. */
function waiting({ broker }: Stack): number {
  const { active, locked, scheduled } = broker.counts(QUEUES.checkout);
  return active + locked + scheduled;
}
