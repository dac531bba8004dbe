/** Finds the local stack that runs on a data folder, for commands that use it from another process. */
import { resolve } from 'node:path';
import { Unreachable } from '../../cli/service/errors.ts';
import { DEFAULT_DATA_FOLDER } from './commands.ts';
import { dataFolderAt } from './dataFolder.ts';
import { isAlive, type RunFile, readRunFile } from './runFile.ts';
import type { Facts } from './stack.ts';

/** What is known of a stack that has started. */
export type RunningStack = RunFile & Omit<Facts, 'functions'>;

/**
 * The stack on this folder, `.local` by default; throws Unreachable when none has started there. `otherwise` says
 * what else can be done.
 */
export async function findRunning(folder = DEFAULT_DATA_FOLDER, otherwise = ''): Promise<RunningStack> {
  const { runFile, path } = dataFolderAt(resolve(folder));
  const running = await readRunFile(runFile);
  if (running !== undefined && hasStarted(running) && isAlive(running)) return running;
  throw new Unreachable(`No local stack is running on ${path}; npm start starts one. ${otherwise}`.trim());
}

const hasStarted = (running: RunFile): running is RunningStack => running.url !== undefined;
