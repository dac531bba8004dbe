/**
 * The files of the API reference's viewer as one module of the build, which the bundle imports on first use: the
 * deployment package has no node_modules. They are compressed, which keeps the package small.
 */
import { brotliCompressSync } from 'node:zlib';
import type { Metafile } from 'esbuild';
import { fromPackage, VIEWER_MODULE } from '../shared/openapi/viewer.ts';

/** Kept, because a watching bundler builds again and again. */
let compressed: string | undefined;

/** The module as file name and text; nothing for an app without the viewer. */
export async function viewerModule(metafile: Metafile | undefined): Promise<[name: string, text: string][]> {
  if (!metafile?.inputs['shared/openapi/viewer.ts']) return [];
  compressed ??= brotliCompressSync(JSON.stringify(await fromPackage())).toString('base64');
  return [[VIEWER_MODULE, `export default '${compressed}';\n`]];
}
