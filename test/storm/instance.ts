/**
 * One instance of the service in a storm, with separate clients for everything: it takes messages from the
 * queue as the host hands them to `runCheckout`, several at once, and can be made to lose the lock of one.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { ServiceBusClient, type ServiceBusReceivedMessage } from '@azure/service-bus';
import type { CheckoutMessage } from '../../shared/checkout/message.ts';
import { runAttempt } from '../../shared/checkout/runAttempt.ts';
import { openBus } from '../../shared/messaging/bus.ts';
import { readCheckoutMessage } from '../../shared/messaging/envelope.ts';
import { pageQueue } from '../../shared/messaging/pageQueue.ts';
import { bulkQueue, checkoutQueue, eventTopic, parkedQueue } from '../../shared/messaging/publishers.ts';
import { QUEUES } from '../../shared/messaging/queueNames.ts';
import { ledgerGateway } from '../../shared/orders/gateways/ledger.ts';
import { partnerCenterGateway } from '../../shared/orders/gateways/partnerCenter/gateway.ts';
import { MAX_PERMIT_WAIT_MS } from '../../shared/orders/gateways/partnerCenter/peer.ts';
import type { Ports } from '../../shared/ports.ts';
import { outboundLimiter } from '../../shared/rateLimit/outboundLimiter.ts';
import { bulkList } from '../../shared/storage/bulkList.ts';
import { bulkStore } from '../../shared/storage/bulkStore.ts';
import { cartStore, orderStore } from '../../shared/storage/cartStore.ts';
import { dueIndex } from '../../shared/storage/dueIndex.ts';
import { TABLES } from '../../shared/storage/keys.ts';
import { Table } from '../../shared/storage/tables.ts';
import { erasurePorts } from '../support/erasurePorts.ts';
import { type Around, intercept } from '../support/intercept.ts';
import { LIFECYCLE, RETRY } from '../support/samples.ts';
import { webhookPorts } from '../support/webhookPorts.ts';
import type { Stack } from './stack.ts';

export type Gateway = 'ledger' | 'partnerCenter';

export interface Surroundings {
  stack: Stack;
  gateway: Gateway;
  /** How many messages an instance takes at once. */
  atOnce: number;
  /** Goes around every effect. */
  around: Around;
  /** Before which effect of this delivery the worker stops until its lock is lost; beyond the last: before its completion. */
  stallAt(message: CheckoutMessage): number | undefined;
  /** What instances have met between them, by name. */
  met: Map<string, number>;
}

export interface Instance {
  ports: Ports;
  /** How many messages it was handed. */
  deliveries: () => number;
  /** Whether it has read the cart of a message. */
  hasRead: () => boolean;
  /** Begins to take messages; does nothing before `ready` about what it has read. */
  start(ready?: Promise<void>): void;
  stop(): Promise<void>;
}

const CART_WRITES = new Set(['carts.replace', 'carts.commit']);

const POLICY = { retry: { ...RETRY, initialIntervalMs: 500 }, watchdogMs: LIFECYCLE.watchdogMs };
/** Why a worker could not complete a message: it was made to stop, or the machine was busy. */
export const LOST = { stalled: 'lock lost in a stall', slow: 'lock lost to slowness' };

/** What is counted when a worker could not write a cart because another has written it since. */
export const RACE_LOST = 'race lost';

/** What is counted when a worker threw. */
export const THROWN = 'thrown';

/** An instance; takes no messages before it is started. */
export function openInstance(surroundings: Surroundings): Instance {
  const { stack, gateway, atOnce, stallAt, met } = surroundings;
  const { storage, broker, deskUrl } = stack;
  const bus = openBus(broker);
  const carts = new Table(storage, TABLES.carts);
  const bulk = new Table(storage, TABLES.bulk);
  const count = (what: string) => void met.set(what, (met.get(what) ?? 0) + 1);
  const bare: Ports = {
    carts: cartStore(carts),
    orders: orderStore(carts),
    due: dueIndex(new Table(storage, TABLES.due)),
    bulk: bulkStore(bulk),
    bulkList: bulkList(bulk),
    bulkQueue: bulkQueue(bus),
    checkouts: checkoutQueue(bus),
    pageQueue: pageQueue(bus),
    parked: parkedQueue(bus),
    events: eventTopic(bus),
    ...erasurePorts({ carts, bulk, erasures: new Table(storage, TABLES.erasures) }, bus),
    ...webhookPorts(new Table(storage, TABLES.webhooks), bus, Date.now),
    gateway:
      gateway === 'ledger'
        ? ledgerGateway
        : partnerCenterGateway({
            url: deskUrl,
            token: async () => 'token',
            timeoutMs: 2_000,
            listDelayMs: 0,
            limiter: outboundLimiter(
              { perMinute: 0, maxWaitMs: MAX_PERMIT_WAIT_MS },
              () => performance.now(),
              Math.random,
            ),
            sleep: (ms) => sleep(ms),
          }),
    ping: async () => undefined,
    now: Date.now,
    random: Math.random,
    newId: randomUUID,
    sleep: (ms) => sleep(ms),
    log: { info: count, warn: count, error: count },
  };
  const ports = intercept(bare, surroundings.around);
  const client = new ServiceBusClient(broker.connectionString);
  // A worker that stops for long loses its lock.
  const receiver = client.createReceiver(QUEUES.checkout, { maxAutoLockRenewalDurationInMs: 0 });
  let deliveries = 0;
  let hasRead = false;

  async function handle(received: ServiceBusReceivedMessage, ready?: Promise<void>): Promise<void> {
    deliveries++;
    const read = readCheckoutMessage(received.body);
    if (!('message' in read)) throw new Error('The queue holds something else than checkouts.');
    const { message } = read;
    const stalling = stallBefore(stallAt(message), 1.2 * stack.lockMs);
    const around: Around = async (effect, run) => {
      const answer = await stalling.around(effect, run);
      if (CART_WRITES.has(effect.name) && answer === undefined) count(RACE_LOST);
      if (effect.name === 'carts.read') {
        hasRead = true;
        await ready;
      }
      return answer;
    };
    await runAttempt(intercept(ports, around), message, POLICY).catch((error: unknown) => {
      count(`${THROWN}: ${error}`);
      throw error;
    });
    await stalling.atLast();
    await receiver.completeMessage(received).catch((error: { code?: string }) => {
      if (error.code !== 'MessageLockLost') throw error;
      count(stalling.happened() ? LOST.stalled : LOST.slow);
    });
  }

  return {
    ports,
    deliveries: () => deliveries,
    hasRead: () => hasRead,
    start(ready) {
      receiver.subscribe(
        { processMessage: (received) => handle(received, ready), processError: async () => undefined },
        { autoCompleteMessages: false, maxConcurrentCalls: atOnce },
      );
    },
    async stop() {
      await Promise.all([client.close(), bus.close()]);
    },
  };
}

/** Stops once for so many milliseconds, before the effect of this number or else at last. */
function stallBefore(effect: number | undefined, forMs: number) {
  let left = effect;
  const happened = () => effect !== undefined && left === undefined;
  const stall = async () => {
    left = undefined;
    await sleep(forMs);
  };
  const around: Around = async (_, run) => {
    if (left !== undefined && left-- === 0) await stall();
    return run();
  };
  return { around, atLast: async () => left !== undefined && stall(), happened };
}
