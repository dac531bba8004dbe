/**
 * Builds the service as the template of Azure Functions does: each source file as a CommonJS module, packages from
 * node_modules. Only what the bundle is compared with.
 */
import { globSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';

/** Each import stays an import, of the file that the other source becomes. JSON becomes a part of the file that imports it. */
const keepImports: Plugin = {
  name: 'keep-imports',
  setup({ onResolve }) {
    onResolve({ filter: /./ }, ({ kind, path }) =>
      kind === 'entry-point' || path.endsWith('.json')
        ? undefined
        : { path: path.replace(/^(\..*)\.ts$/, '$1.js'), external: true },
    );
  },
};

/** Builds `functions/` and `shared/` of a folder into another one below it, where node_modules is found; returns the entry. */
export async function buildUnbundled(folder: string, target: string): Promise<string> {
  await rm(target, { recursive: true, force: true });
  await build({
    absWorkingDir: folder,
    entryPoints: globSync('{functions,shared}/**/*.ts', { cwd: folder }),
    outdir: target,
    outbase: folder,
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node22',
    plugins: [keepImports],
    logLevel: 'error', // a warning is about `import.meta` in code that does not load at the start
  });
  await writeFile(join(target, 'package.json'), '{ "type": "commonjs" }\n');
  return join(target, 'functions/main.js');
}
