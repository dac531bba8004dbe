/** When the sweep looks after an attempt that does not end. */
import { expect, it } from 'vitest';
import { nextLookMs } from '../../shared/checkout/looks.ts';
import { MINUTE, NOW } from '../samples.ts';

const next = (nowMs: number) => nextLookMs({ lookMs: NOW }, nowMs, 2 * MINUTE);

it.each([
  ['long before', -9 * MINUTE, 0],
  ['just before', -1, 0],
  ['at the first look', 0, 2 * MINUTE],
  ['just before the second', 2 * MINUTE - 1, 2 * MINUTE],
  ['at the second', 2 * MINUTE, 4 * MINUTE],
  ['late', 7 * MINUTE, 8 * MINUTE],
])('%s', (_, afterMs, nextMs) => {
  expect(next(NOW + afterMs)).toBe(NOW + nextMs);
});
