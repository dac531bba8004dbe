/** The shape of JSON: sorted names and types, without the values. */
export function shapeOf(json: unknown): unknown {
  if (Array.isArray(json)) return json.map(shapeOf);
  if (typeof json !== 'object' || json === null) return json === null ? 'null' : typeof json;
  const named = Object.entries(json).sort(([a], [b]) => a.localeCompare(b));
  return Object.fromEntries(named.map(([name, value]) => [name, shapeOf(value)]));
}
