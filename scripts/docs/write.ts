/** `npm run docs`: writes the pages of docs/ that are generated from code. */
import { writeFile } from 'node:fs/promises';
import { PAGES } from './tables.ts';

for (const [file, make] of Object.entries(PAGES)) {
  await writeFile(new URL(`../../docs/${file}`, import.meta.url), make());
}
