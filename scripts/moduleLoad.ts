/**
 * Compares what a process needs to load the bundle with what it needs for the same sources unbundled. Measures processor
 * time, in new processes that alternate, so that other processes on the machine change both alike.
 */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { buildUnbundled } from './unbundled.ts';

/** The most that loading the bundle may take, in the time that the unbundled sources take. */
export const MAX_LOAD_RATIO = 0.4;

export interface LoadComparison {
  /** Medians of the processor time, in milliseconds. */
  bundleMs: number;
  unbundledMs: number;
  /** Median of the ratios of the pairs. */
  ratio: number;
}

interface Load {
  cpuMs: number;
  functions: number;
}

const repository = join(import.meta.dirname, '..');
const run = promisify(execFile);

/** Loads the bundle in dist/ and the unbundled sources in so many pairs of new processes, after a pair that fills the caches. */
export async function compareLoads(pairs: number): Promise<LoadComparison> {
  const unbundled = await buildUnbundled(repository, join(repository, 'node_modules/.cache/unbundled'));
  const bundle = join(repository, 'dist/main.js');
  const environment = await sampleEnvironment();
  const loads: { bundle: Load; unbundled: Load }[] = [];
  for (let n = 0; n <= pairs; n++) {
    loads.push({
      bundle: await loadOf(bundle, environment),
      unbundled: await loadOf(unbundled, environment),
    });
  }
  const counted = loads.slice(1);
  const different = counted.find((pair) => pair.bundle.functions !== pair.unbundled.functions);
  if (different || counted[0]?.bundle.functions === 0) {
    throw new Error(
      'The bundle and the sources register different functions: run `npm run build` and measure again.',
    );
  }
  return {
    bundleMs: median(counted.map((pair) => pair.bundle.cpuMs)),
    unbundledMs: median(counted.map((pair) => pair.unbundled.cpuMs)),
    ratio: median(counted.map((pair) => pair.bundle.cpuMs / pair.unbundled.cpuMs)),
  };
}

/** The settings of the sample, and no cache of compiled code, which a deployed app does not have either. */
async function sampleEnvironment(): Promise<NodeJS.ProcessEnv> {
  const { Values } = JSON.parse(await readFile(join(repository, 'local.settings.sample.json'), 'utf8')) as {
    Values: Record<string, string>;
  };
  const { NODE_COMPILE_CACHE, NODE_OPTIONS, ...inherited } = process.env;
  return { ...inherited, ...Values };
}

async function loadOf(entry: string, env: NodeJS.ProcessEnv): Promise<Load> {
  const { stdout } = await run(process.execPath, [join(import.meta.dirname, 'loadMain.mjs'), entry], {
    cwd: repository,
    env,
  });
  return JSON.parse(stdout) as Load;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
