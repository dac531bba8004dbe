import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { renewed } from '../scripts/readme/tables.ts';

it('says of settings and errors what the code says (npm run readme renews it)', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

  expect(readme).toBe(renewed(readme));
});
