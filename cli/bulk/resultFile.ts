/**
 * Files that a command writes beside the order file: whole or not at all, in the order file's format, and never over an
 * older file of other content without a copy of that.
 */
import { constants } from 'node:fs';
import { copyFile, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { BadFile, Unwritten } from '../refused.ts';
import { type CsvFormat, readCsv } from './csv.ts';
import { type ResultRow, resultRows } from './result.ts';
import { encoded, readTextFile, type TextFormat } from './textFile.ts';

export interface KeptFile {
  /** Writes the text; the path of the copy of an older file, if there was one to keep. */
  write(text: string): Promise<string | undefined>;
}

/** A file of this command: what it writes again replaces what it wrote before, without a copy. Throws Unwritten when it cannot. */
export function keptFile(path: string, format: TextFormat): KeptFile {
  let isOwn = false;
  return {
    async write(text) {
      const bytes = encoded(text, format);
      try {
        const before = await readFile(path).catch(ifAbsent);
        const isSame = before?.equals(bytes) === true;
        const copy = before && !isSame && !isOwn ? await copyOf(path) : undefined;
        isOwn = true;
        if (isSame) return undefined;
        await writeFile(newName(path), bytes);
        await rename(newName(path), path);
        return copy;
      } catch (error) {
        throw unwritten(path, error);
      }
    },
  };
}

/** Throws Unwritten when a file cannot be written here, before anything is submitted whose outcome it would hold. */
export async function checkWritable(path: string): Promise<void> {
  try {
    await (await open(newName(path), 'w')).close();
    await rm(newName(path));
  } catch (error) {
    throw unwritten(path, error);
  }
}

/** The name of a file until it is complete; two commands may write the same file. */
const newName = (path: string): string => `${path}.${process.pid}.new`;

const unwritten = (path: string, error: unknown) =>
  new Unwritten(`${path} cannot be written (${(error as NodeJS.ErrnoException).code ?? error}).`);

function ifAbsent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}

/** Copies a file to one beside it that is named after the time when it was written. */
async function copyOf(path: string): Promise<string> {
  const { mtime } = await stat(path);
  const time = mtime.toISOString().replace(/:|\.\d+/g, '');
  for (let n = 1; ; n++) {
    const copy = `${stemOf(path)}.${time}${n === 1 ? '' : `-${n}`}${extname(path)}`;
    try {
      await copyFile(path, copy, constants.COPYFILE_EXCL);
      return copy;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

const stemOf = (path: string): string => path.slice(0, path.length - extname(path).length);
const COPY = /^\.\d{4}-\d\d-\d\dT\d{6}Z(-\d+)?$/;

/** A result file and its copies. */
async function withCopies(path: string): Promise<string[]> {
  const names = await readdir(dirname(path)).catch(ifAbsent);
  const stem = basename(stemOf(path));
  const copies = (names ?? []).filter(
    (name) =>
      name.startsWith(stem) && extname(name) === extname(path) && COPY.test(stemOf(name).slice(stem.length)),
  );
  return [path, ...copies.map((name) => join(dirname(path), name))];
}

export interface EarlierResult {
  path: string;
  rows: ResultRow[];
  format: CsvFormat;
}

/** The result file at a path; undefined when there is none, or a file of another kind. Throws BadFile when it cannot be read. */
export async function readResult(path: string): Promise<EarlierResult | undefined> {
  if ((await stat(path).catch(ifAbsentPath(path))) === undefined) return undefined;
  const { text, format: textFormat } = await readTextFile(path);
  try {
    const { records, format } = readCsv(text, textFormat);
    const rows = resultRows(records);
    return rows && { path, rows, format };
  } catch (error) {
    if (error instanceof BadFile) return undefined;
    throw error;
  }
}

const ifAbsentPath = (path: string) => (error: NodeJS.ErrnoException) => {
  if (error.code === 'ENOENT') return undefined;
  throw new BadFile(`${path} cannot be read (${error.code}).`);
};

/** What the result files at these paths and their copies show. */
export async function readEarlier(paths: readonly string[]): Promise<EarlierResult[]> {
  const all = await Promise.all([...new Set(paths)].map(withCopies));
  const read = await Promise.all([...new Set(all.flat())].map(readResult));
  return read.filter((result) => result !== undefined);
}
