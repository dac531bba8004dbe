/**
 * `run.json` in the data folder: which stack runs on it and where that stack listens, for `npm run token`, for
 * tests, and for a second start, which it keeps out. A reader never sees a partly written file.
 * It holds the keys of the local stand-ins, so only its owner can read it.
 */
import { randomUUID } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { Refused } from '../../cli/refused.ts';
import { isRunning, startTicks } from './ancestors.ts';
import type { Facts } from './stack.ts';

/** While the stack starts or stops, only its supervisor is known. */
export interface RunFile extends Partial<Omit<Facts, 'functions'>> {
  /** The supervisor's process id. */
  readonly pid: number;
  /** When that process began (Unix time in milliseconds). */
  readonly since: number;
  /** When that process began in clock ticks of the system, where those are known. */
  readonly ticks?: number | undefined;
  readonly processes: Readonly<Record<string, { readonly pid: number; readonly port: number }>>;
}

const self = { pid: process.pid, since: performance.timeOrigin, ticks: startTicks(process.pid) };

// A start takes some seconds, more on a busy machine, and a stop five at most.
const settleWithinMs = 60_000;
const pollMs = 100;

export interface RunFileHold {
  /** Writes what runs and where, in place of the previous content. */
  write(running: Omit<RunFile, 'pid' | 'since'>): Promise<void>;
  /** Gives up the data folder. */
  remove(): Promise<void>;
}

/**
 * Creates the file for this process. While another stack starts or stops, it waits for the result, for 60 s at
 * most; throws Refused with the URL when a stack runs, or when `signal` aborts.
 */
export async function holdRunFile(
  file: string,
  { waitMs = settleWithinMs, signal }: { waitMs?: number; signal?: AbortSignal | undefined } = {},
): Promise<RunFileHold> {
  const deadline = performance.now() + waitMs;
  while (!(await create(file))) {
    const holder = await readRunFile(file);
    if (holder === undefined || !isAlive(holder)) {
      await rm(file, { force: true });
      continue;
    }
    if (holder.url !== undefined || performance.now() >= deadline) throw new Refused(inUse(file, holder));
    await sleep(pollMs);
    if (signal?.aborted) throw new Refused('The stack was stopped while it was starting.');
  }
  // One write at a time: two processes may be ready again at the same moment.
  let last: Promise<void> = Promise.resolve();
  const next = (step: () => Promise<void>) => {
    last = last.catch(() => undefined).then(step);
    return last;
  };
  return {
    write: (running) => next(() => replace(file, running)),
    remove: () => next(() => rm(file, { force: true })),
  };
}

/** False when the file exists. Unlike an opened file, a link appears together with its content. */
async function create(file: string): Promise<boolean> {
  const own = `${file}.${randomUUID()}`;
  try {
    await writeFile(own, JSON.stringify({ ...self, processes: {} }), { mode: 0o600 });
    await link(own, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(own, { force: true });
  }
}

async function replace(file: string, running: Omit<RunFile, 'pid' | 'since'>): Promise<void> {
  const partial = `${file}.new`;
  await writeFile(partial, `${JSON.stringify({ ...self, ...running }, undefined, 2)}\n`, { mode: 0o600 });
  await rename(partial, file);
}

function inUse(file: string, { pid, url }: RunFile): string {
  if (url === undefined) {
    return `Another start on this data folder has not finished (process ${pid}). Stop that process, or remove ${file} if it no longer exists.`;
  }
  return [
    `A local stack already runs on this data folder: ${url} (process ${pid}).`,
    'Use it, stop it, or start another with --port N --data DIR.',
  ].join(' ');
}

/** The run file of a stack; undefined when there is none, or none that can be read. */
export async function readRunFile(file: string): Promise<RunFile | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as RunFile;
  } catch {
    return undefined;
  }
}

/** Whether the supervisor that wrote the file still runs; its id may belong to another process by now. */
export function isAlive({ pid, since, ticks }: RunFile): boolean {
  if (pid === self.pid) return since === self.since;
  if (!isRunning(pid)) return false;
  const present = startTicks(pid);
  return ticks === undefined || present === undefined || ticks === present;
}
