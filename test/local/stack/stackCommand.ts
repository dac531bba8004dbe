/** `npm start` and the like as processes: what they print, which processes they have, and whether all have ended. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'vitest';
import { isRunning } from '../../../local/stack/ancestors.ts';
import { type RunFile, readRunFile } from '../../../local/stack/runFile.ts';

export const repository = join(import.meta.dirname, '../../..');

export interface Command {
  readonly child: ChildProcess;
  /** What it has printed so far, on both streams. */
  output(): string;
  /** Resolves with the exit code, or the signal that ended it. */
  readonly ended: Promise<number | string>;
}

export interface RunningCommand extends Command {
  readonly running: RunFile;
  /** The supervisor and every process under it. */
  readonly pids: readonly number[];
}

const commands = new Set<Command>();

/** Runs a file of this repository with Node. */
export const runNode = (file: string, ...args: string[]): Command =>
  begin(process.execPath, [join(repository, file), ...args]);

/** Runs a script of package.json with npm. */
export const runNpm = (script: string, ...args: string[]): Command =>
  begin('npm', ['run', script, '--', ...args]);

function begin(program: string, args: string[]): Command {
  const child = spawn(program, args, { cwd: repository, stdio: ['ignore', 'pipe', 'pipe'] });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      printed += String(chunk);
    });
  }
  const command = {
    child,
    output: () => printed,
    ended: once(child, 'close').then(([code, signal]) => (code ?? signal) as number | string),
  };
  commands.add(command);
  void command.ended.then(() => commands.delete(command));
  return command;
}

/** Waits until a command has printed a text; throws what it has printed when it ends before, or after two minutes. */
export async function printed(command: Command, text: string | RegExp): Promise<void> {
  let end: number | string | undefined;
  void command.ended.then((how) => {
    end = how;
  });
  const isPrinted = () => command.output().search(text) !== -1;
  await waitUntil(() => isPrinted() || end !== undefined, 120_000);
  if (!isPrinted()) throw new Error(`${text} was not printed, and it ended (${end}): ${command.output()}`);
}

/** Waits until the stack of a command has started, and finds its processes by the run file. */
export async function ready(command: Command, dataFolder: string): Promise<RunningCommand> {
  await printed(command, /^TOKEN=/m);
  const running = await readRunFile(join(dataFolder, 'run.json'));
  if (running === undefined) throw new Error(`There is no run file in ${dataFolder}.`);
  return {
    ...command,
    running,
    pids: [running.pid, ...Object.values(running.processes).map(({ pid }) => pid)],
  };
}

/**
 * Resolves when no process of the stack is left. The stack promises five seconds; a machine with other work gets
 * eight, which is still less than the ten that the host waits for a request under way.
 */
export async function allEnded({ pids }: RunningCommand): Promise<void> {
  await waitUntil(() => !pids.some(isRunning), 8_000);
  expect(pids.filter(isRunning)).toEqual([]);
}

/** Kills every command that still runs; its stack ends with it. */
export async function killCommands(): Promise<void> {
  const left = [...commands];
  for (const { child } of left) child.kill('SIGKILL');
  await Promise.all(left.map(({ ended }) => ended));
}

/** Checks again and again, until it holds or the time is over. */
export async function waitUntil(holds: () => boolean, withinMs: number): Promise<void> {
  for (const deadline = Date.now() + withinMs; !holds() && Date.now() < deadline; ) await pause(20);
}
