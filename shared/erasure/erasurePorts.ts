/** The effects of an erasure. */
import type { BulkKey, BulkOrder } from '../bulk/bulkOrder.ts';
import type { Cart } from '../cart/cart.ts';
import type { Order } from '../orders/order.ts';
import type { Erasure, ErasureKey } from './erasure.ts';

export interface StoredErasure {
  erasure: Erasure;
  etag: string;
}

export interface ErasureStore {
  read(key: ErasureKey): Promise<StoredErasure | undefined>;
  /** Insert only without an ETag, else with the ETag that was read: `undefined` when the row has changed since. */
  write(erasure: Erasure, etag: string | undefined): Promise<StoredErasure | undefined>;
}

/** An order and the key of its row. */
export interface StoredOrder {
  order: Order;
  rowKey: string;
}

/** The rows of a customer, with what normal operation does not need. Deletions are unconditional: twice has the same result. */
export interface CustomerDataStore {
  carts(tenant: string, customer: string): Promise<{ cart: Cart; etag: string }[]>;
  orders(tenant: string, customer: string): Promise<StoredOrder[]>;
  /** With the ETag that was read: false when the cart has changed since. */
  removeCart(cart: Cart, etag: string): Promise<boolean>;
  /** Writes the order below the customer that it names, unconditionally: every repeat writes the same row. */
  putOrder(stored: StoredOrder): Promise<void>;
  removeOrder(tenant: string, customer: string, rowKey: string): Promise<void>;
  /** The items of a bulk order that are of this customer, by their numbers and carts. */
  itemsOf(order: BulkOrder, customer: string): Promise<{ n: number; cartId: string }[]>;
  /** Empties the items of this customer and their outcomes, each row with its ETag and that of the bulk order. Throws when it runs again. */
  emptyItems(key: BulkKey, customer: string): Promise<void>;
}

/**
 * What a message has to contain: the partner tenant, because several partners can have one customer, and the customer if
 * the message was sent until a time, or one of the ids.
 */
export interface MessageContent {
  tenant: string;
  customer: string;
  /** Epoch milliseconds. */
  untilMs: number;
  /** Ids of carts and deliveries that are erased. */
  ids: ReadonlySet<string>;
}

/** Parked and dead-lettered messages. */
export interface StrandedMessages {
  /** The messages that have this content, each by a name that stays the same. */
  find(content: MessageContent): Promise<string[]>;
  /** Removes those that have this content. Throws when some could not be removed. */
  remove(content: MessageContent): Promise<void>;
}

/** The keys that erasures have, generated on first use and kept in storage. */
export interface ErasureKeys {
  /** A keyed hash of a customer id, which cannot be derived without the key. */
  customerHash(tenant: string, customer: string): Promise<string>;
  /** A GUID in place of a customer id, the same for every erasure of the customer. */
  pseudonym(tenant: string, customer: string): Promise<string>;
  /** The receipt as a compact JWS (EdDSA). */
  sign(receipt: object): Promise<string>;
  /** The public keys that verify receipts, as a JWK set. */
  publicKeys(): Promise<{ keys: object[] }>;
}

export interface ErasurePorts {
  erasures: ErasureStore;
  customerData: CustomerDataStore;
  strandedMessages: StrandedMessages;
  erasureKeys: ErasureKeys;
}
