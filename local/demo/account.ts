/**
 * The account that the demonstration gives: what is asked and answered, as it happens, and the claims that
 * must hold. A claim that does not hold ends the demonstration.
 */
import { styleText } from 'node:util';

const WIDTH = 110;
const started = performance.now();

/** A new chapter. */
export function chapter(title: string): void {
  console.log(`\n${styleText('bold', title)}`);
}

/** One line, with the seconds since the beginning. */
export function say(text: string): void {
  const seconds = ((performance.now() - started) / 1000).toFixed(1).padStart(5);
  console.log(`${styleText('dim', `${seconds} s`)}  ${text}`);
}

/** A thing that must be true for the demonstration to go on. */
export function claim(holds: boolean, sentence: string): asserts holds {
  if (!holds) throw new Error(`It should be true, and is not: ${sentence}`);
  say(`${styleText('green', '✓')} ${sentence}`);
}

/** JSON on one line, cut where a screen would wrap it. */
export function brief(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > WIDTH ? `${text.slice(0, WIDTH)} …` : text;
}
