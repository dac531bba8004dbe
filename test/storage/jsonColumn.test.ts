/** JSON values of any size in table properties. */
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { fromJsonColumn, hasJsonColumn, toJsonColumn } from '../../shared/storage/jsonColumn.ts';

/** A property holds at most 64 KiB, a string at most 32,768 characters. */
const PROPERTY_BYTES = 65_536;
const noise = (chars: number) => randomBytes(chars).toString('base64').slice(0, chars);
const sizes = (properties: Record<string, unknown>) =>
  Object.values(properties).map((value) =>
    value instanceof Uint8Array ? value.length : String(value).length * 2,
  );

describe('a JSON value', () => {
  it.each([
    ['an empty object', {}],
    ['an empty list', []],
    ['text with special characters', { text: 'é 漢字 🛒 " \\ \n \u0000 ☃' }],
    ['large and repetitive', Array.from({ length: 2_000 }, (_, n) => ({ n, name: 'the same' }))],
    ['large and random', noise(500_000)],
    ['large and not ASCII', '漢🛒'.repeat(50_000)],
  ])('A JSON value is read as it was written: %s', (_, value) => {
    const row = toJsonColumn('value', value);

    expect(fromJsonColumn('value', row)).toEqual(value);
    expect(hasJsonColumn('value', row)).toBe(true);
    expect(Math.max(...sizes(row))).toBeLessThanOrEqual(PROPERTY_BYTES);
  });

  it('A JSON value is stored as text below 4 KiB and deflated from there on', () => {
    expect(toJsonColumn('v', 'x'.repeat(4_093))).toEqual({ v: `"${'x'.repeat(4_093)}"` });
    expect(Object.keys(toJsonColumn('v', 'x'.repeat(4_094)))).toEqual(['vZ0']);
  });

  it('A deflated JSON value has the fewest chunks, none of them empty', () => {
    const row = toJsonColumn('v', noise(300_000));

    expect(Object.keys(row)).toEqual(Object.keys(row).map((_, n) => `vZ${n}`));
    expect(
      sizes(row)
        .slice(0, -1)
        .every((bytes) => bytes === 64_000),
    ).toBe(true);
    expect(sizes(row).at(-1)).toBeGreaterThan(0);
  });

  it('A JSON column does not affect other columns of the row', () => {
    const row = { ...toJsonColumn('one', 1), ...toJsonColumn('two', noise(100_000)), other: 'x' };

    expect(fromJsonColumn('one', row)).toBe(1);
    expect(hasJsonColumn('three', row)).toBe(false);
  });
});

describe('an incomplete JSON column', () => {
  const row = toJsonColumn('v', noise(300_000));
  const without = (name: string) => Object.fromEntries(Object.entries(row).filter(([key]) => key !== name));

  it.each(['vZ0', 'vZ1', Object.keys(row).at(-1) ?? ''])(
    'A row is rejected when the chunk %s of its JSON column is missing',
    (name) => {
      expect(() => fromJsonColumn('v', without(name))).toThrow();
    },
  );

  it('A row without the JSON column is distinguished from one with an incomplete column', () => {
    expect(() => fromJsonColumn('v', {})).toThrow('The row has no v.');
    expect(hasJsonColumn('v', {})).toBe(false);
  });
});
