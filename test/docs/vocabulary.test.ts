/**
 * Words that user-facing text does not use, because the field has a plainer or more precise one (docs/glossary.md).
 * User-facing are the documentation, every text in the code that is more than one word (errors, log lines, command-line
 * texts, descriptions of the API), and the titles of tests. Comments, also of tests, are held to the words that have no use
 * at all.
 */
import { describe, expect, it } from 'vitest';
import { type SourceFile, sourceFiles } from '../support/sourceFiles.ts';

/** What not to write, what to write instead, and the files where the word is the term of the field. */
const AVOIDED: readonly (readonly [word: RegExp, instead: string, except?: RegExp])[] = [
  [/\bwhoever\b/i, 'the caller, any …'],
  [/\b(?:no|some|any|every)body\b/i, 'no caller, a client, every partner'],
  [/\b(?:tells?|told|telling)\b/i, 'report, state, inform, publish'],
  [/\bof (?:its|his|their|your|one[’']s) own\b/i, 'separate, its …'],
  [/\bby (?:itself|themselves)\b/i, 'automatically, alone'],
  [/\b(?:go|goes|going|went|gone) on\b/i, 'continue'],
  [/\b(?:come|comes|came|coming) to\b/i, 'reach, become, result in'],
  [/\blook(?:s|ed|ing)? after\b/i, 'monitor, process'],
  [/\b(?:is|are|be|was|were|been) had\b/i, 'is available, can be acquired'],
  [/\bat first sight\b/i, 'immediately'],
  [/\b(?:give|gives|gave|given|giving) up\b/i, 'expire, end without another attempt'],
  [/\bin doubt\b|\bdoubts?\b|\bdoubted\b/i, 'ambiguous'],
  [/\b(?:held back|put off|puts off)\b/i, 'deferred'],
  [/\bhints?\b/i, 'due entry', /^(?:test\/)?cli\//],
  [/\bfaults?\b/i, 'error, failure, mutant', /^local\/servicebus-emulator\//],
  [/\bmishaps?\b/i, 'unexpected error'],
  [/\bheed(?:s|ed|ing)?\b/i, 'read, apply'],
  [/\bturnstiles?\b/i, 'outbound limiter'],
  [/\b(?:behaviou|colou|hono)ur|\blicence/i, 'behavior, color, honor, license'],
  [/\b(?:unsaid|amidst)\b/i, 'unsupported, during'],
];

/** Words that comments do not use either. */
const UNUSED =
  /\b(?:whoever|nobody|somebody|at first sight|by itself|of its own|looks? after|goes on|comes to nothing|is had|tells?|told|worked off|begins anew)\b/i;

interface Text {
  path: string;
  text: string;
}

const documents = sourceFiles('*.md', 'docs/**/*.md', 'local/*/*.md', 'infra/**/*.md');
const sources = sourceFiles('{cli,functions,local,scripts,shared}/**/*.{ts,mjs}').filter(
  ({ path }) => !path.includes('/test/'),
);
const tests = sourceFiles('test/**/*.test.ts', 'local/*/test/**/*.test.ts').filter(
  ({ path }) => path !== 'test/docs/vocabulary.test.ts',
);

const COMMENT_LINE = /^\s*(?:\/?\*|\/\/).*$/gm;
const TRAILING_COMMENT = /\s\/\/ .*$/gm;
const PLACEHOLDER = /\$\{[^}]*\}/g;
const LITERAL = /'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`/g;
/** The first argument of `it`, `test` and `describe`, also behind `.each(…)` and `.for(…)`. */
const TITLE = /(?:\b(?:it|test|describe)|\))\(\s*(?<title>'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`)/g;

const withoutComments = (text: string) => text.replace(COMMENT_LINE, '').replace(TRAILING_COMMENT, '');

/** The texts of more than one word in a source file. */
const textsOf = ({ path, text }: SourceFile): Text[] =>
  [...withoutComments(text).matchAll(LITERAL)]
    .filter(([literal]) => /\w\W+\w/.test(literal) && literal.includes(' '))
    .map(([literal]) => ({ path, text: literal.replace(PLACEHOLDER, '…') }));

const titlesOf = ({ path, text }: SourceFile): Text[] =>
  [...withoutComments(text).matchAll(TITLE)].map(({ groups }) => ({ path, text: groups?.title ?? '' }));

const linesOf = ({ path, text }: SourceFile): Text[] =>
  text.split('\n').map((line) => ({ path, text: line }));

/** Each use of an avoided word, with what to write instead. */
function avoidedIn(texts: readonly Text[]): string[] {
  return texts.flatMap(({ path, text }) =>
    AVOIDED.flatMap(([word, instead, except]) => {
      const found = except?.test(path) ? undefined : word.exec(text);
      return found ? [`${path}: '${found[0]}' (${instead}) in ${text.trim().slice(0, 120)}`] : [];
    }),
  );
}

describe('The check of the vocabulary', () => {
  it('The check finds an avoided word in texts and titles, and ignores comments and identifiers', () => {
    const text = [
      '/** Whoever reads this. */',
      '// Nobody does.',
      "const whoever = 'whoever';",
      "throw new Error('Nobody is there.'); // of its own",
      "log.info('told twice');",
    ].join('\n');
    const titles = ["it('goes on', () => {});", "it.each([1])('comes to %s', () => {});"].join('\n');

    expect(avoidedIn(textsOf({ path: 'a.ts', text }))).toEqual([
      expect.stringContaining("'Nobody'"),
      expect.stringContaining("'told'"),
    ]);
    expect(avoidedIn(titlesOf({ path: 'a.test.ts', text: titles }))).toEqual([
      expect.stringContaining("'goes on'"),
      expect.stringContaining("'comes to'"),
    ]);
  });

  it('The check covers the documentation, the texts of the code and the titles of the tests', () => {
    expect(documents.flatMap(linesOf).length).toBeGreaterThan(500);
    expect(sources.flatMap(textsOf).length).toBeGreaterThan(500);
    expect(tests.flatMap(titlesOf).length).toBeGreaterThan(500);
  });
});

it('The documentation uses no avoided word', () => {
  expect(avoidedIn(documents.flatMap(linesOf))).toEqual([]);
});

it('Errors, log lines, command-line texts and descriptions use no avoided word', () => {
  expect(avoidedIn(sources.flatMap(textsOf))).toEqual([]);
});

it('Titles of tests use no avoided word', () => {
  expect(avoidedIn(tests.flatMap(titlesOf))).toEqual([]);
});

it('Comments use no word of the old vocabulary, in the service, its tools and its tests', () => {
  const helpers = sourceFiles('test/**/*.ts', 'local/*/test/**/*.ts').filter(
    ({ path }) => path !== 'test/docs/vocabulary.test.ts',
  );
  // Data of tests may be any word.
  const comments = helpers.flatMap(({ path, text }) =>
    [...text.matchAll(COMMENT_LINE), ...text.matchAll(TRAILING_COMMENT)].map(([line]) => ({
      path,
      text: line,
    })),
  );
  const found = [...sources.flatMap(linesOf), ...comments].filter(({ text }) => UNUSED.test(text));

  expect(sources.length).toBeGreaterThan(400);
  expect(comments.length).toBeGreaterThan(1_000);
  expect(found.map(({ path, text }) => `${path}: ${text.trim()}`)).toEqual([]);
});
