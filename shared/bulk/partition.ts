/**
 * How a list of items is cut: into blocks, which are stored whole, and into lanes, which are worked off side by
 * side. Both follow from the list and the settings alone, so a repeat of the submission cuts it the same way.
 */
import type { BulkItem, BulkOrder } from './bulkOrder.ts';

/** The items from number `first` on that are stored together. */
export interface Block {
  first: number;
  items: BulkItem[];
}

const MAX_BLOCK_ITEMS = 100;
/** Of JSON. An entity holds a mebibyte, and what does not deflate at all has to fit with room to spare. */
const MAX_BLOCK_BYTES = 512 * 1_024;
/** Items of a lane that run at a time, unless so many lanes are not enough: enough to wait for storage and gateway side by side, few enough to be seen off within a message's lock. */
const SLOTS = 4;
/** One transaction of storage, 100 entities at the most, makes a bulk order, its lanes and the tail of each. */
export const MAX_LANES = 49;

/** The most bytes of JSON that an item may have. */
export const MAX_ITEM_BYTES = MAX_BLOCK_BYTES;

/** How many bytes a value is as JSON in UTF-8, of which a character may be three. */
export const jsonBytes = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

/** How many items stand in a block, given the JSON bytes of each item. */
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

/** Number of the first item of the block in which an item stands. */
export const blockOf = ({ blockSize }: Pick<BulkOrder, 'blockSize'>, n: number): number =>
  n - (n % blockSize);

/** Lanes and slots for so many items, of which `inFlight` may run at a time: lanes times slots, which is that number or a little less. */
export function lanesFor(items: number, inFlight: number): { lanes: number; slots: number } {
  const slots = Math.min(Math.max(SLOTS, Math.ceil(inFlight / MAX_LANES)), inFlight);
  const lanes = Math.max(1, Math.min(Math.floor(inFlight / slots), Math.ceil(items / slots), MAX_LANES));
  return { lanes, slots };
}
