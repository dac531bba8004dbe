/**
 * The ports as the sweeper uses them: what it sends has a bulkhead and a circuit breaker per queue or topic, and what it
 * purges has a bulkhead and a time budget, so that neither delays the rest of a run.
 */
import type { Ports } from '../ports.ts';
import { BROKER_TIMEOUTS, withTimeout } from '../timeouts.ts';
import { type Bulkhead, bulkhead, type Permit } from './bulkhead.ts';
import { circuitBreaker, DeferredToNextRun } from './circuitBreaker.ts';

/** How many messages are sent at a time to each queue or topic: with more, a Standard namespace would refuse requests of storefronts. */
const SENDS_AT_A_TIME = 16;
/** Longest wait for the broker, in milliseconds; its client gives up earlier. */
const SEND_TIMEOUT_MS = BROKER_TIMEOUTS.callMs + 2_000;
const PURGES_AT_A_TIME = 16;
/** How much time the purges of a run may take together, in milliseconds. One that has started ends. */
const PURGE_BUDGET_MS = 150_000;
/** How long one purge may take, in milliseconds: a bulk order has many rows. */
const PURGE_TIMEOUT_MS = 60_000;
/** How long an entry may take for what surrounds a send or a purge, in milliseconds. */
const SURROUNDINGS_MS = 20_000;

type Guard = <Result>(permit: Permit, operation: () => Promise<Result>) => Promise<Result>;

/** The ports of an entry that holds this permit. */
export type GuardedPorts<Guarded> = (permit: Permit) => Guarded;

/** The ports that an entry sends and purges with, and those that the guards need. */
export type SendingPorts = Pick<
  Ports,
  | 'carts'
  | 'orders'
  | 'bulk'
  | 'deliveries'
  | 'customerData'
  | 'checkouts'
  | 'bulkQueue'
  | 'deliveryQueue'
  | 'parked'
  | 'events'
  | 'now'
  | 'log'
>;

/** The ports of one run. */
export function guardedPorts<Given extends SendingPorts>(ports: Given): GuardedPorts<Given> {
  const topic = sendGuard(ports, 'cart-events');
  const checkoutQueue = sendGuard(ports, 'checkout');
  const laneQueue = sendGuard(ports, 'bulk-lanes');
  const deliveries = sendGuard(ports, 'webhook-deliveries');
  const parkedQueue = sendGuard(ports, 'parked');
  const purges = purgeGuard(ports);
  const { carts, orders, bulk, checkouts, bulkQueue, deliveryQueue, parked, events } = ports;
  return (permit) => ({
    ...ports,
    events: { publish: (event) => topic(permit, () => events.publish(event)) },
    checkouts: {
      send: (message, options) => checkoutQueue(permit, () => checkouts.send(message, options)),
    },
    bulkQueue: { ...bulkQueue, send: (messages) => laneQueue(permit, () => bulkQueue.send(messages)) },
    deliveryQueue: {
      ...deliveryQueue,
      send: (message, options) => deliveries(permit, () => deliveryQueue.send(message, options)),
    },
    parked: {
      ...parked,
      parkExpired: (message, why) => parkedQueue(permit, () => parked.parkExpired(message, why)),
    },
    carts: { ...carts, purge: (key, etag) => purges(permit, () => carts.purge(key, etag)) },
    orders: { ...orders, purge: (key, untilMs) => purges(permit, () => orders.purge(key, untilMs)) },
    deliveries: {
      ...ports.deliveries,
      remove: (key) => purges(permit, () => ports.deliveries.remove(key)),
    },
    customerData: {
      ...ports.customerData,
      // The first read of an erasure: the entry takes a place among the purges from here on.
      carts: (tenant, customer) => purges(permit, () => ports.customerData.carts(tenant, customer)),
    },
    bulk: { ...bulk, purge: (key, found) => purges(permit, () => bulk.purge(key, found)) },
  });
}

function sendGuard({ now, log }: Pick<Ports, 'now' | 'log'>, entity: string): Guard {
  const sending = bulkhead(SENDS_AT_A_TIME, SEND_TIMEOUT_MS + SURROUNDINGS_MS);
  const breaker = circuitBreaker(now, (error) =>
    log.warn('sending paused; the due entries stay', { entity, error: String(error) }),
  );
  return async (permit, operation) => {
    await permit.moveTo(sending);
    return breaker(() => withTimeout(SEND_TIMEOUT_MS, operation()));
  };
}

function purgeGuard({ now }: Pick<Ports, 'now'>): Guard {
  const purging: Bulkhead = bulkhead(PURGES_AT_A_TIME, PURGE_TIMEOUT_MS + SURROUNDINGS_MS);
  let spentMs = 0;
  return async (permit, operation) => {
    await permit.moveTo(purging);
    if (spentMs >= PURGE_BUDGET_MS) throw new DeferredToNextRun('The purges of this run took their time.');
    const beganMs = now();
    try {
      return await operation();
    } finally {
      spentMs += now() - beganMs;
    }
  };
}
