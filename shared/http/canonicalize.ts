/**
 * Members under their canonical names, read in any letter case (docs/contract.md 5.3). Null, an empty string and
 * .NET's "no date" are treated as absent. Members without a canonical name are dropped: server-owned and unknown ones,
 * and `__proto__`.
 */
import * as z from 'zod';

/** What stands under a name: a value as it is, a dictionary, an object, or a list of objects. */
export type Shape = 'value' | 'dictionary' | { [name: string]: Shape } | [() => { [name: string]: Shape }];

const NO_DATE = '0001-01-01T00:00:00';

/** `json` with canonical names, as far as `shape` knows them. Values of another kind than their shape are left for validation. */
export function canonicalize(json: unknown, shape: Shape): unknown {
  if (isAbsent(json)) return undefined;
  if (Array.isArray(json)) {
    if (shape === 'value' || shape === 'dictionary') return json;
    const inner = Array.isArray(shape) ? shape[0]() : shape;
    return json.map((item) => canonicalize(item, inner));
  }
  if (typeof json !== 'object' || json === null || shape === 'value' || Array.isArray(shape)) return json;
  return shape === 'dictionary' ? dictionary(json) : object(json, shape);
}

function object(json: object, shape: { [name: string]: Shape }): Record<string, unknown> {
  const byLowerCase = new Map(Object.entries(json).map(([name, value]) => [name.toLowerCase(), value]));
  const named: Record<string, unknown> = {};
  for (const [name, inner] of Object.entries(shape)) {
    const value = canonicalize(byLowerCase.get(name.toLowerCase()), inner);
    if (value !== undefined) named[name] = value;
  }
  return named;
}

/** Keys of a dictionary begin with a small letter, as Partner Center answers them (`ParentSubscriptionId`). */
function dictionary(json: object): Record<string, unknown> {
  const entries = Object.entries(json).filter(([key, value]) => key !== '__proto__' && value !== null);
  return Object.fromEntries(
    entries.map(([key, value]) => [key.charAt(0).toLowerCase() + key.slice(1), value]),
  );
}

function isAbsent(json: unknown): boolean {
  return (
    json === null ||
    json === undefined ||
    (typeof json === 'string' && (json === '' || json.startsWith(NO_DATE)))
  );
}

/**
 * The schema of an enumeration in any spelling: `OneTime`, `one_time`, `one-time`, or its number in the .NET enum, also
 * as text (docs/contract.md 5.7). `numbers` are the names by their number. A name that `names` lacks is not accepted;
 * `absent` is a name that stands for no value.
 */
export function lenientEnum<const Name extends string>(
  names: readonly Name[],
  { numbers = names, absent }: { numbers?: readonly string[]; absent?: string } = {},
) {
  const bare = (value: string) => value.toLowerCase().replace(/[_\s-]/g, '');
  const known = [...new Set([...numbers, ...names])];
  const find = (value: unknown) => {
    const number = typeof value === 'string' && /^\d{1,2}$/.test(value) ? Number(value) : value;
    if (typeof number === 'number') return numbers[number] ?? value;
    return typeof value === 'string' ? (known.find((name) => bare(name) === bare(value)) ?? value) : value;
  };
  const read = (value: unknown) => {
    const found = find(value);
    return found === absent ? undefined : found;
  };
  return z.preprocess(read, z.enum(names));
}

/** The same for names that no SDK sends as numbers. */
export const lenientName = <const Name extends string>(names: readonly Name[]) =>
  lenientEnum(names, { numbers: [] });

/** An integer, also as text that is exactly one (docs/contract.md 5.8). */
export const exactInteger = (schema: z.ZodInt) =>
  z.preprocess((value, context) => {
    if (typeof value === 'string' && INTEGER.test(value)) return Number(value);
    if (value === undefined || typeof value === 'number') return value;
    // `25.0` and `1e3` are numbers, so the schema's message would not say what is wrong.
    context.issues.push({ code: 'custom', input: value, message: 'must be an integer' });
    return z.NEVER;
  }, schema);

const INTEGER = /^(0|-?[1-9]\d{0,15})$/;
