/**
 * Normalizes entity addresses. Clients, tokens and tests write an entity as a bare path or as an `sb://` URL, in any
 * letter case; the functions below reduce every form to one.
 */

/** Returns the entity path of an address in lower case, without scheme, host and leading or trailing slashes. */
export function pathOf(address: string): string {
  return address
    .replace(/^[a-z]+:\/\/[^/]*/i, '')
    .replace(/^\/+|\/+$/g, '')
    .toLowerCase();
}

/** Returns true when `inner` is the same path as `outer` or below it. The empty path covers every other path. */
export function covers(outer: string, inner: string): boolean {
  const [outerPath, innerPath] = [pathOf(outer), pathOf(inner)];
  return outerPath === '' || innerPath === outerPath || innerPath.startsWith(`${outerPath}/`);
}
