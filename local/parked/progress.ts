/** How far a replay has come: one line that is written over on a terminal, and a line now and then elsewhere. */
import type { WriteStream } from 'node:tty';
import type { ReplayReport } from './replay.ts';

const EVERY_MS = { terminal: 100, elsewhere: 5_000 };

/** The progress of so many messages, on standard error, so that standard output has the summary alone. */
export function progressLine(total: number, stream: Pick<WriteStream, 'isTTY' | 'write'>) {
  const [before, after] = stream.isTTY ? ['\r\x1b[K', ''] : ['', '\n'];
  let shownMs = Date.now();
  return {
    show({ replayed, failed }: ReplayReport): void {
      if (Date.now() - shownMs < (stream.isTTY ? EVERY_MS.terminal : EVERY_MS.elsewhere)) return;
      shownMs = Date.now();
      stream.write(`${before}${replayed} of ${total} replayed, ${failed} failed${after}`);
    },
    say(line: string): void {
      stream.write(`${before}${line}\n`);
    },
    end(): void {
      stream.write(before);
    },
  };
}
