/** The generated pages of docs/ and the route table are what the code generates. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { routeEntries } from '../functions/http/routeEntries.ts';
import { routes } from '../functions/http/routes.ts';
import { ROUTE_TABLE, routeTable } from '../scripts/docs/routeTable.ts';
import { PAGES } from '../scripts/docs/tables.ts';

it.each(Object.entries(PAGES))('docs/%s is what `npm run docs` generates', (file, make) => {
  expect(readFileSync(new URL(`../docs/${file}`, import.meta.url), 'utf8')).toBe(make());
});

it('The route table is what `npm run docs` generates', async () => {
  expect(readFileSync(new URL(`../${ROUTE_TABLE}`, import.meta.url), 'utf8')).toBe(await routeTable());
});

it('The service serves every route that the reference describes, in the same order', () => {
  expect(routeEntries.map(({ name }) => name)).toEqual(routes.map(({ name }) => name));
});
