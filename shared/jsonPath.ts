/** The path of a member in a JSON value, as problems name it: `lineItems[0].quantity`. */
export function jsonPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (before, part) =>
      typeof part === 'number' ? `${before}[${part}]` : `${before ? `${before}.` : ''}${String(part)}`,
    '',
  );
}
