/** Keys: valid for Table Storage, separate for each partner, and such that a sweep finds exactly the due entries. */
import { describe, expect, it } from 'vitest';
import type { DueEntry } from '../../shared/ports.ts';
import {
  cartKeys,
  DUE_SHARDS,
  dueEntryOf,
  dueKeys,
  dueRange,
  orderKeys,
  orderRange,
  type RowKeys,
} from '../../shared/storage/keys.ts';
import { HOUR, KEY, MINUTE, NOW } from '../support/samples.ts';

/** The characters that Table Storage rejects in a key. */
const FORBIDDEN = /[/\\#?\p{Cc}]/u;
const ORDER_IDS = [
  'f76c6b7f449d',
  'VulAvcXKPvZqsyAAaahiT7Ii0QEJuReH1',
  '3c6f2530-1e31-4b7e-9a56-0c3f2f1d7e11',
];

it.each<[string, RowKeys]>([
  ['a cart', cartKeys(KEY)],
  ['a due entry', dueKeys({ ...KEY, atMs: NOW })],
  ...ORDER_IDS.map((id): [string, RowKeys] => [`order ${id}`, orderKeys(KEY.tenant, KEY.customer, id)]),
])('The keys of %s have no forbidden character and fit the limit of 1 KiB', (_, { partitionKey, rowKey }) => {
  for (const key of [partitionKey, rowKey]) {
    expect(key).not.toMatch(FORBIDDEN);
    expect(key.length).toBeLessThan(512);
  }
});

describe('a partition of carts', () => {
  it('A partition key begins with the partner tenant and belongs to one customer', () => {
    expect(cartKeys(KEY).partitionKey).toBe(`${KEY.tenant}_${KEY.customer}`);
    expect(orderKeys(KEY.tenant, KEY.customer, 'x').partitionKey).toBe(cartKeys(KEY).partitionKey);
    expect(cartKeys({ ...KEY, tenant: KEY.customer, customer: KEY.tenant }).partitionKey).not.toBe(
      cartKeys(KEY).partitionKey,
    );
  });

  it('A partition has its orders in one range of row keys and its carts outside of it', () => {
    const { partitionKey, from, before } = orderRange(KEY.tenant, KEY.customer);
    const isInside = (rowKey: string) => rowKey >= from && rowKey < before;

    expect(partitionKey).toBe(cartKeys(KEY).partitionKey);
    expect(ORDER_IDS.every((id) => isInside(orderKeys(KEY.tenant, KEY.customer, id).rowKey))).toBe(true);
    expect(isInside(cartKeys(KEY).rowKey)).toBe(false);
  });
});

describe('the due index', () => {
  const entryAt = (atMs: number, cartId = KEY.cartId): DueEntry => ({ ...KEY, cartId, atMs });
  /** Whether a query for the due entries finds this one: strings compare as storage compares them. */
  function isFound(entry: DueEntry, untilMs: number): boolean {
    const { partitionKey, rowKey } = dueKeys(entry);
    const found = Array.from({ length: DUE_SHARDS }, (_, shard) => dueRange(shard, untilMs)).filter(
      ({ partitionFrom, partitionTo, rowBefore }) =>
        partitionKey >= partitionFrom && partitionKey <= partitionTo && rowKey < rowBefore,
    );
    expect(found.length).toBeLessThanOrEqual(1);
    return found.length === 1;
  }

  it('A due entry is read back from its row key', () => {
    const entry = entryAt(NOW);

    expect(dueEntryOf(dueKeys(entry).rowKey)).toEqual(entry);
  });

  it('A due entry has one row, and another one at another time', () => {
    expect(dueKeys(entryAt(NOW))).toEqual(dueKeys(entryAt(NOW)));
    expect(dueKeys(entryAt(NOW + 1)).rowKey).not.toBe(dueKeys(entryAt(NOW)).rowKey);
  });

  it.each([
    ['in the middle of an hour', NOW],
    ['at the first millisecond of an hour', Date.UTC(2026, 2, 15, 18)],
    ['at the last millisecond of an hour', Date.UTC(2026, 2, 15, 18) - 1],
    ['at the first millisecond of a year', Date.UTC(2027, 0, 1)],
    ['at the last millisecond of a year', Date.UTC(2027, 0, 1) - 1],
  ])('The range of the due index contains exactly the due entries %s', (_, untilMs) => {
    const offsets = [-365 * 24 * HOUR, -25 * HOUR, -HOUR, -HOUR + 1, -MINUTE, -2, -1, 0];
    for (const cartId of shardsOfCarts()) {
      for (const offset of offsets)
        expect(isFound(entryAt(untilMs + offset, cartId), untilMs), `${offset}`).toBe(true);
      for (const offset of offsets.slice(0, -1)) {
        expect(isFound(entryAt(untilMs - offset, cartId), untilMs), `${-offset}`).toBe(false);
      }
    }
  });

  it('The range of the due index contains exactly the due entries at random times', () => {
    for (let n = 0; n < 5_000; n++) {
      const atMs = NOW + ((n * 7_919_377) % (3 * HOUR));
      const untilMs = NOW + ((n * 104_729_933) % (3 * HOUR));
      expect(isFound(entryAt(atMs), untilMs), `${atMs} until ${untilMs}`).toBe(atMs <= untilMs);
    }
  });

  it('Due entries of carts are distributed over all shards', () => {
    const shards = shardsOfCarts().map((cartId) => dueKeys(entryAt(NOW, cartId)).partitionKey.split('_')[0]);

    expect(new Set(shards).size).toBe(DUE_SHARDS);
  });

  function shardsOfCarts(): string[] {
    return [...'0123456789abcdef'].map((digit) => `${KEY.cartId.slice(0, -1)}${digit}`);
  }
});
