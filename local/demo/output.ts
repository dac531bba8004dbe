/** The output of the demo: sections, timestamped lines, and checks. A check that fails ends the demo. */
import { styleText } from 'node:util';

const WIDTH = 110;
const started = performance.now();

/** Prints a section heading. */
export function section(title: string): void {
  console.log(`\n${styleText('bold', title)}`);
}

/** Prints a line with the seconds since the start. */
export function print(text: string): void {
  const seconds = ((performance.now() - started) / 1000).toFixed(1).padStart(5);
  console.log(`${styleText('dim', `${seconds} s`)}  ${text}`);
}

/** Prints a check that passed. Throws when it failed. */
export function check(passed: boolean, description: string): asserts passed {
  if (!passed) throw new Error(`Check failed: ${description}`);
  print(`${styleText('green', '✓')} ${description}`);
}

/** JSON on one line, truncated to the width of a screen. */
export function abbreviate(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > WIDTH ? `${text.slice(0, WIDTH)} …` : text;
}
