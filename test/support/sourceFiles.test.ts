import { expect, it } from 'vitest';
import { importsOf, sourceFiles } from './sourceFiles.ts';

it('Every kind of import is found, and only type imports are absent at run time', () => {
  const text = [
    "import type { A } from './a.ts';",
    "import { type B, b } from '../b.ts';",
    'import {',
    '  c,',
    "} from './deep/c.ts';",
    "import './sideEffect.ts';",
    "import json from '../d.json' with { type: 'json' };",
    "export { e } from './e.ts';",
    "export type { F } from './f.ts';",
    "import type from 'a-package';",
    "const text = 'import { x } from';",
    "const lazy = () => import('./lazy.ts');",
    'export const path = (folder: string) =>',
    "  join(folder, './noImport.ts');",
  ].join('\n');

  const imports = importsOf({ path: 'shared/cart/file.ts', text });

  expect(imports.map(({ to, isRuntime }) => ({ to, isRuntime }))).toEqual([
    { to: 'shared/cart/a.ts', isRuntime: false },
    { to: 'shared/b.ts', isRuntime: true },
    { to: 'shared/cart/deep/c.ts', isRuntime: true },
    { to: 'shared/cart/sideEffect.ts', isRuntime: true },
    { to: 'shared/d.json', isRuntime: true },
    { to: 'shared/cart/e.ts', isRuntime: true },
    { to: 'shared/cart/f.ts', isRuntime: false },
    { to: 'a-package', isRuntime: true },
    { to: 'shared/cart/lazy.ts', isRuntime: true },
  ]);
});

it('The sources are found without installed or built files', () => {
  const paths = sourceFiles('**/*.ts').map(({ path }) => path);

  expect(paths).toContain('shared/cart/cart.ts');
  expect(paths).toContain('test/support/sourceFiles.test.ts');
  expect(paths.filter((path) => /node_modules|dist\//.test(path))).toEqual([]);
});
