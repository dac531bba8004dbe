/**
 * How the fields of a JSON message end up in its trigger metadata: the host copies every top-level member over,
 * and a member named like a piece of metadata replaces it, whatever its case. It promises this trap as Azure
 * has it, so that an app which trusts its metadata fails here first.
 */
import { toInvariantText } from '../dotnetDate.ts';
import type { TypedData } from '../worker/rpcTypes.ts';

/** The metadata of a message after its body has been laid over it; a body that is no JSON object changes nothing. */
export function applyBindingData(
  metadata: Readonly<Record<string, TypedData>>,
  body: string,
): Record<string, TypedData> {
  const result = new Map(Object.entries(metadata));
  const spelling = new Map(Object.keys(metadata).map((key) => [key.toLowerCase(), key]));
  for (const [name, value] of Object.entries(parseObject(body))) {
    const data = convert(value);
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

// Arrays and nulls are left out, objects stay JSON, everything else becomes .NET text.
function convert(value: unknown): TypedData | undefined {
  if (value === null || Array.isArray(value)) return undefined;
  if (typeof value === 'object') return { json: JSON.stringify(value) };
  if (typeof value === 'boolean') return { string: value ? 'True' : 'False' };
  return { string: isDate(String(value)) ? toInvariantText(utcDate(String(value))) : String(value) };
}

// Newtonsoft takes text of this form for a date while it parses.
function isDate(text: string): boolean {
  return (
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,7})?(?:Z|[+-]\d\d:\d\d)?$/.test(text) &&
    !Number.isNaN(utcDate(text).getTime())
  );
}

function utcDate(text: string): Date {
  return new Date(/Z|[+-]\d\d:\d\d$/.test(text) ? text : `${text}Z`);
}
