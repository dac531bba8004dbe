/**
 * Every effect that the service has on the world, as interfaces: the protocols in `cart/`, `checkout/`, `bulk/`
 * and `sweeper/` have no other effects. Each write states its precondition. Tests wrap them to crash, delay or count an effect.
 */
import type { BulkKey } from './bulk/bulkOrder.ts';
import type { BulkList, BulkQueue, BulkStore } from './bulk/bulkPorts.ts';
import type { Cart, CartKey } from './cart/cart.ts';
import type { CheckoutMessage } from './checkout/message.ts';
import type { ErasurePorts } from './erasure/erasurePorts.ts';
import type { CloudEvent } from './events/cloudEvent.ts';
import type { OrderingGateway } from './orders/gateway.ts';
import type { Order } from './orders/order.ts';
import type { DeliveryKey } from './webhooks/delivery.ts';
import type { DeliveryMessage, WebhookPorts } from './webhooks/webhookPorts.ts';

/** A cart as read or written, and its version. */
export interface Versioned {
  cart: Cart;
  etag: string;
}

export interface CartStore {
  read(key: CartKey): Promise<Versioned | undefined>;
  /** Insert only: `undefined` when there is a cart of this key already. */
  insert(cart: Cart): Promise<Versioned | undefined>;
  /** With the ETag that was read: `undefined` when the cart has changed since, or is gone. */
  replace(cart: Cart, etag: string): Promise<Versioned | undefined>;
  /**
   * One transaction: the cart with its ETag, the orders insert-only. `undefined` when the cart has changed since. Throws
   * `WriteRejectedError` when storage will never accept it.
   */
  commit(cart: Cart, etag: string, orders: readonly Order[]): Promise<Versioned | undefined>;
  /** With the ETag that was read; a cart that has changed since stays. */
  purge(key: CartKey, etag: string): Promise<void>;
}

export interface OrderStore {
  read(tenant: string, customer: string, orderId: string): Promise<Order | undefined>;
  /** The same with its version, for a change. */
  readVersioned(
    tenant: string,
    customer: string,
    orderId: string,
  ): Promise<{ order: Order; etag: string } | undefined>;
  /** With the ETag that was read: whether it was written; false when the order has changed since, or is gone. */
  replace(order: Order, etag: string): Promise<boolean>;
  /**
   * Up to `most` orders behind the cursor `after`, in the order of their rows, each with its own cursor; and whether
   * there are more. The order never changes.
   */
  page(
    tenant: string,
    customer: string,
    options: { after?: string | undefined; most: number },
  ): Promise<{ entries: { order: Order; cursor: string }[]; hasMore: boolean }>;
  /**
   * Deletes the orders of a cart that were placed at `placedUntilMs` or before. Returns when the last of its other
   * orders was placed (epoch milliseconds); `undefined` when none is left.
   */
  purge(key: CartKey, placedUntilMs: number): Promise<number | undefined>;
}

/** A row of the due index: process that cart at that time (epoch milliseconds). */
export interface DueEntry extends CartKey {
  atMs: number;
}

/** A row of the due index: process that bulk order at that time (epoch milliseconds). */
export interface BulkDueEntry extends BulkKey {
  atMs: number;
}

/** A row of the due index: process that webhook delivery at that time (epoch milliseconds). */
export interface DeliveryDueEntry extends DeliveryKey {
  atMs: number;
}

/** A row of the due index: process the erasure of that customer at that time (epoch milliseconds). */
export interface ErasureDueEntry {
  tenant: string;
  erasedCustomer: string;
  atMs: number;
}

export type AnyDueEntry = DueEntry | BulkDueEntry | DeliveryDueEntry | ErasureDueEntry;

/** A stretch of the due index: the entries of a shard between two times, both included (epoch milliseconds). */
export interface DueRange {
  shard: number;
  fromMs: number;
  toMs: number;
}

/** Entries of one shard that were read together, in the order of time. */
export interface DueEntries {
  shard: number;
  entries: AnyDueEntry[];
}

export interface DueIndex {
  /** Unconditional: the same entry is the same row. */
  put(entry: AnyDueEntry): Promise<void>;
  /** All entries up to a time (epoch milliseconds), and no others. */
  due(untilMs: number): AsyncIterable<AnyDueEntry>;
  /** The same, as they are read. */
  read(untilMs: number): AsyncIterable<DueEntries>;
  /** The entries of a stretch. */
  within(range: DueRange): AsyncIterable<AnyDueEntry>;
  /** Unconditional; an entry that does not exist is no error. */
  remove(entry: AnyDueEntry): Promise<void>;
}

/** A page in its queue, and since when it can be received (epoch milliseconds). */
export interface QueuedPage extends DueRange {
  enqueuedMs: number;
}

/** The queue of pages: stretches of the due index, each for a worker of the sweeper. */
export interface PageQueue {
  /** Sends all pages in one batch, each now or at a time (epoch milliseconds). The broker drops a page whose id it has seen within minutes. */
  send(pages: readonly { range: DueRange; id: string; atMs?: number | undefined }[]): Promise<void>;
  /** The pages that are scheduled, those that wait and those that are processed now. */
  queued(): Promise<QueuedPage[]>;
}

export interface CheckoutQueue {
  /** Sends now, or at a time (epoch milliseconds). The broker drops a message whose id it has seen within minutes. */
  send(message: CheckoutMessage, options: { id: string; atMs?: number | undefined }): Promise<void>;
}

/** Why a message is parked. The broker drops a parked message whose id it has seen within minutes. */
export interface ParkReason {
  id: string;
  /** The queue that it came from, and that a replay sends it back to. */
  source: string;
  reason: string;
  description: string;
}

/** The queue of messages that cannot be processed, each with the reason. */
export interface ParkedQueue {
  /** Parks the message unchanged. */
  park(body: unknown, why: ParkReason): Promise<void>;
  /** Parks an expired checkout as a message that starts a new checkout when it is replayed. */
  parkExpired(message: CheckoutMessage, why: ParkReason): Promise<void>;
  /** Parks an exhausted webhook delivery as a message that sends it again when it is replayed. */
  parkDelivery(message: DeliveryMessage, why: ParkReason): Promise<void>;
}

export interface EventTopic {
  publish(event: CloudEvent): Promise<void>;
}

export interface Log {
  info(what: string, about?: Record<string, unknown>): void;
  warn(what: string, about?: Record<string, unknown>): void;
  /** For what an operator has to correct. */
  error(what: string, about?: Record<string, unknown>): void;
}

/** All effects together; a function takes the ones that it uses by `Pick`. */
export interface Ports extends WebhookPorts, ErasurePorts {
  carts: CartStore;
  orders: OrderStore;
  due: DueIndex;
  bulk: BulkStore;
  bulkList: BulkList;
  bulkQueue: BulkQueue;
  checkouts: CheckoutQueue;
  pageQueue: PageQueue;
  parked: ParkedQueue;
  events: EventTopic;
  gateway: OrderingGateway;
  /** Resolves when storage and broker answer; throws otherwise. */
  ping: () => Promise<void>;
  /** Epoch milliseconds. */
  now: () => number;
  /** In [0, 1). */
  random: () => number;
  /** An id that nothing else has, such as the owner of a lease. */
  newId: () => string;
  sleep: (ms: number) => Promise<void>;
  log: Log;
}
