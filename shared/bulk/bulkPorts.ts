/** The ports of bulk ordering. The comment of each write states its precondition. */
import type { BulkItem, BulkKey, BulkOrder, ItemOutcome, RejectedItem } from './bulkOrder.ts';
import type { Lane, SizedLane } from './lane.ts';
import type { Block } from './partition.ts';

/** A bulk order as read or written, with its ETag. */
export interface StoredBulkOrder {
  order: BulkOrder;
  etag: string;
}

/** A lane as read or written, with its ETag and the number of its items. */
export interface StoredLane extends SizedLane {
  etag: string;
}

/** A bulk order with its lanes. */
export interface FoundBulkOrder extends StoredBulkOrder {
  lanes: readonly SizedLane[];
}

/** Bulk orders and their lanes. */
export interface BulkLaneStore {
  /** One transaction, insert-only: the bulk order, which replaces its reservation if there is one, and its lanes. `undefined` when the bulk order exists or the reservation does not. */
  insert(
    order: BulkOrder,
    lanes: readonly Lane[],
    reservation?: string | undefined,
  ): Promise<StoredBulkOrder | undefined>;
  read(key: BulkKey): Promise<StoredBulkOrder | undefined>;
  /** Conditional on the ETag: `undefined` when the bulk order has changed or does not exist. */
  replace(order: BulkOrder, etag: string): Promise<StoredBulkOrder | undefined>;
  readLane(order: BulkOrder, number: number): Promise<StoredLane | undefined>;
  lanes(order: BulkOrder): Promise<SizedLane[]>;
  /** How many items a lane has. For a list this follows from the bulk order, without a read. */
  laneLength(order: BulkOrder, number: number): Promise<number>;
  /** One transaction: the lane, conditional on its ETag, and the outcomes, which replace those of earlier retry generations. Returns the new ETag, or `undefined` when the lane has changed. */
  writeLane(
    key: BulkKey,
    lane: Lane,
    etag: string,
    outcomes: readonly ItemOutcome[],
  ): Promise<string | undefined>;
}

/** The items of a bulk order and their outcomes. */
export interface BulkItemStore {
  /** Reserves the key before the list is stored and returns the ETag of the reservation. Repeats of the same submission share it, until a purge removes it. `undefined` when the bulk order exists or is being purged. */
  reserve(key: BulkKey): Promise<string | undefined>;
  /** Unconditional: the id of the bulk order is derived from the list, so every writer writes the same rows. They are not read before the bulk order exists. */
  putList(key: BulkKey, list: { blocks: readonly Block[]; rejected: readonly RejectedItem[] }): Promise<void>;
  /** The items of the block whose first item has this number. */
  block(key: BulkKey, first: number): Promise<BulkItem[]>;
  /** The outcomes of the items in a range of numbers, both ends included, in order of number. */
  outcomes(
    key: BulkKey,
    range: { from: number; to: number; state?: ItemOutcome['state'] | undefined },
  ): Promise<ItemOutcome[]>;
  /** The numbers of the failed items in a range; the rest of their outcomes is not read. */
  failed(key: BulkKey, range: { from: number; to: number }): Promise<number[]>;
  rejected(key: BulkKey): Promise<RejectedItem[]>;
}

/** An item from the queue, before it has a number. */
export interface AppendedItem {
  item: Omit<BulkItem, 'index'>;
  /** The lane that the item is appended to, derived from its reference. If the lane is full, the next one is used. */
  lane: number;
  /** The hash of the reference, and the hash of the whole item. */
  referenceHash: string;
  contentHash: string;
}

export type AppendResult =
  | { kind: 'appended' | 'repeated'; n: number }
  /** The bulk order has a different item with this reference. */
  | { kind: 'different' }
  | { kind: 'full' }
  /** Too many concurrent appends to this lane, or the bulk order is being purged: try again later. */
  | { kind: 'busy' };

/** Bulk orders whose items come from the queue. */
export interface BulkAppendStore {
  /** One transaction: the item at the tail of its lane, or of the next lane with room, conditional on the ETag of the tail, and the row of its reference, insert-only. */
  append(order: BulkOrder, appended: AppendedItem): Promise<AppendResult>;
}

export interface BulkStore extends BulkLaneStore, BulkItemStore, BulkAppendStore {
  /**
   * Deletes every row of the bulk order, on condition that it has not changed since `found` was read (or, without
   * `found`, that it still does not exist). False when it has changed, has another item, or is being purged by another
   * sweeper: try again later.
   */
  purge(key: BulkKey, found: FoundBulkOrder | undefined): Promise<boolean>;
}

/** The bulk orders of a partner tenant, newest first. */
export interface BulkList {
  /** Unconditional, after the bulk order is written. The row key contains the creation time of the bulk order, so repeats write the same row. If the write fails, the sweeper repeats it. */
  put(entry: BulkKey & { createdMs: number }): Promise<void>;
  page(
    tenant: string,
    options: { after?: string | undefined; most: number },
  ): Promise<{ keys: BulkKey[]; next?: string | undefined }>;
}

/** The message that requests a check of a bulk order: of one lane, or of all lanes when `lane` is absent. */
export interface BulkMessage extends BulkKey {
  lane?: number | undefined;
  traceparent?: string | undefined;
}

/** Whether a message is for one lane. */
export const isLaneMessage = (message: BulkMessage): message is BulkMessage & { lane: number } =>
  message.lane !== undefined;

export interface BulkQueue {
  /** Schedules the message of a queued item again, unchanged, for `atMs` (epoch milliseconds). */
  sendItem(body: unknown, options: { id: string; atMs: number }): Promise<void>;
  /** Sends the messages in one batch, each now or at `atMs` (epoch milliseconds). The broker drops a message whose `id` it has seen within its duplicate detection window. */
  send(messages: readonly { message: BulkMessage; id: string; atMs?: number | undefined }[]): Promise<void>;
}
