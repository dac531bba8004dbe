/**
 * Which processes wait for this one, so that it can end when the first of them does. `npm start` runs
 * npm -> sh -c -> node, and neither a SIGTERM to npm, which passes it to the shell alone, nor a SIGKILL reaches
 * node. Watched are the parent and, where the parent is a shell that runs one command, the process that started
 * the shell. What started npm is not watched: `npm start &` outlives the shell that it was typed into.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

export interface ProcessEntry {
  readonly parent: number;
  /** The command line, or the title that the process gave itself. */
  readonly command: string;
}

export type Lookup = (pid: number) => ProcessEntry | undefined;

// npm gives itself the title "npm start"; before that its command line names its script.
const npm = /^npm( |$)|npm-cli\.js( |$)/;
const commandShell = /^(\S*\/)?(ba|da|z|k|a)?sh (-\w+ )*-\w*c /;

/** The pids from `self` up to the last process that waits for it; only `self` when process 1 is its parent. */
export function waitingChain(self: number, lookup: Lookup): number[] {
  const chain = [self];
  const first = lookup(self)?.parent ?? 0;
  // The kernel ends every process of a container with process 1, and elsewhere process 1 waits for nothing.
  for (let pid = first; pid > 1; ) {
    chain.push(pid);
    const entry = lookup(pid);
    if (entry === undefined || !isPassage(entry, lookup)) break;
    pid = entry.parent;
  }
  return chain;
}

/** Whether the process exists for the one below it, so that the one above it is what really waits. */
function isPassage({ command, parent }: ProcessEntry, lookup: Lookup): boolean {
  if (commandShell.test(command)) return true;
  if (!npm.test(command)) return false;
  // An npm script that calls `npm start`: npm -> sh -c -> npm.
  const shell = lookup(parent);
  if (shell === undefined || !commandShell.test(shell.command)) return false;
  return npm.test(lookup(shell.parent)?.command ?? '');
}

/** Whether npm had ended before this process could look: a script of npm that has process 1 as its parent. */
export function wasLeftBehind(self: number, environment: NodeJS.ProcessEnv, lookup: Lookup): boolean {
  if (environment.npm_lifecycle_event === undefined || lookup(self)?.parent !== 1) return false;
  // In a container npm itself may be process 1.
  return !npm.test(lookup(1)?.command ?? '');
}

/** Calls `onEnd` once, with a sentence, when a process that waits for this one ends; checks every 250 ms. */
export function watchAncestors(onEnd: (reason: string) => void): void {
  if (wasLeftBehind(process.pid, process.env, lookupProcess)) {
    onEnd('npm ended.');
    return;
  }
  const chain = waitingChain(process.pid, lookupProcess);
  const timer = setInterval(() => {
    const ended = chain.slice(1).find((pid, index) => hasEnded(pid, chain[index] ?? 0));
    if (ended === undefined) return;
    clearInterval(timer);
    onEnd(`The parent process ${ended} ended.`);
  }, 250);
  timer.unref();
}

/** Whether `pid`, the parent of `child`, has ended. */
function hasEnded(pid: number, child: number): boolean {
  const parent = child === process.pid ? process.ppid : readProc(child)?.parent;
  // A process that is no longer the parent has ended, even while it is a zombie.
  if (parent !== undefined && parent !== pid) return true;
  return !isRunning(pid);
}

/** Whether a process with this id exists and has not ended, even if its parent has not noticed its end yet. */
export function isRunning(pid: number): boolean {
  if (readProcStat(pid)?.[0] === 'Z') return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function lookupProcess(pid: number): ProcessEntry | undefined {
  if (existsSync('/proc/self/stat')) return readProc(pid);
  // Windows ends the shell with npm, and its parent is all that this process has to know.
  if (process.platform === 'win32')
    return pid === process.pid ? { parent: process.ppid, command: '' } : undefined;
  return readPs(pid);
}

function readProc(pid: number): ProcessEntry | undefined {
  const stat = readProcStat(pid);
  if (stat === undefined) return undefined;
  try {
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
    return { parent: Number(stat[1]), command };
  } catch {
    return undefined;
  }
}

/** When the process began, in clock ticks since the system started; undefined where there is no /proc. */
export function startTicks(pid: number): number | undefined {
  const ticks = readProcStat(pid)?.[19];
  return ticks === undefined ? undefined : Number(ticks);
}

/** The fields of /proc/PID/stat from the third on, the state of the process. */
function readProcStat(pid: number): string[] | undefined {
  try {
    // The second field is the command in parentheses, which may hold spaces and parentheses.
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}

function readPs(pid: number): ProcessEntry | undefined {
  try {
    const line = execFileSync('ps', ['-o', 'ppid=,args=', '-p', String(pid)], { encoding: 'utf8' });
    const [, parent, command] = /^\s*(\d+)\s+(.*)/.exec(line) ?? [];
    return parent === undefined ? undefined : { parent: Number(parent), command: command ?? '' };
  } catch {
    return undefined;
  }
}
