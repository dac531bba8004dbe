/**
 * Merges the top-level members of a JSON message body into its trigger metadata, as the Azure host does. A member
 * with the name of a metadata entry replaces it, without regard to case, so an app must not trust its metadata.
 */
import { toInvariantText } from '../dotnetDate.ts';
import type { TypedData } from '../worker/rpcTypes.ts';

/** Merges a body into the metadata; a body that is not a JSON object leaves the metadata unchanged. */
export function applyBindingData(
  metadata: Readonly<Record<string, TypedData>>,
  body: string,
): Record<string, TypedData> {
  const result = new Map(Object.entries(metadata));
  const spelling = new Map(Object.keys(metadata).map((key) => [key.toLowerCase(), key]));
  for (const [name, value] of Object.entries(parseObject(body))) {
    const data = toTypedData(value);
    if (!data) continue;
    const key = spelling.get(name.toLowerCase()) ?? name;
    spelling.set(key.toLowerCase(), key);
    result.set(key, data);
  }
  return Object.fromEntries(result);
}

function parseObject(body: string): object {
  if (!/^\s*\{[\s\S]*\}\s*$/.test(body)) return {};
  try {
    return JSON.parse(body);
  } catch {
    return {};
  }
}

// The host omits arrays and nulls, keeps objects as JSON and converts other values to .NET text.
function toTypedData(value: unknown): TypedData | undefined {
  if (value === null || Array.isArray(value)) return undefined;
  if (typeof value === 'object') return { json: JSON.stringify(value) };
  if (typeof value === 'boolean') return { string: value ? 'True' : 'False' };
  return { string: isDate(String(value)) ? toInvariantText(utcDate(String(value))) : String(value) };
}

// Newtonsoft parses text of this form as a date.
function isDate(text: string): boolean {
  return (
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,7})?(?:Z|[+-]\d\d:\d\d)?$/.test(text) &&
    !Number.isNaN(utcDate(text).getTime())
  );
}

function utcDate(text: string): Date {
  return new Date(/Z|[+-]\d\d:\d\d$/.test(text) ? text : `${text}Z`);
}
