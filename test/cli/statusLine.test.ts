/** The status of a command while it runs. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { statusLine } from '../../cli/statusLine.ts';

let written: string;
const stream = (isTTY: boolean, columns?: number) => ({
  isTTY,
  columns,
  write(text: string) {
    written += text;
    return true;
  },
});
beforeEach(() => {
  written = '';
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it('The status is one line that is overwritten on a terminal and removed at the end', () => {
  const status = statusLine(stream(true) as never);

  vi.advanceTimersByTime(100);
  status.show('3 of 9 replayed');
  status.show('4 of 9 replayed');
  status.say('x was not replayed.');
  status.end();

  expect(written).toBe('\r\x1b[K3 of 9 replayed\r\x1b[Kx was not replayed.\n\r\x1b[K');
});

it('The status is cut to the width of the terminal, which must not wrap it', () => {
  const status = statusLine(stream(true, 10) as never);

  vi.advanceTimersByTime(100);
  status.show('3 of 9 replayed');

  expect(written).toBe('\r\x1b[K3 of 9 re');
});

it('The status is a line every few seconds if there is no terminal', () => {
  const status = statusLine(stream(false, 10) as never);

  for (let replayed = 1; replayed <= 9; replayed++) {
    vi.advanceTimersByTime(2_000);
    status.show(`${replayed} of 9 replayed`);
  }
  status.end();

  expect(written).toBe('3 of 9 replayed\n6 of 9 replayed\n9 of 9 replayed\n');
});
