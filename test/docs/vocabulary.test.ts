/** Words that do not belong in text that a user reads: pages, errors, the API reference, the command line, log lines. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { filesOf, repository } from './files.ts';

const WORDS =
  /\b(whoever|nobody|somebody|at first sight|by itself|of its own|looks? after|goes on|comes to nothing|is had|tells?|told|worked off|begins anew)\b/gi;
const PAGES = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md'];

const files = [
  ...PAGES,
  ...filesOf(['docs'], /\.md$/),
  ...filesOf(
    ['cli', 'functions', 'shared/bulk', 'shared/cart', 'shared/checkout', 'shared/openapi'],
    /\.ts$/,
  ),
  ...filesOf(['shared/sweeper', 'shared/storage', 'shared/messaging'], /\.ts$/),
  'shared/errors.ts',
  'shared/config.ts',
  'shared/settingRules.ts',
  'shared/validation.ts',
];

it('no page, error, description, command or log line uses a word of the list', () => {
  const found = files.flatMap((file) =>
    [...readFileSync(join(repository, file), 'utf8').matchAll(WORDS)].map(([word]) => ({ file, word })),
  );

  expect(files.length).toBeGreaterThan(50);
  expect(found).toEqual([]);
});
