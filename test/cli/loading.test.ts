/** The packages that a command or the local stack loads before it runs: most of the time of a short command is loading. */
import { expect, it } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { importsOf, sourceFiles } from '../support/sourceFiles.ts';

const PACKAGES = Object.keys({ ...packageJson.dependencies, ...packageJson.devDependencies });

const sources = new Map(
  sourceFiles('{cli,shared,local,scripts}/**/*.ts').map((source) => [source.path, source]),
);

/** The packages that a file and its static imports load. `import()` loads later. */
function packagesOf(path: string): string[] {
  const packages = new Set<string>();
  const loaded = new Set([path]);
  for (const at of loaded) {
    const { text = '' } = sources.get(at) ?? {};
    const imports = importsOf({ path: at, text: text.replaceAll('import(', 'later(') });
    for (const { to } of imports.filter(({ isRuntime }) => isRuntime)) {
      if (sources.has(to)) loaded.add(to);
      else if (PACKAGES.some((name) => `${to}/`.startsWith(`${name}/`))) packages.add(to);
    }
  }
  return [...packages];
}

it('The help of every command loads the parser of command lines only', () => {
  expect(packagesOf('cli/main.ts')).toEqual(['commander']);
});

it('The commands of "cartwright bulk" that read no order file load no package', () => {
  expect(packagesOf('cli/bulk/run.ts').filter((name) => name !== 'commander')).toEqual([]);
  expect(packagesOf('cli/bulk/submit.ts')).toContain('zod');
});

it('The command "cartwright token" loads the decoder of tokens, and not the rest of its library', () => {
  expect(packagesOf('cli/token/print.ts').filter((name) => name !== 'commander')).toEqual([
    'jose/jwt/decode',
  ]);
});

it('The commands of "cartwright parked" load the library of Azure sign-ins only for a namespace', () => {
  expect(packagesOf('cli/parked/run.ts')).not.toContain('@azure/identity');
  expect(packagesOf('cli/parked/run.ts')).toContain('@azure/service-bus');
});

it('The supervisor of the local stack loads the bundler only', () => {
  expect(packagesOf('local/start.ts')).toEqual(['esbuild']);
});
