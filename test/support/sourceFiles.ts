/** The files of this repository as text, for the tests of its layout, citations and vocabulary. */
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';

const repository = join(import.meta.dirname, '..', '..');
const GENERATED = ['**/node_modules/**', '**/dist/**', '**/coverage/**'];

export interface SourceFile {
  /** Relative to the repository, with forward slashes. */
  path: string;
  text: string;
}

/** The files that match a glob pattern, in order. */
export function sourceFiles(...patterns: string[]): SourceFile[] {
  const paths = globSync(patterns, { cwd: repository, exclude: GENERATED });
  return [...new Set(paths)].sort().map((path) => ({
    path: path.replaceAll('\\', '/'),
    text: readFileSync(join(repository, path), 'utf8'),
  }));
}

export interface Import {
  from: string;
  /** A path in this repository, or the name of a package. */
  to: string;
  /** Whether the import exists at run time. */
  isRuntime: boolean;
}

/** `import … from`, `export … from` and `import 'x'`, each a separate statement; `import()` anywhere. */
const STATIC = /^(?:import|export)\b(?:(?<clause>[^'";]*?)\bfrom)?\s+'(?<target>[^']+)'/gm;
const DYNAMIC = /\bimport\(\s*'(?<target>[^']+)'/g;

/** Every import of a TypeScript file; relative ones as paths in this repository. */
export function importsOf({ path, text }: SourceFile): Import[] {
  const resolve = (target: string) => (target.startsWith('.') ? posix.join(dirname(path), target) : target);
  const found = [
    ...text.matchAll(STATIC).map(({ groups: { clause = '', target = '' } = {} }) => ({
      target,
      isRuntime: !/^\s*type\s+[^,]/.test(clause),
    })),
    ...text.matchAll(DYNAMIC).map(({ groups: { target = '' } = {} }) => ({ target, isRuntime: true })),
  ];
  return found.map(({ target, isRuntime }) => ({ from: path, to: resolve(target), isRuntime }));
}
