/**
 * Every route as the host and the pipeline need it before the first request: an entry of the route table, which
 * `npm run docs` makes of the definitions, and an endpoint that loads its definition.
 */
import type { Route, RouteEntry } from '../../shared/http/route.ts';
import { openOnce } from '../../shared/openOnce.ts';
import { RESOURCES, type Resource } from './resources.ts';
import routeTable from './routeTable.json' with { type: 'json' };

/** What the route table says of a route. */
export type TableEntry = Omit<RouteEntry, 'handle'>;

/** Every route, with an endpoint that is loaded with the first request of its resource. */
export const routeEntries: readonly RouteEntry[] = Object.entries(RESOURCES).flatMap(([resource, load]) => {
  const entries = routeTable[resource as Resource] as readonly TableEntry[];
  const definitions = openOnce<readonly Route[]>(load);
  return entries.map((entry) => ({
    ...entry,
    async handle(received, ports) {
      const route = (await definitions()).find(({ name }) => name === entry.name);
      if (!route) throw new Error(`functions/http/${resource}.ts has no route ${entry.name}.`);
      return route.handle(received, ports);
    },
  }));
});
