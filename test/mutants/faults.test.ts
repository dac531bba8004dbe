/** The list of planted faults is honest: each has its place in the code as it stands today, and suites that are there. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { occurrences } from './fault.ts';
import { FAULTS } from './faults.ts';

const repository = join(import.meta.dirname, '..', '..');

it.each(FAULTS.map((fault) => [fault.name, fault] as const))(
  '%s has one place, and changes it',
  (_, fault) => {
    const { file, before, after, suites } = fault;

    expect(occurrences(before, readFileSync(join(repository, file), 'utf8'))).toBe(1);
    expect(after).not.toBe(before);
    expect(suites.length).toBeGreaterThan(0);
    expect(suites.filter((suite) => !existsSync(join(repository, suite)))).toEqual([]);
  },
);

it('no two faults have the same name', () => {
  const names = FAULTS.map(({ name }) => name);

  expect(names.filter((name, n) => names.indexOf(name) !== n)).toEqual([]);
});
