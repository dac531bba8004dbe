/** The effects of bulk ordering on the world, as interfaces. What a write takes for granted stands at each. */
import type { BulkItem, BulkKey, BulkOrder, ItemOutcome, RejectedItem } from './bulkOrder.ts';
import type { Lane, SizedLane } from './lane.ts';
import type { Block } from './partition.ts';

/** A bulk order as read or written, and its version. */
export interface StoredBulkOrder {
  order: BulkOrder;
  etag: string;
}

/** A lane likewise, and how many items it has. */
export interface StoredLane extends SizedLane {
  etag: string;
}

/** A bulk order with all that its lanes say of it. */
export interface FoundBulkOrder extends StoredBulkOrder {
  lanes: readonly SizedLane[];
}

/** Bulk orders and their lanes. */
export interface BulkLaneStore {
  /** One transaction, insert-only: the bulk order and its lanes, in place of its reservation if there is one. `undefined` when it is there already, or the reservation has gone. */
  insert(
    order: BulkOrder,
    lanes: readonly Lane[],
    reservation?: string | undefined,
  ): Promise<StoredBulkOrder | undefined>;
  read(key: BulkKey): Promise<StoredBulkOrder | undefined>;
  /** With the ETag that was read: `undefined` when it has changed since, or is gone. */
  replace(order: BulkOrder, etag: string): Promise<StoredBulkOrder | undefined>;
  readLane(order: BulkOrder, number: number): Promise<StoredLane | undefined>;
  lanes(order: BulkOrder): Promise<SizedLane[]>;
  /** How many items a lane has; of a list this follows from the bulk order, and nothing is read. */
  laneLength(order: BulkOrder, number: number): Promise<number>;
  /** One transaction: the lane with its ETag, and the outcomes, each in place of that of an earlier round. The new ETag, or `undefined` when the lane has changed since. */
  writeLane(
    key: BulkKey,
    lane: Lane,
    etag: string,
    outcomes: readonly ItemOutcome[],
  ): Promise<string | undefined>;
}

/** What a bulk order is about, and how its items ended. */
export interface BulkItemStore {
  /** Keeps the key for a list that is to be stored; whoever stores the same list shares the reservation, until a purge ends it. `undefined` when the bulk order is there, or is being purged. */
  reserve(key: BulkKey): Promise<string | undefined>;
  /** Unconditional: the id is made of the list, so whatever writes them writes the same. Nobody reads them before the bulk order is there. */
  putList(key: BulkKey, list: { blocks: readonly Block[]; rejected: readonly RejectedItem[] }): Promise<void>;
  /** The items of the block that begins with this number. */
  block(key: BulkKey, first: number): Promise<BulkItem[]>;
  /** Outcomes of the items from one number to another, both included, by number. */
  outcomes(
    key: BulkKey,
    range: { from: number; to: number; state?: ItemOutcome['state'] | undefined },
  ): Promise<ItemOutcome[]>;
  /** Numbers of those that failed; nothing else of their outcomes is read. */
  failed(key: BulkKey, range: { from: number; to: number }): Promise<number[]>;
  rejected(key: BulkKey): Promise<RejectedItem[]>;
}

/** An item that has come by itself, before it has a number. */
export interface AppendedItem {
  item: Omit<BulkItem, 'index'>;
  /** The lane that it goes to, by its reference, unless that is full. */
  lane: number;
  /** Stand for its reference, and for all that it says. */
  referenceHash: string;
  contentHash: string;
}

export type AppendResult =
  | { kind: 'appended' | 'repeated'; n: number }
  /** An item of this reference is there, and says something else. */
  | { kind: 'different' }
  | { kind: 'full' }
  /** Others append to this lane all the time, or the bulk order is being purged: try later. */
  | { kind: 'busy' };

/** Bulk orders whose items come one by one. */
export interface BulkAppendStore {
  /** One transaction: the item at the end of its lane or of the next that is not full, with the ETag of that end, and its reference, insert-only. */
  append(order: BulkOrder, arrived: AppendedItem): Promise<AppendResult>;
}

export interface BulkStore extends BulkLaneStore, BulkItemStore, BulkAppendStore {
  /**
   * Everything of it, if it is still as it was found, or not there if it was not. False when it has changed since,
   * got another item, or is being purged by somebody else: look again later.
   */
  purge(key: BulkKey, found: FoundBulkOrder | undefined): Promise<boolean>;
}

/** The bulk orders of a partner tenant, newest first. */
export interface BulkList {
  /** Unconditional, and after the bulk order, at its own time: so it has one entry, whoever puts it there. If nobody could, the sweep does. */
  put(entry: BulkKey & { createdMs: number }): Promise<void>;
  page(
    tenant: string,
    options: { after?: string | undefined; most: number },
  ): Promise<{ keys: BulkKey[]; next?: string | undefined }>;
}

/** *Look at this bulk order*, at all of its lanes or at one. */
export interface BulkMessage extends BulkKey {
  lane?: number | undefined;
  traceparent?: string | undefined;
}

/** Whether it is about one lane. */
export const isLaneMessage = (message: BulkMessage): message is BulkMessage & { lane: number } =>
  message.lane !== undefined;

export interface BulkQueue {
  /** Sends the message of an arrived item once more, as it was, for a time. */
  sendItem(body: unknown, options: { id: string; atMs: number }): Promise<void>;
  /** Sends them in one batch, each now or at its time. The id is the message's own: a duplicate within minutes is dropped. */
  send(messages: readonly { message: BulkMessage; id: string; atMs?: number | undefined }[]): Promise<void>;
}
