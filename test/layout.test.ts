/** The layout of the repository: which folder may import which. */
import { readdir, readFile } from 'node:fs/promises';
import { join, matchesGlob } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Import, importsOf, type SourceFile, sourceFiles } from './support/sourceFiles.ts';

const MAX_LINES = 300;
/** A folder imports only folders to its left at run time. */
const DOMAIN = ['catalog', 'cart', 'orders', 'checkout', 'bulk', 'sweeper'];
const TOOLS = /^(?:cli|local|scripts)\//;
const WORKSPACES = ['local/functions-host', 'local/servicebus-emulator'];

const sources = sourceFiles('{cli,functions,local,scripts,shared,test}/**/*.{ts,mjs}', '*.config.ts');
const imports = sources.flatMap(importsOf);
const sentence = ({ from, to }: Import) => `${from} imports ${to}`;
const isIn = (folder: string) => (path: string) => path.startsWith(`${folder}/`);

/** The folder of `shared/` that a file is in; the file itself when it is in none; `undefined` elsewhere. */
function partOf(path: string): string | undefined {
  return /^shared\/(?<part>[^/]+)/.exec(path)?.groups?.part;
}

it(`No source file exceeds ${MAX_LINES} lines`, () => {
  const lines = ({ text }: SourceFile) => text.trimEnd().split('\n').length;

  expect(sources.filter((file) => lines(file) > MAX_LINES).map(({ path }) => path)).toEqual([]);
});

describe('The folders of shared/', () => {
  const crossImports = imports
    .filter(({ from, to, isRuntime }) => isRuntime && partOf(from) && partOf(to))
    .map((one) => ({ one, from: partOf(one.from) ?? '', to: partOf(one.to) ?? '' }))
    .filter(({ from, to }) => from !== to);

  it(`The domain folders of shared/ import each other only in the order ${DOMAIN.join(' ← ')}`, () => {
    const upwards = crossImports.filter(
      ({ from, to }) => DOMAIN.includes(from) && DOMAIN.indexOf(to) > DOMAIN.indexOf(from),
    );

    expect(upwards.map(({ one }) => sentence(one))).toEqual([]);
  });

  it('The folders of shared/ never import each other in a circle', () => {
    const reached = new Map<string, Set<string>>();
    const reach = (from: string): Set<string> => {
      const known = reached.get(from);
      if (known) return known;
      const all = new Set<string>();
      reached.set(from, all);
      const open = [from];
      for (let next = open.pop(); next !== undefined; next = open.pop()) {
        for (const { to } of crossImports.filter((other) => other.from === next && !all.has(other.to))) {
          all.add(to);
          open.push(to);
        }
      }
      return all;
    };

    const circular = crossImports.filter(({ from, to }) => reach(to).has(from));

    expect(circular.map(({ one }) => sentence(one))).toEqual([]);
  });
});

it('functions/ and shared/ never import cli/, local/ or scripts/', () => {
  const forbidden = imports.filter(({ from, to }) => /^(?:functions|shared)\//.test(from) && TOOLS.test(to));

  expect(forbidden.map(sentence)).toEqual([]);
});

it.each(WORKSPACES)('The workspace %s imports no file outside itself', (workspace) => {
  const own = imports.filter(({ from }) => isIn(workspace)(from));
  const outside = own.filter(({ to }) => /^[a-z]+\//.test(to) && !isIn(workspace)(to) && isFile(to));

  expect(own.length).toBeGreaterThan(0);
  expect(outside.map(sentence)).toEqual([]);
});

/** Packages have names such as `rhea` and `vitest/config`; files have an extension. */
function isFile(target: string): boolean {
  return /\.(?:ts|mjs|json)$/.test(target);
}

/** What may be at the root of the repository: folders of code and documentation, and files that a tool reads there. */
const AT_ROOT = [
  /^(?:cli|docs|functions|infra|local|scripts|shared|test)$/,
  /^\.(?:ci|git|github|vscode|editorconfig|gitignore|npmrc)$/,
  /^(?:CHANGELOG|CONTRIBUTING|LICENSE|README|SECURITY)(?:\.md)?$/,
  /^(?:azure\.yaml|biome\.json|host\.json|local\.settings\.sample\.json|package(?:-lock)?\.json|tsconfig\.json|vitest\.config\.ts)$/,
];

it('The root of the repository has no other files than those that tools read there, and those that git ignores', async () => {
  const root = join(import.meta.dirname, '..');
  const ignored = (await readFile(join(root, '.gitignore'), 'utf8'))
    .split('\n')
    .map((line) => line.replace(/\/$/, ''));
  const others = (await readdir(root)).filter(
    (name) => !AT_ROOT.some((form) => form.test(name)) && !ignored.some((form) => matchesGlob(name, form)),
  );

  expect(others).toEqual([]);
});
