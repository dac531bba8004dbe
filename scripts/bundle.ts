/**
 * Builds the one bundle that runs everywhere, locally and in Azure: dist/main.js with its chunks, split so that
 * code behind `import()` loads on first use, and everything else is one chunk. dist/meta.json lists which inputs are in
 * which output.
 *
 * A build never breaks a process that runs the one before, or that starts meanwhile: each file appears complete or
 * not at all, the chunks before the entry that imports them, and a chunk that is no longer used stays for a day,
 * because a running process may load it later. Builds at the same time do not disturb one another either.
 */
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import {
  type BuildContext,
  context,
  formatMessages,
  type Message,
  type Metafile,
  type OutputFile,
  stop,
} from 'esbuild';
import { builtinsByName, dependOnEntry, undiciAgentOnly } from './bundlePlugins.ts';
import { viewerModule } from './viewer.ts';

const entry = 'functions/main.ts';
const keepRetiredMs = 24 * 3_600_000;

/** Bundlers that use the compiler's process, of which there is one in a process. */
let open = 0;

/** A build that failed; the message is the compiler's report, with the file and the line of each error. */
export class BuildError extends Error {
  override readonly name = 'BuildError';
}

export interface Built {
  readonly durationMs: number;
  /** Whether the code differs from that of this bundler's previous build. */
  readonly changed: boolean;
}

/** Whether the folder holds an app that can be built, and not only its finished bundle. */
export const hasSources = (folder: string): boolean => existsSync(join(folder, entry));

/** Builds an app again and again, each time only what has changed since the build before. */
export class Bundler {
  readonly #folder: string;
  #context: Promise<BuildContext> | undefined;
  #code = '';

  /** `folder` holds functions/main.ts; the bundle is written to its `dist`. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Builds and writes the bundle; throws BuildError, and then the files stay as they were. */
  async build(): Promise<Built> {
    const began = performance.now();
    if (this.#context === undefined) {
      open += 1;
      this.#context = createContext(this.#folder);
    }
    const { outputFiles = [], metafile } = await report((await this.#context).rebuild());
    await writeBundle(join(this.#folder, 'dist'), outputFiles, metafile);
    const previous = this.#code;
    this.#code = codeOf(outputFiles);
    return { durationMs: performance.now() - began, changed: this.#code !== previous };
  }

  /** Frees what the builds have kept; with the last bundler, the compiler's process ends. */
  async close(): Promise<void> {
    if (this.#context === undefined) return;
    await (await this.#context).dispose();
    this.#context = undefined;
    open -= 1;
    if (open === 0) await stop();
  }
}

/** Builds the app in a folder once. */
export async function buildOnce(folder: string): Promise<void> {
  const bundler = new Bundler(folder);
  await bundler.build().finally(() => bundler.close());
}

function createContext(folder: string) {
  return context({
    absWorkingDir: folder,
    entryPoints: [entry],
    outdir: 'dist',
    write: false,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    // ES modules where a package has both: of them, what nothing uses is left out.
    mainFields: ['module', 'main'],
    target: 'node22',
    minify: true,
    sourcemap: true,
    metafile: true,
    // The Functions worker injects this module when the app is loaded; no registry has it.
    external: ['@azure/functions-core'],
    plugins: [dependOnEntry(join(folder, entry)), builtinsByName, undiciAgentOnly],
    // CommonJS packages inside an ES module still call `require`; the alias does not collide with their imports.
    banner: {
      js: "import{createRequire as bannerRequire}from'node:module';const require=bannerRequire(import.meta.url);",
    },
    logLevel: 'silent',
  });
}

/** The code of a build. A comment changes the names of chunks, which depend on source maps, and not the code. */
const codeOf = (files: readonly OutputFile[]): string =>
  files
    .filter(({ path }) => path.endsWith('.js'))
    .map(({ text }) => text.replaceAll(/-[A-Z0-9]{8}\.js/g, '.js'))
    .sort()
    .join('\n');

async function report<Result extends { readonly warnings: Message[] }>(
  building: Promise<Result>,
): Promise<Result> {
  try {
    const result = await building;
    const warnings = await readable(result.warnings, 'warning');
    if (warnings !== '') console.error(warnings);
    return result;
  } catch (error) {
    const { errors } = error as { errors?: Message[] };
    if (errors === undefined) throw error;
    throw new BuildError(await readable(errors, 'error'));
  }
}

async function readable(messages: Message[], kind: 'error' | 'warning'): Promise<string> {
  const color = process.stderr.isTTY === true && !process.env.NO_COLOR;
  return (await formatMessages(messages, { kind, color })).join('\n').trim();
}

async function writeBundle(folder: string, files: readonly OutputFile[], metafile?: Metafile): Promise<void> {
  await mkdir(folder, { recursive: true });
  const previous = await outputsOf(join(folder, 'meta.json'));
  const entryName = basename(entry).replace(/\.ts$/, '.js');
  const byUse = [...files].sort((one, other) => rank(one, entryName) - rank(other, entryName));
  const viewer = await viewerModule(metafile);
  for (const [name, text] of viewer) await replaceFile(join(folder, name), text);
  for (const { path, contents } of byUse) await replaceFile(path, contents);
  await replaceFile(join(folder, 'meta.json'), JSON.stringify(metafile));
  const present = [...files.map(({ path }) => basename(path)), ...viewer.map(([name]) => name), 'meta.json'];
  await retire(folder, previous, new Set(present));
}

/** The entry comes last, because it imports the others. */
const rank = ({ path }: OutputFile, entryName: string): number => (basename(path) === entryName ? 1 : 0);

async function replaceFile(path: string, contents: Uint8Array | string): Promise<void> {
  const present = await readFile(path).catch(() => undefined);
  if (present?.equals(Buffer.from(contents))) return;
  const partial = `${path}.${randomUUID()}`;
  await writeFile(partial, contents);
  await rename(partial, path);
}

/** The names of the files that the previous build wrote. */
async function outputsOf(metaFile: string): Promise<Set<string>> {
  try {
    const { outputs } = JSON.parse(await readFile(metaFile, 'utf8')) as Metafile;
    return new Set(Object.keys(outputs).map((path) => basename(path)));
  } catch {
    return new Set();
  }
}

/** Removes what no build has used for a day. The time of a file's last use is when a build first left it out. */
async function retire(folder: string, previous: Set<string>, present: Set<string>): Promise<void> {
  const now = Date.now();
  for (const name of await readdir(folder)) {
    if (present.has(name)) continue;
    const path = join(folder, name);
    try {
      if (previous.has(name)) await utimes(path, now / 1000, now / 1000);
      else if (now - (await stat(path)).mtimeMs > keepRetiredMs) await rm(path, { recursive: true });
    } catch (error) {
      // Another build has removed it, or it was the partial file of one that has finished.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
}
