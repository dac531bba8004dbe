/**
 * What a passed-through request asks Partner Center for: the path and query below its base URL. Pure. The result is
 * always a path, never a URL, so that no request can choose the host; a segment that an intermediary could read as
 * something else has no target (docs/contract.md 23.4).
 */

/** A segment that would be read again differently: a separator, an invisible character, or what still is an escape. */
const AMBIGUOUS = /[/\\\p{Cc}\p{Cf}]|%(u[0-9a-f]{2})?[0-9a-f]{2}/iu;
/** A segment that some servers read as `.` or `..`: dots and blanks, perhaps with path parameters after them. */
const DOTS = /^[.\s]*(;.*)?$/s;

/** The segments of a template before which nothing distinguishes it from Partner Center's own customer routes. */
const SHARED_PREFIX = 'customers';

/**
 * The request target for the segments of a path, as sent and as decoded, and its query with the question mark.
 * `undefined` when the path has no segment or an ambiguous one.
 */
export function targetOf(
  { raw, decoded }: { raw: readonly string[]; decoded: readonly string[] },
  query: string,
): string | undefined {
  if (raw.length === 0 || decoded.some(isUnclear)) return undefined;
  return `/v1/${raw.join('/')}${query}`;
}

function isUnclear(segment: string): boolean {
  const plain = plainOf(segment);
  return DOTS.test(plain) || AMBIGUOUS.test(plain);
}

/** With the characters that a server may take for ASCII ones, such as fullwidth letters, as those. */
const plainOf = (segment: string): string => segment.normalize('NFKC');

/**
 * Whether a path lies below a collection that this service owns, such as carts: it is never passed through, whatever
 * its method and the rest of its path. `templates` are the paths of the routes that are served here.
 */
export function isOwnPath(templates: readonly string[], decoded: readonly string[]): boolean {
  const names = decoded.map(literalOf);
  return templates.some((template) =>
    ownPrefix(template).every((part, n) => (part.startsWith('{') ? n < names.length : part === names[n])),
  );
}

const prefixes = new Map<string, readonly string[]>();

/**
 * The parts of a template up to the collection that is this service's: `customers/{customerId}/carts`, `bulkorders`. Every
 * passed-through request is compared with all of them, so each is made once.
 */
function ownPrefix(template: string): readonly string[] {
  const known = prefixes.get(template);
  if (known) return known;
  const parts = template.split('/').map((part) => (part.startsWith('{') ? part : literalOf(part)));
  const own = parts.findIndex((part) => !part.startsWith('{') && part !== SHARED_PREFIX);
  const prefix = parts.slice(0, own + 1);
  prefixes.set(template, prefix);
  return prefix;
}

/** A segment as the most lenient server compares it: without letter case, path parameters, and dots or blanks at its end. */
const literalOf = (segment: string): string =>
  plainOf(segment)
    .toLowerCase()
    .replace(/[;\s.].*$/s, '');

/** A path without ids, for the log: names of collections stay, everything else is `*`. */
export const pathShape = (decoded: readonly string[]): string =>
  decoded.map((segment) => (/^[a-z]{1,40}$/i.test(segment) ? segment.toLowerCase() : '*')).join('/');

const SAFE = ['GET', 'HEAD', 'OPTIONS'];

/** Whether a method changes nothing (RFC 9110, 9.2.1). */
export const isSafe = (method: string): boolean => SAFE.includes(method);
