/** Progress on standard error: one line that is overwritten on a terminal, and a line every few seconds elsewhere. */
import type { WriteStream } from 'node:tty';
import { printable } from './terminal.ts';

const EVERY_MS = { terminal: 100, elsewhere: 5_000 };

/** A status line on standard error, so that standard output has only the outcome. */
export function statusLine(
  stream: Pick<WriteStream, 'isTTY' | 'write'> &
    Partial<Pick<WriteStream, 'on'>> & { columns?: number | undefined },
) {
  const [before, after] = stream.isTTY ? ['\r\x1b[K', ''] : ['', '\n'];
  let shownMs = Date.now();
  // What cannot be shown, on a full disk or a closed pipe, must not end the command.
  stream.on?.('error', () => undefined);
  return {
    /** Shows the text in place of the text before; when that was shown a moment ago, it is left out. */
    show(text: string): void {
      if (Date.now() - shownMs < (stream.isTTY ? EVERY_MS.terminal : EVERY_MS.elsewhere)) return;
      shownMs = Date.now();
      // A line that the terminal wraps cannot be overwritten.
      const shown = printable(text);
      const fitting = stream.isTTY && stream.columns ? shown.slice(0, stream.columns - 1) : shown;
      stream.write(`${before}${fitting}${after}`);
    },
    /** A line that stays. */
    say(line: string): void {
      stream.write(`${before}${printable(line)}\n`);
    },
    end(): void {
      stream.write(before);
    },
  };
}

export type StatusLine = ReturnType<typeof statusLine>;
