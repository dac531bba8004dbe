/** The generated pages of docs/ are what the code generates. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { PAGES } from '../scripts/docs/tables.ts';

it.each(Object.entries(PAGES))('docs/%s is what `npm run docs` generates', (file, make) => {
  expect(readFileSync(new URL(`../docs/${file}`, import.meta.url), 'utf8')).toBe(make());
});
