/**
 * Builds the one bundle that is run everywhere, locally and in Azure: dist/main.js with its chunks, split so that
 * what is behind `import()` loads on first use. dist/meta.json tells which inputs ended up where.
 */
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';

const repository = join(import.meta.dirname, '..');
const outputs = join(repository, 'dist');

await rm(outputs, { recursive: true, force: true });
const { metafile } = await build({
  absWorkingDir: repository,
  entryPoints: ['functions/main.ts'],
  outdir: outputs,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node22',
  minify: true,
  sourcemap: true,
  metafile: true,
  // The Functions worker puts this module in when the app is loaded; no registry has it.
  external: ['@azure/functions-core'],
  // CommonJS packages inside an ES module still ask for `require`; the alias keeps clear of their own imports.
  banner: {
    js: "import{createRequire as bannerRequire}from'node:module';const require=bannerRequire(import.meta.url);",
  },
  logLevel: 'warning',
});
await writeFile(join(outputs, 'meta.json'), JSON.stringify(metafile));
