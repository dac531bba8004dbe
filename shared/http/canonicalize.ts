/**
 * Members under their canonical names, read in any letter case (docs/contract.md 5.3). What is null, blank or
 * .NET's "no date" is absent; what has no name here does not pass, so server-owned members, unknown ones and
 * `__proto__` end at this border.
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

/** The schema of an enumeration's names in any spelling: `OneTime`, `one_time`, `one-time`, or its number. */
export function lenientEnum<const Name extends string>(
  names: readonly Name[],
  numbers: readonly Name[] = names,
) {
  const bare = (value: string) => value.toLowerCase().replace(/[_\s-]/g, '');
  const find = (value: unknown) => {
    if (typeof value === 'number') return numbers[value];
    return typeof value === 'string' ? names.find((name) => bare(name) === bare(value)) : undefined;
  };
  return z.preprocess(find, z.enum(names, { error: `should be one of ${names.join(', ')}` }));
}
