/** Runs `cartwright` in this process, or as one. */
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
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

/** The outcome of arguments in this process. */
export async function cartwright(...args: string[]): Promise<Outcome> {
  const texts = { out: '', err: '' };
  const outputTo = (name: keyof typeof texts) => ({
    line(text: string) {
      texts[name] += `${text}\n`;
    },
    failure: async () => undefined,
  });
  const code = await exitCodeOf(program, args, { out: outputTo('out'), err: outputTo('err') });
  return { code, ...texts };
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
