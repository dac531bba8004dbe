/** Keys: what storage allows, what keeps partners apart, and that a sweep finds exactly what is due. */
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

/** What Table Storage refuses in a key. */
const FORBIDDEN = /[/\\#?\p{Cc}]/u;
const ORDER_IDS = [
  'f76c6b7f449d',
  'VulAvcXKPvZqsyAAaahiT7Ii0QEJuReH1',
  '3c6f2530-1e31-4b7e-9a56-0c3f2f1d7e11',
];

it.each<[string, RowKeys]>([
  ['a cart', cartKeys(KEY)],
  ['a hint', dueKeys({ ...KEY, atMs: NOW })],
  ...ORDER_IDS.map((id): [string, RowKeys] => [`order ${id}`, orderKeys(KEY.tenant, KEY.customer, id)]),
])('of %s have no character that storage forbids, and fit its 1 KiB', (_, { partitionKey, rowKey }) => {
  for (const key of [partitionKey, rowKey]) {
    expect(key).not.toMatch(FORBIDDEN);
    expect(key.length).toBeLessThan(512);
  }
});

describe('a partition of state', () => {
  it('begins with the partner tenant, and belongs to one customer', () => {
    expect(cartKeys(KEY).partitionKey).toBe(`${KEY.tenant}_${KEY.customer}`);
    expect(orderKeys(KEY.tenant, KEY.customer, 'x').partitionKey).toBe(cartKeys(KEY).partitionKey);
    expect(cartKeys({ ...KEY, tenant: KEY.customer, customer: KEY.tenant }).partitionKey).not.toBe(
      cartKeys(KEY).partitionKey,
    );
  });

  it('has its orders in one range of row keys, and its carts outside of it', () => {
    const { partitionKey, from, before } = orderRange(KEY.tenant, KEY.customer);
    const isInside = (rowKey: string) => rowKey >= from && rowKey < before;

    expect(partitionKey).toBe(cartKeys(KEY).partitionKey);
    expect(ORDER_IDS.every((id) => isInside(orderKeys(KEY.tenant, KEY.customer, id).rowKey))).toBe(true);
    expect(isInside(cartKeys(KEY).rowKey)).toBe(false);
  });
});

describe('the due index', () => {
  const hintAt = (atMs: number, cartId = KEY.cartId): DueEntry => ({ ...KEY, cartId, atMs });
  /** Whether a query for what is due finds this row: strings compare as storage compares them. */
  function isFound(hint: DueEntry, untilMs: number): boolean {
    const { partitionKey, rowKey } = dueKeys(hint);
    const found = Array.from({ length: DUE_SHARDS }, (_, shard) => dueRange(shard, untilMs)).filter(
      ({ partitionFrom, partitionTo, rowBefore }) =>
        partitionKey >= partitionFrom && partitionKey <= partitionTo && rowKey < rowBefore,
    );
    expect(found.length).toBeLessThanOrEqual(1);
    return found.length === 1;
  }

  it('reads a due entry back from its row key', () => {
    const hint = hintAt(NOW);

    expect(dueEntryOf(dueKeys(hint).rowKey)).toEqual(hint);
  });

  it('maps the same entry to the same row, and another time to another row', () => {
    expect(dueKeys(hintAt(NOW))).toEqual(dueKeys(hintAt(NOW)));
    expect(dueKeys(hintAt(NOW + 1)).rowKey).not.toBe(dueKeys(hintAt(NOW)).rowKey);
  });

  it.each([
    ['in the middle of an hour', NOW],
    ['at the first millisecond of an hour', Date.UTC(2026, 2, 15, 18)],
    ['at the last millisecond of an hour', Date.UTC(2026, 2, 15, 18) - 1],
    ['at the first millisecond of a year', Date.UTC(2027, 0, 1)],
    ['at the last millisecond of a year', Date.UTC(2027, 0, 1) - 1],
  ])('finds exactly what is due: %s', (_, untilMs) => {
    const offsets = [-365 * 24 * HOUR, -25 * HOUR, -HOUR, -HOUR + 1, -MINUTE, -2, -1, 0];
    for (const cartId of shardsOfCarts()) {
      for (const offset of offsets)
        expect(isFound(hintAt(untilMs + offset, cartId), untilMs), `${offset}`).toBe(true);
      for (const offset of offsets.slice(0, -1)) {
        expect(isFound(hintAt(untilMs - offset, cartId), untilMs), `${-offset}`).toBe(false);
      }
    }
  });

  it('finds what is due at any two times', () => {
    for (let n = 0; n < 5_000; n++) {
      const atMs = NOW + ((n * 7_919_377) % (3 * HOUR));
      const untilMs = NOW + ((n * 104_729_933) % (3 * HOUR));
      expect(isFound(hintAt(atMs), untilMs), `${atMs} until ${untilMs}`).toBe(atMs <= untilMs);
    }
  });

  it('spreads carts over all shards', () => {
    const shards = shardsOfCarts().map((cartId) => dueKeys(hintAt(NOW, cartId)).partitionKey.split('_')[0]);

    expect(new Set(shards).size).toBe(DUE_SHARDS);
  });

  function shardsOfCarts(): string[] {
    return [...'0123456789abcdef'].map((digit) => `${KEY.cartId.slice(0, -1)}${digit}`);
  }
});
