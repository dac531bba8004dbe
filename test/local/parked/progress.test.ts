/** What is seen of a replay while it runs. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { progressLine } from '../../../local/parked/progress.ts';

let written: string;
const stream = (isTTY: boolean) => ({
  isTTY,
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
  const progress = progressLine(9, stream(true) as never);

  vi.advanceTimersByTime(100);
  progress.show({ replayed: 3, failed: 1 });
  progress.show({ replayed: 4, failed: 1 });
  progress.say('x was not replayed.');
  progress.end();

  expect(written).toBe('\r\x1b[K3 of 9 replayed, 1 failed\r\x1b[Kx was not replayed.\n\r\x1b[K');
});

it('is a line now and then elsewhere', () => {
  const progress = progressLine(9, stream(false) as never);

  for (let replayed = 1; replayed <= 9; replayed++) {
    vi.advanceTimersByTime(2_000);
    progress.show({ replayed, failed: 0 });
  }
  progress.end();

  expect(written).toBe('3 of 9 replayed, 0 failed\n6 of 9 replayed, 0 failed\n9 of 9 replayed, 0 failed\n');
});
