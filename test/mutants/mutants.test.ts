/** The list of mutants matches the code: each mutant has one place in it, and its suites exist. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { occurrences } from './mutant.ts';
import { MUTANTS } from './mutants.ts';
import { listOf } from './table.ts';

const repository = join(import.meta.dirname, '..', '..');

it.each(MUTANTS.map((mutant) => [mutant.name, mutant] as const))(
  'The mutant %s applies to one place of the code and names existing suites',
  (_, mutant) => {
    const { file, before, after, suites } = mutant;

    expect(occurrences(before, readFileSync(join(repository, file), 'utf8'))).toBe(1);
    expect(after).not.toBe(before);
    expect(suites.length).toBeGreaterThan(0);
    expect(suites.filter((suite) => !existsSync(join(repository, suite)))).toEqual([]);
  },
);

it('No two mutants have the same name', () => {
  const names = MUTANTS.map(({ name }) => name);

  expect(names.filter((name, n) => names.indexOf(name) !== n)).toEqual([]);
});

it('The printed list has a row for each mutant, with its consequence and its suites', () => {
  const [, , ...rows] = listOf(MUTANTS).split('\n');

  expect(rows).toHaveLength(MUTANTS.length);
  expect(rows.find((row) => row.startsWith('| shard-never-swept |'))).toBe(
    '| shard-never-swept | A quarter of all carts never expires. | crash: `test/crash/ledger.test.ts` |',
  );
});
