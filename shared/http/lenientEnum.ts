/** Enumerations on the wire, which every SDK spells in its own way (docs/contract.md 5.7). */
import * as z from 'zod';

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
