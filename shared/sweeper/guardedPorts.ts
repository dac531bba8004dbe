/**
 * The ports as the sweeper uses them: what it sends has a bulkhead and a circuit breaker per queue or topic, and what it
 * purges has a bulkhead and a time budget, so that neither delays the rest of a run. A run of the timer has its own guards;
 * the pages that one process works on share theirs, so that their number does not multiply what is sent at a time.
 */
import type { Ports } from '../ports.ts';
import { BROKER_TIMEOUTS, withTimeout } from '../timeouts.ts';
import { type Bulkhead, bulkhead, type Permit } from './bulkhead.ts';
import { type CircuitBreaker, circuitBreaker, DeferredToNextRun } from './circuitBreaker.ts';

/** How many entries are processed at a time, those that send or purge aside. */
export const CONCURRENCY = 64;
/** How long an entry may take until it sends or purges, in milliseconds: two storage calls that hang. */
const ENTRY_TIMEOUT_MS = 20_000;
/** How many messages are sent at a time to each queue or topic: with more, a Standard namespace would refuse requests of storefronts. */
export const SENDS_AT_A_TIME = 16;
/** Longest wait for the broker, in milliseconds; its client gives up earlier. */
export const SEND_TIMEOUT_MS = BROKER_TIMEOUTS.callMs + 2_000;
const PURGES_AT_A_TIME = 16;
/** How much time the purges of a run may take together, in milliseconds. One that has started ends. */
export const PURGE_BUDGET_MS = 150_000;
/** How long one purge may take, in milliseconds: a bulk order has many rows. */
const PURGE_TIMEOUT_MS = 60_000;
/** How long an entry may take for what surrounds a send or a purge, in milliseconds. */
const SURROUNDINGS_MS = 20_000;

const ENTITIES = ['cart-events', 'checkout', 'bulk-lanes', 'webhook-deliveries', 'parked'] as const;
type Entity = (typeof ENTITIES)[number];

/** What entries share: permits to be processed, to send to a queue or topic, and to purge. */
export interface SweepGuards {
  processing: Bulkhead;
  sending: Record<Entity, { permits: Bulkhead; breaker: CircuitBreaker }>;
  purging: Bulkhead;
}

/** Guards whose permits are all free. */
export function openGuards(now: () => number): SweepGuards {
  const sending = () => ({
    permits: bulkhead(SENDS_AT_A_TIME, SEND_TIMEOUT_MS + SURROUNDINGS_MS),
    breaker: circuitBreaker(now),
  });
  return {
    processing: bulkhead(CONCURRENCY, ENTRY_TIMEOUT_MS),
    sending: Object.fromEntries(ENTITIES.map((entity) => [entity, sending()])) as SweepGuards['sending'],
    purging: bulkhead(PURGES_AT_A_TIME, PURGE_TIMEOUT_MS + SURROUNDINGS_MS),
  };
}

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
export function guardedPorts<Given extends SendingPorts>(
  ports: Given,
  guards: SweepGuards,
): GuardedPorts<Given> {
  const guardOf = (entity: Entity) => sendGuard(ports, entity, guards.sending[entity]);
  const topic = guardOf('cart-events');
  const checkoutQueue = guardOf('checkout');
  const laneQueue = guardOf('bulk-lanes');
  const deliveries = guardOf('webhook-deliveries');
  const parkedQueue = guardOf('parked');
  const purges = purgeGuard(ports, guards.purging);
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

function sendGuard(
  { log }: Pick<Ports, 'log'>,
  entity: Entity,
  { permits, breaker }: SweepGuards['sending'][Entity],
): Guard {
  const warn = (error: unknown) =>
    log.warn('sending paused; the due entries stay', { entity, error: String(error) });
  return async (permit, operation) => {
    await permit.moveTo(permits);
    return breaker(() => withTimeout(SEND_TIMEOUT_MS, operation()), warn);
  };
}

function purgeGuard({ now }: Pick<Ports, 'now'>, purging: Bulkhead): Guard {
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
