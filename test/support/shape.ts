/** The shape of JSON: names, in order, and kinds, without the values. Two answers of one shape differ in what they say only. */
export function shapeOf(json: unknown): unknown {
  if (Array.isArray(json)) return json.map(shapeOf);
  if (typeof json !== 'object' || json === null) return json === null ? 'null' : typeof json;
  const named = Object.entries(json).sort(([a], [b]) => a.localeCompare(b));
  return Object.fromEntries(named.map(([name, value]) => [name, shapeOf(value)]));
}
