/**
 * Parses a request target as Kestrel does, and encodes its path again as the Azure host does for the URL that a
 * handler receives.
 */
import { percentDecode } from './percentDecode.ts';

export interface RequestTarget {
  /** The path, percent-decoded except for `%2F` and without dot segments; begins with a slash. */
  readonly path: string;
  /** The query as sent, with its question mark, or empty. */
  readonly query: string;
  /** The host and port of a target in absolute form. */
  readonly authority?: string;
}

/** Parses a request target in origin or absolute form; undefined when Kestrel responds with 400. */
export function parseRequestTarget(target: string): RequestTarget | undefined {
  if (!isAscii(target)) return undefined;
  const [scheme = '', authority] = /^https?:\/\/([^/?#]*)/i.exec(target) ?? [];
  const origin = target.slice(scheme.length);
  const queryAt = origin.indexOf('?');
  const encodedPath = (queryAt < 0 ? origin : origin.slice(0, queryAt)) || '/';
  if (!encodedPath.startsWith('/')) return undefined;
  const path = removeDotSegments(percentDecode(encodedPath, isEncodedSlash));
  if (path.includes('\0')) return undefined;
  return {
    path,
    query: queryAt < 0 ? '' : origin.slice(queryAt),
    ...(authority !== undefined && { authority: authority.replace(/^.*@/, '') }),
  };
}

/**
 * Encodes a decoded path for a URL, with the rules of ASP.NET's PathString: what looks like an escape stays, so
 * `%2541` in a request reaches the handler as `%41`.
 */
export function encodePath(path: string): string {
  return path.replace(/(?:(?!%[0-9a-f]{2})[^!$&'()*+,\-./0-9:;=@_a-z~])+/gi, encodeURIComponent);
}

function isEncodedSlash(encoded: string): boolean {
  return /^%2f$/i.test(encoded);
}

function isAscii(text: string): boolean {
  return Buffer.byteLength(text) === text.length;
}

function removeDotSegments(path: string): string {
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
