/**
 * Where a command writes: results to standard output, everything else to standard error. A write that fails is
 * remembered, so that a command whose output was lost does not end with exit code 0. Colors appear on a terminal
 * only, and never when NO_COLOR is set (https://no-color.org).
 */
import { stripVTControlCharacters, styleText } from 'node:util';

interface Stream {
  on(event: 'error', listener: (error: Error) => void): unknown;
  write(text: string, written: (error?: Error | null) => void): boolean;
}

export type Output = ReturnType<typeof outputTo>;

/** Standard output, or a stream in its place. */
export function outputTo(stream: Stream) {
  let failed: Error | undefined;
  let last: Promise<void> = Promise.resolve();
  const note = (error?: Error | null) => {
    failed ??= error ?? undefined;
  };
  stream.on('error', note);
  return {
    /** Writes text with a line break after it. */
    line(text: string): void {
      last = new Promise((resolve) => {
        stream.write(`${text}\n`, (error) => {
          note(error);
          resolve();
        });
      });
    },
    /** The first error of all writes, when all have ended; undefined when none failed. */
    async failure(): Promise<NodeJS.ErrnoException | undefined> {
      await last;
      return failed;
    },
  };
}

/** Whether a stream shows colors: a terminal, unless the environment declines them. */
export const showsColors = (
  { isTTY }: { isTTY?: boolean | undefined },
  { NO_COLOR, TERM }: NodeJS.ProcessEnv = process.env,
): boolean => isTTY === true && !NO_COLOR && TERM !== 'dumb';

export type Paint = (color: 'bold' | 'green' | 'red' | 'yellow', text: string) => string;

/** Colors text, or leaves it as it is. */
export const painter =
  (isColored: boolean): Paint =>
  (color, text) =>
    isColored ? styleText(color, text, { validateStream: false }) : text;

/**
 * Text from a service, a broker or a file as a terminal may show it: without escape sequences, and with other control
 * characters as `\u001b`. Line breaks and tabs stay.
 */
export const printable = (text: string): string =>
  stripVTControlCharacters(text).replace(
    /[^\P{Cc}\n\t]/gu,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
