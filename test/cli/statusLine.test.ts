/** What is seen of a command while it runs. */
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

it('is one line that is written over on a terminal, and gone at the end', () => {
  const status = statusLine(stream(true) as never);

  vi.advanceTimersByTime(100);
  status.show('3 of 9 replayed');
  status.show('4 of 9 replayed');
  status.say('x was not replayed.');
  status.end();

  expect(written).toBe('\r\x1b[K3 of 9 replayed\r\x1b[Kx was not replayed.\n\r\x1b[K');
});

it('is never broken by the terminal', () => {
  const status = statusLine(stream(true, 10) as never);

  vi.advanceTimersByTime(100);
  status.show('3 of 9 replayed');

  expect(written).toBe('\r\x1b[K3 of 9 re');
});

it('is a line now and then elsewhere', () => {
  const status = statusLine(stream(false, 10) as never);

  for (let replayed = 1; replayed <= 9; replayed++) {
    vi.advanceTimersByTime(2_000);
    status.show(`${replayed} of 9 replayed`);
  }
  status.end();

  expect(written).toBe('3 of 9 replayed\n6 of 9 replayed\n9 of 9 replayed\n');
});
