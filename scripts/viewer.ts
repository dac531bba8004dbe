/**
 * The files of the API reference's viewer as one module of the build, which the bundle imports on first use: the
 * deployment package has no node_modules. They are compressed, which keeps the package small.
 */
import { brotliCompressSync, constants } from 'node:zlib';
import type { Metafile } from 'esbuild';
import { fromPackage, VIEWER_MODULE } from '../shared/openapi/viewer.ts';

/** Kept, because a watching bundler builds again and again. */
let compressed: string | undefined;

/** The module as file name and text; nothing for an app without the viewer. */
export async function viewerModule(metafile: Metafile | undefined): Promise<[name: string, text: string][]> {
  if (!metafile?.inputs['shared/openapi/viewer.ts']) return [];
  compressed ??= compress(JSON.stringify(await fromPackage()));
  return [[VIEWER_MODULE, `export default '${compressed}';\n`]];
}

/** Nearly as small as the best quality, in a twentieth of its time. */
const QUALITY = 8;

const compress = (text: string): string =>
  brotliCompressSync(text, { params: { [constants.BROTLI_PARAM_QUALITY]: QUALITY } }).toString('base64');
