/** After which pause a process is started again. */
import { expect, test } from 'vitest';
import { backoffMs, failuresAfter } from '../../../local/stack/restarts.ts';

test('A run of less than ten seconds counts as another failure', () => {
  expect(failuresAfter(0, 0)).toBe(1);
  expect(failuresAfter(7, 9_999)).toBe(8);
});

test('A run of ten seconds resets the failures', () => {
  expect(failuresAfter(7, 10_000)).toBe(0);
});

test('The pause doubles with each consecutive failure, up to ten seconds', () => {
  expect([0, 1, 2, 3, 4, 5, 6, 7, 1_000].map(backoffMs)).toEqual([
    100, 200, 400, 800, 1_600, 3_200, 6_400, 10_000, 10_000,
  ]);
});
