/** Ids made from names: the same name, the same id, on every machine and in every attempt. That is what makes a repeat recognizable. */
import { createHash } from 'node:crypto';

/** SHA-256 of the parts, each after its length so that no two lists of parts read the same. */
function digest(parts: readonly string[]): Buffer {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${Buffer.byteLength(part)}:`).update(part);
  return hash.digest();
}

/** A name-based GUID (RFC 9562 version 8, SHA-256). */
export function uuidV8(...name: string[]): string {
  const bytes = digest(name).subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** A GUID that contains a time (epoch milliseconds) in place of the first 48 bits of `guid`, as version 7 does. */
export function timedGuid(timeMs: number, guid: string): string {
  const time = timeMs.toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${guid.slice(15)}`;
}

/** The time in such a GUID. */
export const timeOfGuid = (guid: string): number => Number.parseInt(guid.replace('-', '').slice(0, 12), 16);

/** The first `length` hex digits of a name's hash. */
export const digestHex = (length: number, ...name: string[]): string =>
  digest(name).toString('hex').slice(0, length);
