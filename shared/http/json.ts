/**
 * Request bodies as JSON, as Partner Center's documentation and clients need it: a byte order mark is skipped, and what
 * the documentation's samples get wrong (a doubled brace, trailing commas) is repaired once. The depth is bounded
 * before parsing, so that no later step can run out of stack.
 */
import { type ApiError, apiError } from '../errors.ts';

/** Largest body in bytes. */
export const MAX_BODY_BYTES = 1024 * 1024;
/** Deepest nesting. */
export const MAX_DEPTH = 32;

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
  const parsed = tryParse(text) ?? (text.length <= MAX_BODY_BYTES ? tryParse(repair(text)) : undefined);
  return parsed ?? invalid('The body is not valid JSON.');
}

/** The same for a body that has to be an object; `what` says which one, such as `a cart: a JSON object with lineItems`. */
export function readJsonObject(
  bytes: Uint8Array,
  what: string,
  maxBytes = MAX_BODY_BYTES,
): { json: object } | { error: ApiError } {
  const read = readJson(bytes, maxBytes);
  if ('error' in read) return read;
  return isJsonObject(read.json) ? { json: read.json } : invalid(`The body must be ${what}.`);
}

/** Whether a JSON value is an object. */
export const isJsonObject = (json: unknown): json is object =>
  typeof json === 'object' && json !== null && !Array.isArray(json);

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

/** Removes what the documentation's samples have too much (docs/contract.md 5.2): one pair of wrapping braces, and trailing commas. */
function repair(text: string): string {
  // An unterminated string matches too; otherwise each of its quotes would start another attempt, in quadratic time.
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
