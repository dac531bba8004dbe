/** Ids made from names. */
import { expect, it } from 'vitest';
import { guidOf, hexOf } from '../shared/ids.ts';

const GUID_V8 = /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

it('makes the same GUID of the same name, in every process and version', () => {
  expect(guidOf('cart', 'a')).toBe(guidOf('cart', 'a'));
  expect(guidOf('cart', 'a')).toBe('597ed971-ac26-885f-87b2-25c91e26a459');
});

it('makes a well-formed GUID of version 8', () => {
  for (let n = 0; n < 100; n++) expect(guidOf('name', String(n))).toMatch(GUID_V8);
});

it('makes different GUIDs of different names', () => {
  const made = new Set(Array.from({ length: 1_000 }, (_, n) => guidOf('order', String(n))));

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
])('keeps the parts of a name apart: %j is not %j', (one, other) => {
  expect(guidOf(...one)).not.toBe(guidOf(...other));
  expect(hexOf(64, ...one)).not.toBe(hexOf(64, ...other));
});

it('gives as many hex digits as are asked for, the shorter the beginning of the longer', () => {
  expect(hexOf(12, 'order', 'x')).toMatch(/^[0-9a-f]{12}$/);
  expect(hexOf(32, 'order', 'x').startsWith(hexOf(12, 'order', 'x'))).toBe(true);
});
