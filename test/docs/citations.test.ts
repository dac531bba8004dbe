/** References to the documentation in comments and pages lead somewhere. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { filesOf, repository } from './files.ts';

const SOURCES = ['cli', 'docs', 'functions', 'infra', 'local', 'scripts', 'shared', 'test'];
const contract = readFileSync(join(repository, 'docs/contract.md'), 'utf8');
const rules = new Set([...contract.matchAll(/\*\*(\d+\.\d+)\*\*/g)].map(([, rule]) => rule));
const sections = new Set([...contract.matchAll(/^## (\d+) /gm)].map(([, section]) => section));

interface Citation {
  file: string;
  cited: string;
}

/** What a pattern finds in every source and page; its first group is what is cited. */
const citationsOf = (pattern: RegExp): Citation[] =>
  filesOf(SOURCES, /\.(ts|mjs|md|bicep)$/).flatMap((file) =>
    [...readFileSync(join(repository, file), 'utf8').matchAll(pattern)].map(([, cited = '']) => ({
      file,
      cited,
    })),
  );

it('every page of docs/ that a source or a page names exists', () => {
  const named = citationsOf(/(?<![\w/.])(docs\/[\w/-]+\.md)\b/g);

  expect(named.length).toBeGreaterThan(50);
  expect(named.filter(({ cited }) => !existsSync(join(repository, cited)))).toEqual([]);
});

it('every numbered citation of docs/contract.md is a rule or a section of it', () => {
  const lists = citationsOf(/docs\/contract\.md (\d+(?:\.\d+)?(?:(?:, | to | and )\d+(?:\.\d+)?)*)/g);
  const cited = lists.flatMap(({ file, cited: list }) =>
    list.split(/, | to | and /).map((one) => ({ file, cited: one })),
  );

  expect(cited.length).toBeGreaterThan(50);
  expect(cited.filter(({ cited: one }) => !rules.has(one) && !sections.has(one))).toEqual([]);
});

it('no rule of docs/contract.md has the number of another', () => {
  const numbers = [...contract.matchAll(/^- \*\*(\d+\.\d+)\*\*/gm)].map(([, number]) => number);

  expect(numbers.filter((number, n) => numbers.indexOf(number) !== n)).toEqual([]);
});
