/**
 * What the documentation names exists: files, npm scripts, test files, variables, functions, commands with their options,
 * error codes and reasons. A page that has the old name of a renamed thing fails here.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { program } from '../../cli/main.ts';
import { outputTo } from '../../cli/terminal.ts';
import { ERRORS } from '../../shared/errors.ts';
import { sourceFiles } from '../support/sourceFiles.ts';

const repository = join(import.meta.dirname, '../..');
const read = (path: string) => readFileSync(join(repository, path), 'utf8');
const documents = sourceFiles('*.md', 'docs/**/*.md');
const sources = sourceFiles(
  '{cli,functions,infra,local,scripts,shared,test}/**/*.{ts,mjs,json,bicep}',
  '.github/**/*.yml',
).filter(({ path }) => !path.startsWith('test/docs/'));
const tests = sources.map(({ path }) => path).filter((path) => path.endsWith('.test.ts'));

interface Named {
  path: string;
  name: string;
}

/** What the first group of a pattern finds in the documentation, each with its page. */
const namesIn = (pattern: RegExp): Named[] =>
  documents.flatMap(({ path, text }) =>
    [...text.matchAll(pattern)].map(([, name = '']) => ({ path, name: name.trim() })),
  );
const sentence = ({ path, name }: Named) => `${path} names ${name}`;
/** The first column of the table after a line of a page. */
function rowsAfter(page: string, head: string): string[][] {
  const [, table = ''] = read(page).split(`\n${head}\n`);
  const lines = table.split('\n').slice(1);
  const end = lines.findIndex((line) => !line.startsWith('|'));
  return lines.slice(0, end).map((line) => line.split('|').map((cell) => cell.trim().replaceAll('`', '')));
}

it('Every file and folder of the repository that the documentation names exists', () => {
  const named = namesIn(
    /`((?:\.ci|\.github|\.vscode|cli|docs|functions|infra|local|scripts|shared|test)\/[\w./-]*)`/g,
  );
  const missing = named.filter(
    // A page may name the beginning of a test file, as Vitest takes it.
    ({ name }) =>
      !existsSync(join(repository, name)) && !tests.some((test) => /^[-.]/.test(test.replace(name, ''))),
  );

  expect(named.length).toBeGreaterThan(100);
  expect(missing.map(sentence)).toEqual([]);
});

it('Every npm script that documentation, code or comments name exists', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  const named = [...documents, ...sources].flatMap(({ path, text }) =>
    [...text.matchAll(/\bnpm run (?:--silent )?([a-z][\w:]*\w)/g)].map(([, name = '']) => ({ path, name })),
  );

  expect(named.length).toBeGreaterThan(50);
  expect(named.filter(({ name }) => scripts[name] === undefined).map(sentence)).toEqual([]);
});

it('Every test file that a command of the documentation runs exists', () => {
  const named = namesIn(/npx vitest run ([^`\n]+)/g).flatMap(({ path, name }) =>
    name.split(' ').flatMap((word) => (word.startsWith('test/') ? [{ path, name: word }] : [])),
  );

  expect(named.length).toBeGreaterThan(10);
  expect(named.filter(({ name }) => !tests.some((test) => test.startsWith(name))).map(sentence)).toEqual([]);
});

it('Every setting, variable and constant that the documentation names occurs in the code', () => {
  /** What azd, Node.js and OpenTelemetry read. */
  const elsewhere = ['AZURE_SUBSCRIPTION_ID', 'NODE_ENV', 'OTEL_TRACES_SAMPLER_ARG'];
  const words = new Set(sources.flatMap(({ text }) => text.match(/\b[A-Z][A-Z0-9]*_[A-Z0-9_]+\b/g) ?? []));
  const named = namesIn(/`([A-Z][A-Z0-9]*_[A-Z0-9_]+)(?:=[^`]*)?`/g);
  const unknown = named.filter(({ name }) => !words.has(name) && !elsewhere.includes(name));

  expect(named.length).toBeGreaterThan(100);
  expect(unknown.map(sentence)).toEqual([]);
});

it('The architecture page lists the functions of queues and timers under the names that the host shows', () => {
  const registered = ['functions/queues/register.ts', 'functions/timers/sweeper.ts'].flatMap((path) =>
    [...read(path).matchAll(/app\.\w+\('(\w+)'/g)].map(([, name]) => name),
  );
  const listed = rowsAfter('docs/architecture.md', '| function | trigger | what it does |').map(
    ([, name = '']) => /^\w+/.exec(name)?.[0],
  );

  expect(registered.length).toBeGreaterThan(5);
  expect(listed.filter((name) => name !== 'one').sort()).toEqual(registered.sort());
});

describe('The wire contract', () => {
  it('The contract lists every error code with its status, and no other', () => {
    const listed = rowsAfter('docs/contract.md', '| status | code | condition |');
    const errors = Object.values(ERRORS).map(({ status, code }) => `${status} ${code}`);

    expect(listed.map(([, status, code]) => `${status} ${code}`).sort()).toEqual(errors.sort());
  });

  it('The contract and the operations guide list every reason for which a message is parked', () => {
    const reason = /(?:\breason: |\bpark\(|\brefused\(\s*)'([A-Z][A-Za-z]+)'/g;
    const code = sources.filter(({ path }) => /^(?:functions|shared)\//.test(path));
    const reasons = [
      ...new Set(code.flatMap(({ text }) => [...text.matchAll(reason)].map(([, name]) => name))),
    ].sort();
    const inContract = rowsAfter('docs/contract.md', '| `reason` | the message |').map(([, name]) => name);
    const inGuide = rowsAfter('docs/operations.md', '| reason | what happened | what to do |').map(
      ([, name]) => name,
    );

    expect(reasons.length).toBeGreaterThan(5);
    expect(inContract.sort()).toEqual(reasons);
    expect(inGuide.filter((name) => name !== 'a dead letter').sort()).toEqual(reasons);
  });
});

describe('Commands of the command line', () => {
  const all = program(outputTo(process.stdout), () => undefined);

  /** What is wrong with a command, if anything: a subcommand or an option that does not exist. */
  function problemOf(words: readonly string[]): string | undefined {
    let command: Command = all;
    for (const word of words) {
      if (word.startsWith('--')) {
        const name = word.split('=')[0];
        if (name !== '--help' && !command.options.some(({ long }) => long === name)) return name;
      } else if (command.commands.length > 0) {
        const next = command.commands.find((one) => one.name() === word);
        if (next === undefined) return word;
        command = next;
      }
    }
    return undefined;
  }

  it('The check finds a subcommand and an option that do not exist', () => {
    expect(problemOf(['bulk', 'submit', 'FILE', '--again', 'May'])).toBeUndefined();
    expect(problemOf(['bulk', 'send', 'FILE'])).toBe('send');
    expect(problemOf(['parked', 'list', '--status=1'])).toBe('--status');
  });

  it('Every command of cartwright in the documentation has subcommands and options that exist', () => {
    const named = namesIn(/npx cartwright ([^`\n#]+)/g);
    const wrong = named.flatMap(({ path, name }) => {
      const problem = problemOf(name.split(/\s+/));
      return problem === undefined ? [] : [`${path}: ${problem} in ${name}`];
    });

    expect(named.length).toBeGreaterThan(20);
    expect(wrong).toEqual([]);
  });
});
