/**
 * The title of a test is a sentence that makes sense without its `describe`: it begins with a capital letter, with a
 * value of `each`, or with an identifier of the code.
 */
import { describe, expect, it } from 'vitest';
import { type SourceFile, sourceFiles } from '../support/sourceFiles.ts';

const LITERAL = String.raw`(?<title>'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|\x60(?:[^\x60\\]|\\.)*\x60)`;
/** `it('…'` */
const PLAIN = new RegExp(String.raw`^[ \t]*(?:it|test)\(\s*${LITERAL}`, 'gm');
/** `it.each(…)('…'`, whose argument may end some lines below, at the same indentation. */
const LINES_BELOW = String.raw`[^\n]*\n(?:(?!\k<indent>\S)[^\n]*\n)*\k<indent>`;
const EACH = new RegExp(
  String.raw`^(?<indent>[ \t]*)(?:it|test)\.\w+(?:${LINES_BELOW})?[^\n]*?\)\(\s*${LITERAL}`,
  'gm',
);
/** An ordinary word: an identifier has a capital letter, a digit, a dot, a slash or the like in it. */
const LOWER_CASE_WORD = /^[a-z]+(?=[\s,:;’]|$)/;

const files = sourceFiles('test/**/*.ts', 'local/*/test/**/*.ts');

const titlesIn = ({ text }: SourceFile): string[] =>
  [PLAIN, EACH].flatMap((pattern) =>
    [...text.matchAll(pattern)].map(({ groups }) => groups?.title?.slice(1, -1) ?? ''),
  );

describe('The check of test titles', () => {
  it('The check finds the titles of it, test and each, and no others', () => {
    const text = [
      "describe('a topic', () => {",
      "  it('one', () => run('a'));",
      '  test(',
      '    `two`,',
      "    () => run('b'),",
      '  );',
      "  it.each(['x', 'y'])('three %s', (value) => run(value));",
      '  it.each([',
      "    ['x', call()('no title')],",
      '  ] as const)(',
      "    'four %s',",
      '    (value) => {',
      "      run(value)('no title');",
      '    },',
      '  );',
      "  test.runIf(has('x'))('five', () => undefined);",
      '});',
    ].join('\n');

    expect(titlesIn({ path: 'a.test.ts', text }).sort()).toEqual([
      'five',
      'four %s',
      'one',
      'three %s',
      'two',
    ]);
  });

  it('A lower-case word is no beginning of a title, but an identifier is', () => {
    const titles = [
      'is a cart',
      'peek returns',
      'peek() returns',
      'run.json has',
      'docs/%s is',
      '%s is',
      'A cart',
    ];

    expect(titles.filter((title) => LOWER_CASE_WORD.test(title))).toEqual(['is a cart', 'peek returns']);
  });

  it('The check covers the tests of the service and of the local workspaces', () => {
    expect(files.flatMap(titlesIn).length).toBeGreaterThan(1_000);
    expect(files.filter(({ path }) => path.startsWith('local/')).flatMap(titlesIn).length).toBeGreaterThan(
      100,
    );
  });
});

it('Every test title begins with a capital letter or an identifier', () => {
  const found = files.flatMap((file) =>
    titlesIn(file).flatMap((title) => (LOWER_CASE_WORD.test(title) ? [`${file.path}: ${title}`] : [])),
  );

  expect(found).toEqual([]);
});

it('No two tests of a file have the same title', () => {
  const found = files.flatMap((file) => {
    const titles = titlesIn(file).filter((title) => !/[%$]/.test(title)); // others differ by their values
    return titles.filter((title, n) => titles.indexOf(title) < n).map((title) => `${file.path}: ${title}`);
  });

  expect(found).toEqual([]);
});
