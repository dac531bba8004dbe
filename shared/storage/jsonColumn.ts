/**
 * A JSON value of any size in table properties. Below 4 KiB it is a readable string; above, deflated binary
 * in chunks, because a string property ends at 32,768 characters and 200 line items would need four.
 */
import { deflateRawSync, inflateRawSync } from 'node:zlib';

const READABLE_CHARS = 4_096;
const CHUNK_BYTES = 64_000;

type Properties = Record<string, unknown>;

/** The properties `{name}`, or `{name}Z0`, `{name}Z1`, … that hold the value. */
export function toJsonColumn(name: string, value: unknown): Properties {
  const json = JSON.stringify(value);
  if (json.length < READABLE_CHARS) return { [name]: json };
  const bytes = deflateRawSync(json);
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
  return JSON.parse(inflateRawSync(Buffer.concat(chunks)).toString('utf8'));
}

/** Whether the row holds a value of this name. */
export function hasJsonColumn(name: string, row: Properties): boolean {
  return row[name] !== undefined || row[`${name}Z0`] !== undefined;
}
