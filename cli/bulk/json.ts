/** JSON as people write it, and where it is none any more. Pure. */

const MOST_SHOWN = 40;

/** The value of a text; or the line from which on it is none, and what is wrong with that. */
export function readJson(text: string): { json: unknown } | { line: number; problem: string } {
  try {
    return { json: JSON.parse(text) };
  } catch (error) {
    const offset = offsetOf(error as Error, text);
    const before = text.slice(0, offset).split('\n');
    const [rest = ''] = text.slice(offset).trimEnd().split('\n', 1);
    const shown = rest.length > MOST_SHOWN ? `${rest.slice(0, MOST_SHOWN)}…` : rest;
    const column = (before.at(-1)?.length ?? 0) + 1;
    return {
      line: before.length,
      problem: shown ? `is not JSON from column ${column} on: ${shown}` : 'breaks off in the middle of JSON',
    };
  }
}

/** How much of the text may begin JSON. V8 tells that of every error but a token that it does not expect. */
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
