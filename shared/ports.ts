/**
 * Every effect that the service has on the world, as interfaces: the protocols in `cart/`, `checkout/`, `bulk/`
 * and `expiry/` know nothing else of the world. Tests wrap them to crash, delay or count an effect.
 */
import type { BulkKey } from './bulk/bulkOrder.ts';
import type { BulkList, BulkQueue, BulkStore } from './bulk/bulkPorts.ts';
import type { Cart, CartKey } from './cart/cart.ts';
import type { CheckoutMessage } from './checkout/message.ts';
import type { CloudEvent } from './events/cloudEvent.ts';
import type { OrderingGateway } from './orders/gateway.ts';
import type { Order } from './orders/order.ts';

/** A cart as read or written: what stands there, and its version. */
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
  list(tenant: string, customer: string): Promise<Order[]>;
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

/** *Look at that cart at that time.* */
export interface DueEntry extends CartKey {
  atMs: number;
}

/** *Look at that bulk order at that time.* */
export interface BulkDueEntry extends BulkKey {
  atMs: number;
}

export interface DueIndex {
  /** Unconditional: the same hint is the same row. */
  put(hint: DueEntry | BulkDueEntry): Promise<void>;
  /** All hints up to a time, and nothing else. */
  due(untilMs: number): AsyncIterable<DueEntry | BulkDueEntry>;
  /** Unconditional; a hint that is gone is gone. */
  remove(hint: DueEntry | BulkDueEntry): Promise<void>;
}

export interface CheckoutQueue {
  /** Sends now, or at a time. The id is the message's own: a duplicate within minutes is dropped. */
  send(message: CheckoutMessage, options: { id: string; atMs?: number | undefined }): Promise<void>;
}

/** What a person needs to know of a parked message. The id is its own: a duplicate within minutes is dropped. */
export interface ParkReason {
  id: string;
  /** The queue it came from, and goes back to when it is replayed. */
  source: string;
  reason: string;
  description: string;
}

/** Where a message goes that cannot be processed, with what an operator needs to know. */
export interface ParkedQueue {
  /** The message as it was. */
  park(body: unknown, why: ParkReason): Promise<void>;
  /** A checkout that was given up, as a message that begins a new one when it is replayed. */
  parkExpired(message: CheckoutMessage, why: ParkReason): Promise<void>;
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

/** What the protocols run on. */
export interface Ports {
  carts: CartStore;
  orders: OrderStore;
  due: DueIndex;
  bulk: BulkStore;
  bulkList: BulkList;
  bulkQueue: BulkQueue;
  checkouts: CheckoutQueue;
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
