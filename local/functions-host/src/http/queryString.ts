/** Parses query strings as ASP.NET does. */
import { percentDecode } from './percentDecode.ts';

/**
 * The values of a query string (with its question mark, or empty) by key, in order. Keys are case-insensitive:
 * `?a=1&A=2` has one key, in the case of its first occurrence. Repeated values are joined by a comma.
 */
export function parseQuery(query: string): Map<string, string> {
  const values = new Map<string, string>();
  const keys = new Map<string, string>();
  for (const pair of query.slice(1).split('&')) {
    if (pair === '') continue;
    const equalsAt = pair.indexOf('=');
    const name = decode(equalsAt < 0 ? pair : pair.slice(0, equalsAt));
    const value = equalsAt < 0 ? '' : decode(pair.slice(equalsAt + 1));
    const folded = name.toLowerCase();
    const key = keys.get(folded) ?? name;
    keys.set(folded, key);
    const earlier = values.get(key);
    values.set(key, earlier === undefined ? value : `${earlier},${value}`);
  }
  return values;
}

function decode(text: string): string {
  return percentDecode(text.replaceAll('+', ' '));
}
