/**
 * Edits of a JSON value that keep most of it as it was, so that a mutated body gets past the first check and
 * meets the second. Knows JSON only, and nothing of carts.
 */

type Path = readonly (string | number)[];

/** One edit: where (any number; taken modulo the places there are), and what becomes of what stands there. */
export interface Edit {
  at: number;
  how:
    | { kind: 'set'; value: unknown }
    | { kind: 'remove' }
    | { kind: 'rename'; name: string }
    /** The same member once more in capitals, as a case-insensitive reader must choose between. */
    | { kind: 'again'; value: unknown }
    | { kind: 'wrap'; name?: string | undefined }
    | { kind: 'repeat'; times: number };
}

/** The value after an edit; the value given is not touched. */
export function edited(json: unknown, { at, how }: Edit): unknown {
  const places = placesOf(json);
  return replaceAt(json, places[at % places.length] ?? [], how);
}

/** The text of a value; a string `#number:X` becomes the bare literal X, which JavaScript may be unable to hold. */
export function textOf(json: unknown): string {
  return (JSON.stringify(json) ?? 'null').replace(/"#number:([^"]*)"/g, '$1');
}

function placesOf(json: unknown, path: Path = []): Path[] {
  if (typeof json !== 'object' || json === null) return [path];
  const keys: Path = Array.isArray(json) ? [...json.keys()] : Object.keys(json);
  const inner = keys.flatMap((key) =>
    placesOf((json as Record<string | number, unknown>)[key], [...path, key]),
  );
  return [path, ...inner];
}

function replaceAt(json: unknown, [key, ...rest]: Path, how: Edit['how']): unknown {
  if (key === undefined) return changed(json, how);
  if (Array.isArray(json)) {
    return json.flatMap((item, n) => {
      if (n !== key) return [item];
      if (rest.length > 0) return [replaceAt(item, rest, how)];
      if (how.kind === 'remove') return [];
      return how.kind === 'repeat' ? Array(how.times).fill(item) : [changed(item, how)];
    });
  }
  const entries = Object.entries(json as object).flatMap(([name, value]): [string, unknown][] => {
    if (name !== key) return [[name, value]];
    if (rest.length > 0) return [[name, replaceAt(value, rest, how)]];
    return changedMember(name, value, how);
  });
  return Object.fromEntries(entries); // makes a member `__proto__` one like all others
}

function changedMember(name: string, value: unknown, how: Edit['how']): [string, unknown][] {
  switch (how.kind) {
    case 'remove':
      return [];
    case 'rename':
      return [[how.name, value]];
    case 'again':
      return [
        [name, value],
        [name.toUpperCase(), how.value],
      ];
    default:
      return [[name, changed(value, how)]];
  }
}

function changed(value: unknown, how: Edit['how']): unknown {
  switch (how.kind) {
    case 'set':
    case 'again':
      return how.value;
    case 'wrap':
      return how.name === undefined ? [value] : Object.fromEntries([[how.name, value]]);
    case 'repeat':
      return Array(how.times).fill(value);
    default:
      return value;
  }
}
