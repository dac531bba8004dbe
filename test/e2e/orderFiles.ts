/** Order files as CSV, `cartwright bulk` as a process, and the settings of a stack that processes orders quickly. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { eventually, type Service } from './running.ts';

export const CARTWRIGHT = join(import.meta.dirname, '../../cli/cartwright.mjs');

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

interface Outcome {
  code: number | null;
  out: string;
  err: string;
}

export interface Begun {
  child: ChildProcess;
  err: () => string;
  ended: Promise<Outcome>;
}

/** The options that make the command use a local stack, as the default tenant of all. */
export const onStack = ({ dataFolder }: Pick<Service, 'dataFolder'>) => ['--data', dataFolder];

/** Starts `cartwright bulk` with options that name the service. */
export function begin(connection: readonly string[], ...args: string[]): Begun {
  const child = spawn(process.execPath, [CARTWRIGHT, 'bulk', ...args, ...connection]);
  let [out, err] = ['', ''];
  child.stdout.on('data', (text) => (out += text));
  child.stderr.on('data', (text) => (err += text));
  const ended = new Promise<Outcome>((resolve) => child.on('close', (code) => resolve({ code, out, err })));
  return { child, err: () => err, ended };
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
