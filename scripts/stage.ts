/**
 * Stages the deployment package: exactly what the Functions host reads, and nothing else. azd packs the folder as it
 * is, and the platform installs nothing, so there is no list of files to leave out that could be incomplete.
 */
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative } from 'node:path';
import { VIEWER_MODULE } from '../shared/openapi/viewer.ts';

const repository = join(import.meta.dirname, '..');

export interface StageOptions {
  /** Folder that is emptied and filled. */
  target: string;
  /** `CATALOG_FILE`: a catalogue inside the repository is staged under the same path. */
  catalogFile?: string | undefined;
  /** Whether stack traces can name lines of the sources; the maps make the package six times as large. */
  hasMaps?: boolean;
}

/**
 * Stages what `npm run build` left in `dist/`. Returns the staged files, relative to the folder, in alphabetical
 * order. Throws if there is no bundle.
 */
export async function stage({ target, catalogFile, hasMaps = false }: StageOptions): Promise<string[]> {
  await rm(target, { recursive: true, force: true });
  await mkdir(target, { recursive: true });
  const files = ['host.json', ...(await bundle(hasMaps)), ...(isInside(catalogFile) ? [catalogFile] : [])];
  for (const file of files) {
    await mkdir(dirname(join(target, file)), { recursive: true });
    await cp(join(repository, file), join(target, file));
  }
  await writeFile(join(target, 'package.json'), await packageJson());
  return [...files, 'package.json'].sort();
}

/** The files of the last build, with the viewer of the API reference. `dist/` also keeps older chunks for a day, for processes that still run them. */
async function bundle(hasMaps: boolean): Promise<string[]> {
  const report = await readFile(join(repository, 'dist/meta.json'), 'utf8').catch(() => undefined);
  if (report === undefined) throw new Error('There is no bundle in dist/: run `npm run build`.');
  const { outputs } = JSON.parse(report) as { outputs: Record<string, unknown> };
  const bundled = Object.keys(outputs).filter(
    (file) => file.endsWith('.js') || (hasMaps && file.endsWith('.js.map')),
  );
  return [...bundled, `dist/${VIEWER_MODULE}`];
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
