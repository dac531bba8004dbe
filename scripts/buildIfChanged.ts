/**
 * Builds the bundle unless the last build is current: its sources, packages and compiler are the same, by the size and
 * time of their files, and everything that it wrote is in place. The comparison takes a fiftieth of the time of a build.
 */
import { createHash } from 'node:crypto';
import { type BigIntStats, readdirSync, statSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Metafile } from 'esbuild';
import { buildOnce } from './bundle.ts';

/** What a build depends on besides the files that it reads; npm writes the last one with every change of a package. */
const CONDITIONS = ['package.json', 'tsconfig.json', 'node_modules/.package-lock.json'];
const BUILDER = readdirSync(import.meta.dirname, { withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map(({ name }) => join(import.meta.dirname, name))
  .sort();

/** Builds the app in a folder, as `buildOnce` does, if anything has changed since this function built it. */
export async function buildIfChanged(folder: string): Promise<void> {
  const stampFile = join(folder, 'node_modules/.cache/bundle.sha256');
  const stamp = await readFile(stampFile, 'utf8').catch(() => undefined);
  if (stamp !== undefined && stamp === (await stampOf(folder))) return;
  const begunMs = Date.now();
  await buildOnce(folder);
  // Without a stamp, the next call builds again: the build may have read a file before its latest change.
  const built = await stampOf(folder, begunMs);
  if (built === undefined) return;
  await mkdir(dirname(stampFile), { recursive: true });
  await writeFile(stampFile, built);
}

/** A digest of the last build; undefined without a complete build, or if a source has changed at that time or later. */
async function stampOf(folder: string, beforeMs = Number.POSITIVE_INFINITY): Promise<string | undefined> {
  const report = await readFile(join(folder, 'dist/meta.json'), 'utf8').catch(() => undefined);
  if (report === undefined) return undefined;
  const { inputs, outputs } = JSON.parse(report) as Metafile;
  const isComplete = Object.entries(outputs).every(
    ([path, { bytes }]) => Number(statOf(folder, path)?.size) === bytes,
  );
  if (!isComplete) return undefined;
  const hash = createHash('sha256').update(report);
  // A module behind `import()` has a second entry, with a prefix. Other generated modules have no file.
  const sources = Object.keys(inputs).map((path) => path.replace(/^lazy:/, ''));
  for (const path of [...sources, ...CONDITIONS, ...BUILDER]) {
    const stat = statOf(folder, path);
    if (Number(stat?.mtimeMs) >= beforeMs) return undefined;
    hash.update(`${path} ${stat?.size} ${stat?.mtimeNs}\n`);
  }
  return hash.digest('hex');
}

const statOf = (folder: string, path: string): BigIntStats | undefined =>
  statSync(resolve(folder, path), { bigint: true, throwIfNoEntry: false });
