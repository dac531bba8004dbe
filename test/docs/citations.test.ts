/** Every reference to the documentation resolves: files, headings, and numbered rules of the wire contract. */
import { existsSync } from 'node:fs';
import { join, posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type SourceFile, sourceFiles } from '../support/sourceFiles.ts';

const repository = join(import.meta.dirname, '..', '..');
const documents = sourceFiles('*.md', 'docs/**/*.md', 'local/*/*.md');
const sources = sourceFiles(
  '{cli,functions,local,scripts,shared,test}/**/*.{ts,mjs}',
  'infra/**/*.bicep',
  '*.config.ts',
  '.github/**/*.yml',
);
const textOf = (path: string) => documents.find((file) => file.path === path)?.text ?? '';

/** The numbers of the sections and rules of the wire contract. */
const RULES = new Set(
  textOf('docs/contract.md')
    .matchAll(/^(?:## (?<section>\d+)|- \*\*(?<rule>\d+\.\d+)\*\*)/gm)
    .map(({ groups }) => groups?.section ?? groups?.rule),
);

/** Text without the line breaks and comment signs that may split a reference. */
const unwrapped = (text: string) => text.replace(/\s*\n\s*(?:\*(?!\*)|\/\/|#)?\s*/g, ' ');

/** `4.3`, `1.2 to 1.5`, `3.1, 3.4 and 5` */
const NUMBERS = String.raw`(?<numbers>\d+(?:\.\d+)?(?:(?:,| to| and| or|–|-)\s*\d+(?:\.\d+)?)*)`;
const CITATION = new RegExp(String.raw`docs/contract\.md\x60?(?: section| rules?)? ${NUMBERS}`, 'g');
const OWN_CITATION = new RegExp(String.raw`\b(?:[Rr]ules?|[Ss]ections?) ${NUMBERS}`, 'g');

function brokenRules({ path, text }: SourceFile, pattern: RegExp): string[] {
  return [...unwrapped(text).matchAll(pattern)]
    .flatMap(({ groups }) => groups?.numbers?.match(/\d+(?:\.\d+)?/g) ?? [])
    .filter((number) => !RULES.has(number))
    .map((number) => `${path} cites ${number}`);
}

/** The anchor of a Markdown heading, as GitHub makes it. */
const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\p{Letter}\p{Number}\s_-]/gu, '')
    .trim()
    .replace(/\s/g, '-');
const anchorsIn = (text: string) =>
  new Set(text.matchAll(/^#+ +(?<heading>.+)$/gm).map(({ groups }) => anchorOf(groups?.heading ?? '')));

/** Why a link of a document leads nowhere, if it does. */
function brokenLink(from: string, link: string): string | undefined {
  const [target = '', anchor] = link.split('#');
  const path = target === '' ? from : posix.join(posix.dirname(from), target);
  if (!existsSync(join(repository, path))) return `${from} links to ${link}: there is no ${path}`;
  if (anchor === undefined || !path.endsWith('.md')) return undefined;
  return anchorsIn(textOf(path)).has(anchor)
    ? undefined
    : `${from} links to ${link}: there is no such heading`;
}

it('The wire contract has sections and rules, and each number occurs once', () => {
  const numbers = [...textOf('docs/contract.md').matchAll(/^- \*\*(\d+\.\d+)\*\*/gm)].map(
    ([, number]) => number,
  );

  expect(numbers.length).toBeGreaterThan(100);
  expect(numbers.filter((number, n) => numbers.indexOf(number) !== n)).toEqual([]);
});

describe('Citations of the wire contract', () => {
  it('Every citation of the wire contract in code names a section or a rule that exists', () => {
    const cited = sources.filter(({ text }) => new RegExp(CITATION.source).test(unwrapped(text)));

    expect(cited.length).toBeGreaterThan(20);
    expect(sources.flatMap((file) => brokenRules(file, CITATION))).toEqual([]);
  });

  it('Every citation of the wire contract in the documentation names a section or a rule that exists', () => {
    expect(documents.flatMap((file) => brokenRules(file, CITATION))).toEqual([]);
    const contract = documents.filter(({ path }) => path === 'docs/contract.md');
    expect(contract.flatMap((file) => brokenRules(file, OWN_CITATION))).toEqual([]);
  });
});

it('Every page of docs/ that code or documentation names exists', () => {
  const named = [...sources, ...documents].flatMap(({ path, text }) =>
    [...text.matchAll(/(?<![\w/.-])docs\/(?<name>[\w./-]+\.md)\b/g)].map(({ groups }) => ({
      path,
      document: `docs/${groups?.name}`,
    })),
  );
  const missing = named.filter(({ document }) => !existsSync(join(repository, document)));

  expect(named.length).toBeGreaterThan(50);
  expect(missing.map(({ path, document }) => `${path} names ${document}`)).toEqual([]);
});

it('Every relative link of the documentation leads to a file, and to a heading if it names one', () => {
  const links = documents.flatMap(({ path, text }) =>
    [...text.matchAll(/\]\(\s*(?<link>[^)\s]+)\s*\)/g)].map(({ groups }) => ({
      path,
      link: groups?.link ?? '',
    })),
  );
  const relative = links.filter(({ link }) => !/^[a-z]+:/i.test(link));

  expect(relative.length).toBeGreaterThan(20);
  expect(relative.flatMap(({ path, link }) => brokenLink(path, link) ?? [])).toEqual([]);
});
