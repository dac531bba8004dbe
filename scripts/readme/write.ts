/** `npm run readme`: renews the tables of the README that are made from code. */
import { readFile, writeFile } from 'node:fs/promises';
import { renewed } from './tables.ts';

const file = new URL('../../README.md', import.meta.url);
await writeFile(file, renewed(await readFile(file, 'utf8')));
