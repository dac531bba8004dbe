/**
 * Compresses responses for callers that accept gzip. A response is never in an encoding that the caller did not name, and
 * compression runs off the main thread.
 */
import { promisify } from 'node:util';
import { zlib } from '../zlib.ts';

/** Up to this size, in bytes, a response fits one packet and is not compressed. */
export const WORTH_BYTES = 1_024;

/** A body in gzip if it is worth it and `Accept-Encoding` allows it, with the headers that say so. */
export async function compressed(
  text: string,
  acceptEncoding: string | null,
): Promise<{ body: string | Uint8Array; headers: Record<string, string> }> {
  if (Buffer.byteLength(text) <= WORTH_BYTES) return { body: text, headers: {} };
  const headers = { Vary: 'Accept-Encoding' };
  if (!acceptsGzip(acceptEncoding)) return { body: text, headers };
  return { body: await promisify(zlib().gzip)(text), headers: { ...headers, 'Content-Encoding': 'gzip' } };
}

/** Whether the header asks for gzip (RFC 9110, section 12.5.3): by name or by `*`, and not with `q=0`. An absent header asks for nothing. */
export function acceptsGzip(header: string | null): boolean {
  const codings = (header ?? '').toLowerCase().split(',').map(readCoding);
  const weightOf = (...names: string[]) => codings.find(({ name }) => names.includes(name))?.weight;
  const weight = weightOf('gzip', 'x-gzip') ?? weightOf('*') ?? 0;
  return weight > 0 && weight >= (weightOf('identity') ?? 0);
}

/** `gzip;q=0.5`; a weight that is none counts as a refusal. */
function readCoding(coding: string): { name: string; weight: number } {
  const [name = '', ...parameters] = coding.split(';').map((part) => part.trim());
  const q = parameters.find((parameter) => /^q\s*=/.test(parameter))?.replace(/^q\s*=\s*/, '');
  const isWeight = q === undefined || /^(0(\.\d{0,3})?|1(\.0{0,3})?)$/.test(q);
  return { name, weight: isWeight ? Number(q ?? 1) : 0 };
}
