/** The partition of a list: each item is in one lane and one block, blocks fit into a row, and the slots do not exceed the limit. */
import { describe, expect, it } from 'vitest';
import { MAX_ITEMS } from '../../shared/bulk/bulkOrder.ts';
import { itemAt, laneOf, lengthInList, positionOf } from '../../shared/bulk/lane.ts';
import {
  blockOf,
  blockSizeOf,
  blocksOf,
  lanesFor,
  MAX_ITEM_BYTES,
  MAX_LANES,
} from '../../shared/bulk/partition.ts';
import { itemOf } from './submitting.ts';

const COUNTS = [1, 2, 3, 4, 5, 99, 100, 101, 9_999, MAX_ITEMS];

describe('lanes', () => {
  it.each([1, 2, 3, 4, 5, 7, 8, 31, 32, 33, 256, 1_000])(
    'The lanes never run more than %d items concurrently',
    (inFlight) => {
      for (const count of COUNTS) {
        const { lanes, slots } = lanesFor(count, inFlight);
        expect(lanes * slots).toBeLessThanOrEqual(inFlight);
        expect(Math.min(lanes, slots)).toBeGreaterThan(0);
      }
    },
  );

  it('The lanes use the limit except for a remainder, and they fit into one transaction', () => {
    for (let inFlight = 1; inFlight <= 256; inFlight++) {
      const { lanes, slots } = lanesFor(MAX_ITEMS, inFlight);
      expect(lanes).toBeLessThanOrEqual(MAX_LANES);
      expect(inFlight - lanes * slots).toBeLessThan(slots);
    }
  });

  it.each(COUNTS)('The lanes contain each of %d items once', (accepted) => {
    const { lanes } = lanesFor(accepted, 32);
    const numbers = Array.from({ length: lanes }, (_, lane) =>
      Array.from({ length: lengthInList({ accepted, lanes }, lane) }, (_, at) => itemAt({ lanes }, lane, at)),
    );

    expect(numbers.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: accepted }, (_, n) => n));
    for (const [lane, items] of numbers.entries()) {
      for (const [position, n] of items.entries()) {
        expect({ lane: laneOf({ lanes }, n), position: positionOf({ lanes }, n) }).toEqual({
          lane,
          position,
        });
      }
    }
  });
});

describe('blocks', () => {
  it.each([1, 99, 100, 101, 250])(
    'The blocks contain each of %d items once, in the block that blockOf names',
    (count) => {
      const items = Array.from({ length: count }, (_, index) => itemOf(index));

      for (const { first, items: members } of blocksOf(items, 100)) {
        for (const { index } of members) expect(blockOf({ blockSize: 100 }, index)).toBe(first);
      }
      expect(blocksOf(items, 100).flatMap((block) => block.items)).toEqual(items);
    },
  );

  it.each([0, 1, 1_000, 6_000, 100_000, MAX_ITEM_BYTES])(
    'A block of items of %d bytes fits into a row',
    (bytes) => {
      const size = blockSizeOf([10, bytes]);

      expect(size).toBeGreaterThan(0);
      expect(size).toBeLessThanOrEqual(100);
      expect(size * bytes).toBeLessThanOrEqual(MAX_ITEM_BYTES);
    },
  );
});
