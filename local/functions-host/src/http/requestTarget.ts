/**
 * Parses a request target as Kestrel does: percent-decoded except for `%2F`, dot segments removed.
 */

export interface RequestTarget {
  /** The decoded path; begins with a slash. */
  readonly path: string;
  /** The path as sent. */
  readonly rawPath: string;
  /** The query with its question mark, or empty. */
  readonly query: string;
}

/** Parses a request target in origin or absolute form; undefined when the response must be 400. */
export function parseRequestTarget(target: string): RequestTarget | undefined {
  const origin = target.startsWith('/') ? target : target.replace(/^https?:\/\/[^/?#]*/i, '');
  const queryAt = origin.indexOf('?');
  const rawPath = (queryAt < 0 ? origin : origin.slice(0, queryAt)) || '/';
  if (!rawPath.startsWith('/')) return undefined;
  const path = withoutDots(decode(rawPath));
  if (path.includes('\0')) return undefined;
  return { path, rawPath, query: queryAt < 0 ? '' : origin.slice(queryAt) };
}

function decode(path: string): string {
  return path.includes('%') ? path.replace(/(?:%(?!2f)[0-9a-f]{2})+/gi, decodeRun) : path;
}

// Sequences that are not UTF-8 are left as sent.
function decodeRun(run: string): string {
  try {
    return decodeURIComponent(run);
  } catch {
    return run;
  }
}

function withoutDots(path: string): string {
  if (!path.includes('/.')) return path;
  const kept: string[] = [];
  const segments = path.split('/').slice(1);
  for (const [index, segment] of segments.entries()) {
    if (segment === '..') kept.pop();
    if (segment !== '.' && segment !== '..') kept.push(segment);
    else if (index === segments.length - 1) kept.push('');
  }
  return `/${kept.join('/')}`;
}
