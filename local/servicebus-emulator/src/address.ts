// What the addresses of clients, tokens and tests have in common: they name an entity by a path, with or without a URL
// around it, in any case. Nothing is known here of which entities there are.

/** The part of an address that names the entity: without scheme, host and outer slashes, in lower case. */
export function pathOf(address: string): string {
  return address
    .replace(/^[a-z]+:\/\/[^/]*/i, '')
    .replace(/^\/+|\/+$/g, '')
    .toLowerCase();
}

/** Says whether `inner` lies at or below `outer`. */
export function covers(outer: string, inner: string): boolean {
  const [outerPath, innerPath] = [pathOf(outer), pathOf(inner)];
  return outerPath === '' || innerPath === outerPath || innerPath.startsWith(`${outerPath}/`);
}
