/** `npm run docs`: writes the pages of docs/ and the route table, which are generated from code. */
import { writeFile } from 'node:fs/promises';
import { ROUTE_TABLE, routeTable } from './routeTable.ts';
import { PAGES } from './tables.ts';

const write = (file: string, text: string) => writeFile(new URL(`../../${file}`, import.meta.url), text);

for (const [file, make] of Object.entries(PAGES)) await write(`docs/${file}`, make());
await write(ROUTE_TABLE, await routeTable());
