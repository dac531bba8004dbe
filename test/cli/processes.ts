/** Runs `cartwright` in this process, or as one. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import type { EventEmitter } from 'node:events';
import { constants } from 'node:os';
import { join } from 'node:path';
import { program } from '../../cli/main.ts';
import { exitCodeOf } from '../../cli/run.ts';

export const repository = join(import.meta.dirname, '../..');
export const entry = join(repository, 'cli/cartwright.mjs');

export interface Outcome {
  code: number | null;
  out: string;
  err: string;
}

/** What each command in this process has printed so far. */
const running = new AsyncLocalStorage<Record<'out' | 'err', string>>();
const writeError = process.stderr.write.bind(process.stderr);
// Commands write their progress directly to standard error.
process.stderr.write = ((...args: Parameters<typeof writeError>) => {
  const texts = running.getStore();
  if (texts === undefined) return writeError(...args);
  texts.err += String(args[0]);
  return true;
}) as typeof writeError;

/** A command that runs in this process, until its end or a test's: it cannot be interrupted. Several may run at a time. */
export function begin(...args: string[]): { err: () => string; ended: Promise<Outcome> } {
  const texts = { out: '', err: '' };
  const outputTo = (name: keyof typeof texts) => ({
    line(text: string) {
      texts[name] += `${text}\n`;
    },
    failure: async () => undefined,
  });
  const outputs = { out: outputTo('out'), err: outputTo('err') };
  const removeListeners = listenersFromNowOn();
  const ended = running
    .run(texts, () => exitCodeOf(program, args, outputs))
    .then((code) => ({ code, ...texts }))
    .finally(removeListeners);
  return { err: () => texts.err, ended };
}

/** The outcome of arguments in this process. */
export const cartwright = (...args: string[]): Promise<Outcome> => begin(...args).ended;

/** Gives a function that removes the listeners that a command adds from now on: a signal would end this process. */
function listenersFromNowOn(): () => void {
  const emitters: [EventEmitter, string][] = [
    ...Object.keys(constants.signals).map((signal): [EventEmitter, string] => [process, signal]),
    [process.stderr, 'error'],
  ];
  const all = emitters.map(([emitter, event]) => ({ emitter, event, before: emitter.listeners(event) }));
  return () => {
    for (const { emitter, event, before } of all) {
      const added = emitter.listeners(event).filter((listener) => !before.includes(listener));
      for (const listener of added) emitter.off(event, listener as () => void);
    }
  };
}

/** The outcome of a shell command in the repository, in which `$CARTWRIGHT` is the command. */
export function shell(command: string): Outcome {
  const env = { ...process.env, CARTWRIGHT: `${process.execPath} ${entry}` };
  return outcomeOf(spawnSync('sh', ['-c', command], { cwd: repository, encoding: 'utf8', env }));
}

export const outcomeOf = ({ status, stdout, stderr }: SpawnSyncReturns<string>): Outcome => ({
  code: status,
  out: stdout,
  err: stderr,
});
