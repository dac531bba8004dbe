/**
 * The request target as Kestrel hands it to routing: percent-decoded except for `%2F`, dot segments removed.
 * It promises one reading of a path for everything behind it; a malformed target is refused, not guessed at.
 */

export interface RequestTarget {
  /** Decoded, begins with a slash. */
  readonly path: string;
  /** As sent, for the URL that the handler sees. */
  readonly rawPath: string;
  /** With its question mark, or empty. */
  readonly query: string;
}

/** Reads a request target in origin or absolute form; undefined means 400. */
export function readTarget(target: string): RequestTarget | undefined {
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

// What is not UTF-8 stays as it was sent.
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
