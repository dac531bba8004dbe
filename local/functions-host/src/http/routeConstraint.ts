/**
 * The inline constraints of ASP.NET route templates (`{id:int}`) that Functions apps use. Guarantees .NET's
 * semantics for each and rejects unknown ones: ignoring a constraint would route requests that Azure does not.
 */

export type Constraint = (value: string) => boolean;

const guid =
  /^(?:[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\{[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\}|\([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\))$/i;

const plain: Readonly<Record<string, Constraint>> = {
  alpha: (value) => /^[a-z]*$/i.test(value),
  bool: (value) => /^\s*(?:true|false)\s*$/i.test(value),
  guid: (value) => guid.test(value.trim()),
  int: (value) => isWhole(value, -(2n ** 31n), 2n ** 31n - 1n),
  long: (value) => isWhole(value, -(2n ** 63n), 2n ** 63n - 1n),
  required: (value) => value !== '',
};

const withArguments: Readonly<Record<string, (...numbers: number[]) => Constraint>> = {
  length:
    (least = 0, most = least) =>
    (value) =>
      value.length >= least && value.length <= most,
  max:
    (most = 0) =>
    (value) =>
      isLong(value) && Number(value) <= most,
  maxlength:
    (most = 0) =>
    (value) =>
      value.length <= most,
  min:
    (least = 0) =>
    (value) =>
      isLong(value) && Number(value) >= least,
  minlength:
    (least = 0) =>
    (value) =>
      value.length >= least,
  range:
    (least = 0, most = 0) =>
    (value) =>
      isLong(value) && Number(value) >= least && Number(value) <= most,
};

/** Parses `int`, `length(2,5)` or `regex(^a)` to a predicate; throws for a constraint that is not supported. */
export function parseConstraint(text: string): Constraint {
  const [, name = text, inside] = /^(\w+)(?:\((.*)\))?$/s.exec(text) ?? [];
  const key = name.toLowerCase();
  const simple = plain[key];
  if (simple && inside === undefined) return simple;
  if (key === 'regex' && inside !== undefined) {
    const pattern = new RegExp(inside, 'i');
    return (value) => pattern.test(value);
  }
  const make = withArguments[key];
  const numbers = (inside ?? '').split(',').map((part) => Number(part.trim() || Number.NaN));
  if (make && !numbers.some(Number.isNaN)) return make(...numbers);
  throw new Error(`the local host does not support the route constraint '${text}'.`);
}

function isLong(value: string): boolean {
  return plain.long?.(value) ?? false;
}

// NumberStyles.Integer allows surrounding white space and a leading sign.
function isWhole(value: string, least: bigint, most: bigint): boolean {
  if (!/^\s*[+-]?\d+\s*$/.test(value)) return false;
  const number = BigInt(value.trim().replace(/^\+/, ''));
  return number >= least && number <= most;
}
