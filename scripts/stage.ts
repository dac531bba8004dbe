/**
 * Stages the deployment package: exactly what the Functions host reads, and nothing else. azd packs the folder as it
 * is, and the platform installs nothing, so there is no list of files to leave out that could be incomplete.
 */
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative } from 'node:path';
import { VIEWER_MODULE } from '../shared/openapi/viewer.ts';

const repository = join(import.meta.dirname, '..');

export interface StageOptions {
  /** Folder that is emptied and filled. */
  target: string;
  /** `CATALOG_FILE`: a catalogue inside the repository is staged under the same path. */
  catalogFile?: string | undefined;
  /** Whether stack traces can name lines of the sources; the maps make the package six times as large. */
  hasMaps?: boolean;
  /** Folder of the bundle; `dist/` of this repository by default. */
  bundle?: string;
}

/**
 * Stages what `npm run build` left in `dist/`. Returns the staged files, relative to the folder, in alphabetical
 * order. Throws if there is no bundle.
 */
export async function stage({
  target,
  catalogFile,
  hasMaps = false,
  bundle = join(repository, 'dist'),
}: StageOptions): Promise<string[]> {
  await rm(target, { recursive: true, force: true });
  const copies = [
    [join(repository, 'host.json'), 'host.json'],
    ...(await bundleFiles(bundle, hasMaps)).map((file) => [join(bundle, file), `dist/${file}`]),
    ...(isInside(catalogFile) ? [[join(repository, catalogFile), catalogFile]] : []),
  ] as [from: string, to: string][];
  for (const folder of new Set(copies.map(([, to]) => dirname(to)))) {
    await mkdir(join(target, folder), { recursive: true });
  }
  for (const [from, to] of copies) await copyFile(from, join(target, to));
  await writeFile(join(target, 'package.json'), await packageJson());
  return [...copies.map(([, to]) => to), 'package.json'].sort();
}

/** The files of the last build: the folder also keeps chunks of earlier ones, for processes that still run them. */
async function bundleFiles(bundle: string, hasMaps: boolean): Promise<string[]> {
  const meta = await readFile(join(bundle, 'meta.json'), 'utf8').catch(() => {
    throw new Error('There is no bundle in dist/: run `npm run build`.');
  });
  const { outputs } = JSON.parse(meta) as { outputs: Record<string, unknown> };
  const built = Object.keys(outputs).map((path) => basename(path));
  // The build adds the viewer of the API reference without the compiler.
  const added = (await readdir(bundle)).filter((file) => file === VIEWER_MODULE);
  return [...built, ...added].filter((file) => file.endsWith('.js') || (hasMaps && file.endsWith('.js.map')));
}

/** The members that host and worker read. Without dependencies and scripts there is nothing to install or run. */
async function packageJson(): Promise<string> {
  const { name, version, type, main } = JSON.parse(await readFile(join(repository, 'package.json'), 'utf8'));
  return `${JSON.stringify({ name, version, private: true, type, main }, null, 2)}\n`;
}

/** Whether a file can be part of the package: the app finds it by its path from the app folder. */
function isInside(file: string | undefined): file is string {
  return file !== undefined && file !== '' && !isAbsolute(file) && !relative('.', file).startsWith('..');
}
