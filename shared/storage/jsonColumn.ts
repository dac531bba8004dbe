/**
 * A JSON value of any size in table properties. Below 4 KiB it is a readable string; above, deflated binary
 * in chunks, because a string property ends at 32,768 characters and 200 line items would need four.
 */
import { zlib } from '../zlib.ts';

const READABLE_CHARS = 4_096;
const CHUNK_BYTES = 64_000;
/**
 * Characters that `JSON.stringify` leaves as they are and that a transaction's multipart body cannot carry: Azurite
 * takes U+2028 and U+2029 for line ends there. The others are no text in XML or are dropped by readers.
 */
const UNSAFE = /[\u0085\u2028\u2029\ufeff\ufffe\uffff]/g;

type Properties = Record<string, unknown>;

/** A value as JSON whose text any transport carries; `JSON.parse` reads it back unchanged. */
export const portableJson = (value: unknown): string =>
  JSON.stringify(value).replace(
    UNSAFE,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

/** Text for a raw string property that people search for: what is not portable is replaced by U+FFFD. */
export const portableText = (text: string): string =>
  text.toWellFormed().replace(/[\p{Cc}\u2028\u2029\ufeff\ufffe\uffff]/gu, '\ufffd');

/** The properties `{name}`, or `{name}Z0`, `{name}Z1`, … that hold the value. */
export function toJsonColumn(name: string, value: unknown): Properties {
  const json = portableJson(value);
  if (json.length < READABLE_CHARS) return { [name]: json };
  const bytes = zlib().deflateRawSync(json);
  const chunks: Properties = {};
  for (let n = 0; n * CHUNK_BYTES < bytes.length; n++) {
    chunks[`${name}Z${n}`] = new Uint8Array(bytes.subarray(n * CHUNK_BYTES, (n + 1) * CHUNK_BYTES));
  }
  return chunks;
}

/** The value that {@link toJsonColumn} put there; throws when it is not there or not whole. */
export function fromJsonColumn(name: string, row: Properties): unknown {
  const readable = row[name];
  if (typeof readable === 'string') return JSON.parse(readable);
  const chunks: Uint8Array[] = [];
  for (let n = 0; row[`${name}Z${n}`] instanceof Uint8Array; n++)
    chunks.push(row[`${name}Z${n}`] as Uint8Array);
  if (chunks.length === 0) throw new Error(`The row has no ${name}.`);
  return JSON.parse(zlib().inflateRawSync(Buffer.concat(chunks)).toString('utf8'));
}

/** Whether the row holds a value of this name. */
export function hasJsonColumn(name: string, row: Properties): boolean {
  return row[name] !== undefined || row[`${name}Z0`] !== undefined;
}
