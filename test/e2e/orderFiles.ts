/** Order files as CSV, and `cartwright bulk` in this process or as a process that can be killed. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { begin, entry, type Outcome } from '../cli/processes.ts';
import { eventually, type Service } from './running.ts';

const HEADER = 'Reference,Customer ID,Catalog Item Id,Quantity,Billing Cycle';

/** A row of such a file: an item of one line. */
export const row = (reference: string, customer: string, quantity = '2'): string =>
  `${reference},${customer},DG7GMGF0DWTL:0001:DG7GMGF0DSJB,${quantity},one_time`;

/** Writes a file of rows into a folder; gives its path. */
export async function orderFileIn(folder: string, rows: readonly string[]): Promise<string> {
  const path = join(folder, `${randomUUID()}.csv`);
  await writeFile(path, [HEADER, ...rows].join('\n'));
  return path;
}

export interface Begun {
  err: () => string;
  ended: Promise<Outcome>;
}

/** `cartwright bulk` on a stack, as the default tenant of local callers. */
export function bulkCommandOn({ dataFolder }: Pick<Service, 'dataFolder'>) {
  const all = (args: readonly string[]) => ['bulk', ...args, '--data', dataFolder];
  return {
    /** Starts a command in this process. */
    begin: (...args: string[]): Begun => begin(...all(args)),
    /** Starts a command as a process, for signals. */
    spawn(...args: string[]): Begun & { child: ChildProcess } {
      const child = spawn(process.execPath, [entry, ...all(args)]);
      let [out, err] = ['', ''];
      child.stdout.on('data', (text) => (out += text));
      child.stderr.on('data', (text) => (err += text));
      const ended = new Promise<Outcome>((resolve) =>
        child.on('close', (code) => resolve({ code, out, err })),
      );
      return { child, err: () => err, ended };
    },
  };
}

/** The rows of the result file beside an order file. */
export const resultOf = async (path: string): Promise<Record<string, string>[]> =>
  parse(await readFile(`${path}.result.csv`), { columns: true });

export const statesIn = async (path: string): Promise<(string | undefined)[]> =>
  (await resultOf(path)).map(({ state }) => state);

/** The id of the bulk order that is named in a text. */
export const idIn = (text: string): string => /order ([0-9a-f-]{36})/.exec(text)?.[1] ?? '';

/** That id as soon as the command prints it. */
export const idOnce = (begun: Begun): Promise<string> =>
  eventually(async () => idIn(begun.err()) || undefined, 60_000);
