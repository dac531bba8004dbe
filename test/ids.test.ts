/** Ids that are derived from names. */
import { expect, it } from 'vitest';
import { digestHex, uuidV8 } from '../shared/ids.ts';

const GUID_V8 = /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

it('A name has the same GUID in every process and version', () => {
  expect(uuidV8('cart', 'a')).toBe(uuidV8('cart', 'a'));
  expect(uuidV8('cart', 'a')).toBe('597ed971-ac26-885f-87b2-25c91e26a459');
});

it('A name-based GUID is a well-formed GUID of version 8', () => {
  for (let n = 0; n < 100; n++) expect(uuidV8('name', String(n))).toMatch(GUID_V8);
});

it('Different names have different GUIDs', () => {
  const made = new Set(Array.from({ length: 1_000 }, (_, n) => uuidV8('order', String(n))));

  expect(made.size).toBe(1_000);
});

it.each([
  [
    ['ab', 'c'],
    ['a', 'bc'],
  ],
  [['a', 'b'], ['a\0b']],
  [['a', ''], ['a']],
  [
    ['a', '', 'b'],
    ['a', 'b', ''],
  ],
  [['1:a'], ['', 'a']],
  [[], ['']],
])('The parts of a name are kept apart: %j is not %j', (one, other) => {
  expect(uuidV8(...one)).not.toBe(uuidV8(...other));
  expect(digestHex(64, ...one)).not.toBe(digestHex(64, ...other));
});

it('A digest has the requested number of hex digits, and a shorter digest is the beginning of a longer one', () => {
  expect(digestHex(12, 'order', 'x')).toMatch(/^[0-9a-f]{12}$/);
  expect(digestHex(32, 'order', 'x').startsWith(digestHex(12, 'order', 'x'))).toBe(true);
});
