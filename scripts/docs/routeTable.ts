/**
 * The route table (`functions/http/routeTable.json`): of each route, what registering and dispatching need, so that its
 * definition can be loaded with the first request. A test checks that it is current.
 */
import { RESOURCES } from '../../functions/http/resources.ts';
import type { TableEntry } from '../../functions/http/routeEntries.ts';

export const ROUTE_TABLE = 'functions/http/routeTable.json';

/** The table as JSON, by resource in the order of the definitions. */
export async function routeTable(): Promise<string> {
  const table: Record<string, TableEntry[]> = {};
  const known = new Set<string>();
  for (const [resource, load] of Object.entries(RESOURCES)) {
    const own = (await load()).filter(({ name }) => !known.has(name));
    for (const { name } of own) known.add(name);
    table[resource] = own.map(({ name, method, path, access, isPartnerCenters }) => ({
      name,
      method,
      path,
      access,
      ...(isPartnerCenters ? { isPartnerCenters } : {}),
    }));
  }
  return `${JSON.stringify(table, undefined, 2)}\n`;
}
