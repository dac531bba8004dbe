/**
 * Request bodies as JSON, read the way Partner Center's documents and clients need it: a byte-order mark is
 * skipped, and the samples of the documents (a doubled brace, trailing commas) are mended once. Depth is
 * bounded before parsing, so that nothing after it can run out of stack.
 */
import { type ApiError, apiError } from '../errors.ts';

/** Largest body in bytes. */
export const MAX_BODY_BYTES = 1024 * 1024;
const MAX_DEPTH = 32;

/** The JSON value of a body; an error when it is too large, not UTF-8, nested too deeply or not JSON. */
export function readJson(
  bytes: Uint8Array,
  maxBytes = MAX_BODY_BYTES,
): { json: unknown } | { error: ApiError } {
  const read = readText(bytes, maxBytes);
  if ('error' in read) return read;
  const { text } = read;
  if (text.trim() === '') return invalid('The request needs a body.');
  if (depth(text) > MAX_DEPTH) return invalid(`The body is nested more than ${MAX_DEPTH} levels deep.`);
  const parsed = tryParse(text) ?? tryParse(mend(text));
  return parsed ?? invalid('The body is not valid JSON.');
}

/** The text of a body; an error when it is too large or not UTF-8. */
export function readText(bytes: Uint8Array, maxBytes: number): { text: string } | { error: ApiError } {
  if (bytes.length > maxBytes) return invalid(`The body is larger than ${maxBytes} bytes.`);
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    return invalid('The body is not UTF-8.');
  }
}

function tryParse(text: string): { json: unknown } | undefined {
  try {
    return { json: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

/** What the documentation samples need (docs/contract.md 5.2): one pair of wrapping braces and trailing commas taken off. */
function mend(text: string): string {
  // A string that never ends matches too: were it tried again from each of its quotes, the time would be quadratic.
  const stringOrComma = /("[^"\\]*(?:\\[\s\S][^"\\]*)*"?)|,(?=\s*[}\]])/g;
  return text
    .replace(stringOrComma, (_, string: string | undefined) => string ?? '')
    .replace(/^\s*\{(\s*\{[\s\S]*\}\s*)\}\s*$/, '$1');
}

/** The deepest nesting of brackets outside strings. */
function depth(text: string): number {
  let now = 0;
  let deepest = 0;
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const char = text[i];
    if (inString) {
      if (char === '\\') i++;
      else if (char === '"') inString = false;
    } else if (char === '"') inString = true;
    else if (char === '{' || char === '[') deepest = Math.max(deepest, ++now);
    else if (char === '}' || char === ']') now--;
  }
  return deepest;
}

const invalid = (description: string) => ({ error: apiError('invalidInput', description) });
