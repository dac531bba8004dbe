/**
 * Paths as clients send them: doubled slashes, a doubled or missing `/v1`, a trailing slash, literals in any
 * case, GUIDs in capitals or braces (docs/contract.md 1.2 to 1.5). The Functions host knows none of these forms, so
 * every path is read here.
 */

/** A path template such as `customers/{customerId}/carts/{cartId}`, without `v1`. */
export type Template = string;

/** The segments of a request path: decoded, without empty ones and without leading `v1`s. `undefined` when an escape is broken. */
export const pathSegments = (url: string): string[] | undefined => bothSegments(url)?.decoded;

/** The same segments as sent and as decoded. */
export function bothSegments(url: string): { raw: string[]; decoded: string[] } | undefined {
  const path = url.replace(/^[a-z]+:\/\/[^/]*/i, '').replace(/[?#].*$/s, '');
  try {
    const raw = path.split('/').filter(Boolean);
    const decoded = raw.map(decodeURIComponent);
    const first = decoded.findIndex((segment) => segment.toLowerCase() !== 'v1');
    return first < 0 ? { raw: [], decoded: [] } : { raw: raw.slice(first), decoded: decoded.slice(first) };
  } catch {
    return undefined;
  }
}

const partsByTemplate = new Map<Template, readonly string[]>();

/** The parts of a template. A request that no route serves is compared with every template, so they are split once. */
function partsOf(template: Template): readonly string[] {
  const known = partsByTemplate.get(template);
  if (known) return known;
  const parts = template.split('/');
  partsByTemplate.set(template, parts);
  return parts;
}

/** The parameters of a path that matches the template, as sent but for the braces around GUIDs; `undefined` when it does not match. */
export function matchPath(
  template: Template,
  segments: readonly string[],
): Record<string, string> | undefined {
  const parts = partsOf(template);
  if (parts.length !== segments.length) return undefined;
  const params: Record<string, string> = {};
  for (const [i, part] of parts.entries()) {
    const segment = segments[i] ?? '';
    if (part.startsWith('{')) params[part.slice(1, -1)] = segment.replace(/^\{(.*)\}$/, '$1');
    else if (part.toLowerCase() !== segment.toLowerCase()) return undefined;
  }
  return params;
}

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** A GUID in lower case, or `undefined`. */
export function guid(text: string | undefined): string | undefined {
  const lower = text?.toLowerCase() ?? '';
  return GUID.test(lower) ? lower : undefined;
}
