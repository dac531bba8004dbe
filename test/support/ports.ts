/**
 * All ports in memory, with the guarantees of the real ones: insert-only writes, ETags, transactions, one message per
 * id. Every effect is recorded in order before it happens, and `around` may delay it, fail it before or after it was
 * performed, or let another worker act first. Knows nothing of the protocols.
 */
import type { OutgoingMessage } from '../../shared/bulk/laneMessage.ts';
import type { CartKey } from '../../shared/cart/cart.ts';
import type { CheckoutMessage } from '../../shared/checkout/message.ts';
import type { CloudEvent } from '../../shared/events/cloudEvent.ts';
import type { OrderingGateway } from '../../shared/orders/gateway.ts';
import { ledgerGateway } from '../../shared/orders/gateways/ledger.ts';
import type { Order } from '../../shared/orders/order.ts';
import type { AnyDueEntry, DueIndex, ParkedQueue, Ports, QueuedPage, Versioned } from '../../shared/ports.ts';
import { DUE_SHARDS, dueEntryOf, dueKeys } from '../../shared/storage/keys.ts';
import type { Delivery } from '../../shared/webhooks/delivery.ts';
import { deliveryPace } from '../../shared/webhooks/pace.ts';
import type { ReceiverRequest, ReceiverResponse } from '../../shared/webhooks/receiverClient.ts';
import type { DeliveryMessage } from '../../shared/webhooks/webhookPorts.ts';
import { memoryBulk } from './memoryBulk.ts';
import { memoryCarts } from './memoryCarts.ts';
import { memoryErasures } from './memoryErasures.ts';
import { memoryWebhooks } from './memoryWebhooks.ts';

/** One effect on the world: `carts.insert`, `due.put`, `checkouts.send`, … */
export interface Effect {
  name: string;
  args: unknown[];
}

export interface Sent {
  message: CheckoutMessage;
  id: string;
  atMs?: number | undefined;
}

export interface World {
  ports: Ports;
  /** The started effects, in order. */
  effects: Effect[];
  /** Runs around every effect; the outcome is the effect's. */
  around: (effect: Effect, run: () => Promise<unknown>) => Promise<unknown>;
  /** Now, in epoch milliseconds; a pause advances it. */
  nowMs: number;
  random: number;
  gateway: OrderingGateway;
  /** The stored orders. */
  orders: Map<string, Order>;
  dueEntries: Map<string, AnyDueEntry>;
  /** The messages that the broker accepted, each id once. */
  sent: Sent[];
  bulkSent: OutgoingMessage[];
  /** The pages of due entries in their queue; a test that processes one removes it. */
  pagesSent: (QueuedPage & { id: string })[];
  /** How many due entries are read at a time. */
  pageSize: number;
  itemsSent: { body: unknown; id: string; atMs: number }[];
  deliveriesSent: { message: DeliveryMessage; id: string; atMs?: number | undefined }[];
  eventsSent: { event: CloudEvent; id: string; atMs?: number | undefined }[];
  /** How the receiver of webhooks responds, and what it was sent. */
  receive: (request: ReceiverRequest) => ReceiverResponse;
  received: ReceiverRequest[];
  /** The stored deliveries, without this counting as an effect. */
  deliveries: () => Delivery[];
  parked: { body: unknown; why: Parameters<ParkedQueue['park']>[1] }[];
  events: CloudEvent[];
  warnings: string[];
  errors: string[];
  /** The stored cart; reading it does not count as an effect. */
  cart: (key: CartKey) => Versioned | undefined;
}

