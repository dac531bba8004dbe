/** How often and after which pause a process is started again. */
import { expect, test } from 'vitest';
import { failuresAfter, pauseMs } from '../../../local/stack/restarts.ts';

test('an end within two seconds of being ready is one failure more', () => {
  expect(failuresAfter(0, 0)).toBe(1);
  expect(failuresAfter(3, 1_999)).toBe(4);
});

test('an end after two seconds of work begins the count anew', () => {
  expect(failuresAfter(4, 2_000)).toBe(0);
});

test('pauses grow and stop growing at five seconds', () => {
  expect([0, 1, 2, 3, 4].map(pauseMs)).toEqual([100, 400, 1_600, 5_000, 5_000]);
});
