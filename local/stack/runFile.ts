/**
 * `run.json` in the data folder: who is at work there and where it is to be found, for `npm run token`, for
 * tests, and for a second start, which it keeps out. It promises that a reader never sees half a file.
 * It holds the keys of this machine's stand-ins, so only its owner can read it.
 */
import { randomUUID } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { Refused } from '../../cli/refused.ts';
import type { Facts } from './stack.ts';

/** While the stack is starting, only who starts it is known. */
export interface RunFile extends Partial<Omit<Facts, 'functions'>> {
  /** The supervisor's process id. */
  readonly pid: number;
  /** When that process began (Unix time in milliseconds): a process id alone may be somebody else's by now. */
  readonly since: number;
  readonly processes: Readonly<Record<string, { readonly pid: number; readonly port: number }>>;
}

const self = { pid: process.pid, since: performance.timeOrigin };

export interface RunFileHold {
  /** Writes what is running where, in place of what the file said before. */
  write(running: Omit<RunFile, 'pid' | 'since'>): Promise<void>;
  /** Gives the folder up. */
  remove(): Promise<void>;
}

/** Makes the file for this process; throws Refused when a living process holds it. */
export async function holdRunFile(file: string): Promise<RunFileHold> {
  while (!(await create(file))) {
    const holder = await readRunFile(file);
    if (holder !== undefined && isAlive(holder)) throw new Refused(atWork(file, holder));
    await rm(file, { force: true });
  }
  // One write after the other: two processes may come back at the same moment.
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

/** False when the file is there. A link, unlike a file that is opened, appears with all that is in it. */
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
  const half = `${file}.new`;
  await writeFile(half, `${JSON.stringify({ ...self, ...running }, undefined, 2)}\n`, { mode: 0o600 });
  await rename(half, file);
}

function atWork(file: string, { pid, url }: RunFile): string {
  const where = url === undefined ? '' : ` at ${url}`;
  return `A local stack is at work on this data already${where} (process ${pid}): end it, or remove ${file} if it is gone.`;
}

/** The run file of a stack; undefined when there is none, or none that can be read. */
export async function readRunFile(file: string): Promise<RunFile | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as RunFile;
  } catch {
    return undefined;
  }
}

/** Whether the supervisor that wrote the file still runs. */
export function isAlive({ pid, since }: RunFile): boolean {
  // In a container this very process may have been given the number of the one that died.
  if (pid === self.pid) return since === self.since;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