/** An empty world at a time (epoch milliseconds). */
export function newWorld(nowMs: number, gateway: OrderingGateway = ledgerGateway): World {
  const carts = memoryCarts();
  const bulk = memoryBulk();
  const webhooks = memoryWebhooks();
  const erasures = memoryErasures();
  const dueEntries = new Map<string, AnyDueEntry>();
  let ids = 0;
  const world: Omit<World, 'ports'> = {
    effects: [],
    around: (_, run) => run(),
    nowMs,
    random: 0,
    gateway,
    orders: carts.orders,
    dueEntries,
    sent: [],
    bulkSent: [],
    pagesSent: [],
    pageSize: 500,
    itemsSent: [],
    deliveriesSent: [],
    eventsSent: [],
    receive: () => ({ status: 204, headers: {}, text: '', durationMs: 5 }),
    received: [],
    deliveries: () => [...webhooks.deliveries.values()].map(({ value }) => structuredClone(value)),
    parked: [],
    events: [],
    warnings: [],
    errors: [],
    cart: carts.peek,
  };

  function effect<Result>(name: string, args: unknown[], run: () => Promise<Result>): Promise<Result> {
    const begun = { name, args };
    world.effects.push(begun);
    return world.around(begun, run) as Promise<Result>;
  }
  const recorded = <Port extends object>(port: string, methods: Port): Port =>
    Object.fromEntries(
      Object.entries(methods).map(([name, method]: [string, (...args: unknown[]) => Promise<unknown>]) => [
        name,
        (...args: unknown[]) => effect(`${port}.${name}`, args, async () => method(...args)),
      ]),
    ) as Port;

  const hintKey = (dueEntry: AnyDueEntry) => dueKeys(dueEntry).rowKey;
  const upTo = (untilMs: number) =>
    [...dueEntries.values()].filter(({ atMs }) => atMs <= untilMs).sort((a, b) => a.atMs - b.atMs);
  const shardOf = (dueEntry: AnyDueEntry) => Number.parseInt(dueKeys(dueEntry).partitionKey, 10);
  const queries: Pick<DueIndex, 'due' | 'read' | 'within'> = {
    async *due(untilMs) {
      yield* await effect('due.due', [untilMs], async () => upTo(untilMs));
    },
    async *read(untilMs) {
      const found = await effect('due.read', [untilMs], async () => upTo(untilMs));
      const shards = Map.groupBy(found, shardOf);
      for (let from = 0; from < found.length; from += world.pageSize) {
        for (let shard = 0; shard < DUE_SHARDS; shard++) {
          const entries = (shards.get(shard) ?? []).slice(from, from + world.pageSize);
          if (entries.length > 0) yield { shard, entries };
        }
      }
    },
    async *within(range) {
      const { shard, fromMs, toMs } = range;
      const found = async () =>
        upTo(toMs).filter((dueEntry) => dueEntry.atMs >= fromMs && shardOf(dueEntry) === shard);
      yield* await effect('due.within', [range], found);
    },
  };
  const once = <Item extends { id: string }>(list: Item[], item: Item) => {
    if (!list.some(({ id }) => id === item.id)) list.push(item);
  };

  const ports: Ports = {
    carts: recorded('carts', carts.store),
    orders: recorded('orders', carts.orderStore),
    due: {
      ...queries,
      ...recorded<Omit<DueIndex, keyof typeof queries>>('due', {
        put: async (dueEntry) => void dueEntries.set(hintKey(dueEntry), dueEntryOf(hintKey(dueEntry))),
        remove: async (dueEntry) => void dueEntries.delete(hintKey(dueEntry)),
      }),
    },
    bulk: recorded('bulk', bulk.store),
    bulkList: recorded('bulkList', bulk.list),
    bulkQueue: recorded('bulkQueue', {
      async send(messages) {
        for (const message of messages) once(world.bulkSent, message);
      },
      sendItem: async (body, { id, atMs }) => once(world.itemsSent, { body, id, atMs }),
    }),
    checkouts: recorded('checkouts', {
      send: async (message, { id, atMs }) => once(world.sent, { message, id, atMs }),
    }),
    pageQueue: recorded('pageQueue', {
      async send(pages) {
        for (const { range, id, atMs } of pages)
          once(world.pagesSent, { ...range, id, enqueuedMs: atMs ?? world.nowMs });
      },
      queued: async () => [...world.pagesSent],
    }),
    parked: recorded('parked', {
      park: async (body, why) => void world.parked.push({ body, why }),
      parkExpired: async (body, why) => void world.parked.push({ body, why }),
      parkDelivery: async (body, why) => void world.parked.push({ body, why }),
    }),
    registrations: recorded('registrations', webhooks.registrationStore),
    deliveries: recorded('deliveries', webhooks.deliveryStore),
    deliveryQueue: recorded('deliveryQueue', {
      send: async (message, { id, atMs }) => once(world.deliveriesSent, { message, id, atMs }),
      sendReplay: async (message, { id, atMs }) => once(world.deliveriesSent, { message, id, atMs }),
      sendEvent: async (event, { id, atMs }) => once(world.eventsSent, { event, id, atMs }),
    }),
    receiver: recorded('receiver', {
      async call(request) {
        world.received.push(request);
        return world.receive(request);
      },
    }),
    pace: deliveryPace(
      { perMinute: 0, concurrency: 4, slowConcurrency: 2 * 4 },
      () => world.nowMs,
      () => world.random,
    ),
    limitValidations: () => undefined,
    ...erasures,
    erasures: recorded('erasures', erasures.erasures),
    events: recorded('events', { publish: async (event) => once(world.events, event) }),
    gateway: {
      get maxPlacementMs() {
        return world.gateway.maxPlacementMs;
      },
      ...recorded<Pick<OrderingGateway, 'place'>>('gateway', {
        place: (order) => world.gateway.place(order),
      }),
    } as OrderingGateway,
    ping: () => effect('probe', [], async () => undefined),
    now: () => world.nowMs,
    random: () => world.random,
    newId: () => `id-${++ids}`,
    sleep: (ms) =>
      effect('pause', [ms], async () => {
        world.nowMs += ms;
      }),
    log: {
      info: () => undefined,
      warn: (what) => void world.warnings.push(what),
      error: (what) => void world.errors.push(what),
    },
  };
  return Object.assign(world, { ports });
}
