/**
 * Partitions a list of items: into blocks, each stored as one row, and into lanes, which are processed concurrently.
 * Both depend only on the list and the settings, so a repeat of the submission gives the same partition.
 */
import type { BulkItem, BulkOrder } from './bulkOrder.ts';

/** Consecutive items that are stored in one row; `first` is the number of the first item. */
export interface Block {
  first: number;
  items: BulkItem[];
}

const MAX_BLOCK_ITEMS = 100;
/** Bytes of JSON. A row holds 1 MiB, and JSON that deflate cannot compress must fit with room to spare. */
const MAX_BLOCK_BYTES = 512 * 1_024;
/** Items of a lane that run concurrently, unless `MAX_LANES` lanes are not enough: enough to overlap waits for storage and gateway, few enough to end within the lock of a message. */
const SLOTS = 4;
/** One entity group transaction, of at most 100 rows, writes a bulk order, its lanes and the tail of each lane. */
export const MAX_LANES = 49;

/** The maximum size of an item, in bytes of JSON. */
export const MAX_ITEM_BYTES = MAX_BLOCK_BYTES;

/** The size of a value as JSON, in bytes of UTF-8. */
export const jsonBytes = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

/** How many items a block holds, given the size of each item in bytes of JSON. */
export function blockSizeOf(itemBytes: readonly number[]): number {
  const largest = Math.max(1, ...itemBytes);
  return Math.max(1, Math.min(MAX_BLOCK_ITEMS, Math.floor(MAX_BLOCK_BYTES / largest)));
}

/** The blocks of a list. */
export function blocksOf(items: readonly BulkItem[], blockSize: number): Block[] {
  return Array.from({ length: Math.ceil(items.length / blockSize) }, (_, i) => ({
    first: i * blockSize,
    items: items.slice(i * blockSize, (i + 1) * blockSize),
  }));
}

/** The number of the first item in the block that contains item `n`. */
export const blockOf = ({ blockSize }: Pick<BulkOrder, 'blockSize'>, n: number): number =>
  n - (n % blockSize);

/** The number of lanes, and of slots per lane, for `items` items of which at most `inFlight` run concurrently: lanes times slots is `inFlight` or slightly less. */
export function lanesFor(items: number, inFlight: number): { lanes: number; slots: number } {
  const slots = Math.min(Math.max(SLOTS, Math.ceil(inFlight / MAX_LANES)), inFlight);
  const lanes = Math.max(1, Math.min(Math.floor(inFlight / slots), Math.ceil(items / slots), MAX_LANES));
  return { lanes, slots };
}
