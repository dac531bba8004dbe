/** How far a command has come: one line that is written over on a terminal, and a line now and then elsewhere. */
import type { WriteStream } from 'node:tty';

const EVERY_MS = { terminal: 100, elsewhere: 5_000 };

/** A line of status, on standard error, so that standard output has the outcome alone. */
export function statusLine(stream: Pick<WriteStream, 'isTTY' | 'write'> & { columns?: number | undefined }) {
  const [before, after] = stream.isTTY ? ['\r\x1b[K', ''] : ['', '\n'];
  let shownMs = Date.now();
  return {
    /** Shows the text in place of what was shown; too soon after that it is left out. */
    show(text: string): void {
      if (Date.now() - shownMs < (stream.isTTY ? EVERY_MS.terminal : EVERY_MS.elsewhere)) return;
      shownMs = Date.now();
      // A line that the terminal breaks could not be written over.
      const fitting = stream.isTTY && stream.columns ? text.slice(0, stream.columns - 1) : text;
      stream.write(`${before}${fitting}${after}`);
    },
    /** A line that stays. */
    say(line: string): void {
      stream.write(`${before}${line}\n`);
    },
    end(): void {
      stream.write(before);
    },
  };
}

export type StatusLine = ReturnType<typeof statusLine>;
