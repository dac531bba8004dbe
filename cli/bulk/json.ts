/** JSON as the service reads it, and the place where a text stops being JSON. Pure. */
import { readJson as readBody } from '../../shared/http/json.ts';

const MAX_SHOWN = 40;

/** The value of a text; or the line from which on it is not JSON, and what is wrong there. */
export function readJson(text: string): { json: unknown } | { line: number; problem: string } {
  const read = readBody(Buffer.from(text), Number.POSITIVE_INFINITY);
  return 'json' in read ? read : whereNotJson(text);
}

function whereNotJson(text: string): { line: number; problem: string } {
  try {
    JSON.parse(text);
    return { line: 1, problem: 'must not be nested more than 32 levels deep' };
  } catch (error) {
    const offset = offsetOf(error as Error, text);
    const before = text.slice(0, offset).split('\n');
    const [rest = ''] = text.slice(offset).trimEnd().split('\n', 1);
    const shown = rest.length > MAX_SHOWN ? `${rest.slice(0, MAX_SHOWN)}…` : rest;
    const column = (before.at(-1)?.length ?? 0) + 1;
    return {
      line: before.length,
      problem: shown
        ? `must be JSON, but is not from column ${column} on: ${shown}`
        : 'must be complete JSON: it ends too early',
    };
  }
}

/** How much of the text may begin JSON. V8 reports the position of every error except an unexpected token. */
function offsetOf(error: Error, text: string): number {
  const [, position = text.length] = / at position (\d+)/.exec(error.message) ?? [];
  if (!isToken(error)) return Number(position);
  let [good, bad] = [0, text.length];
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2);
    if (hasUnexpectedToken(text.slice(0, middle))) bad = middle;
    else good = middle;
  }
  return good;
}

const isToken = ({ message }: Error): boolean => message.startsWith('Unexpected token');

function hasUnexpectedToken(text: string): boolean {
  try {
    JSON.parse(text);
    return false;
  } catch (error) {
    return isToken(error as Error);
  }
}
