/**
 * Files that a command writes beside the order file: whole or not at all, in the order file's format, and never over an
 * older file of other content without a copy of that.
 */
import {
  accessSync,
  closeSync,
  constants,
  copyFileSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { fromCaller } from '../commandLine.ts';
import { BadFile, Unwritten } from '../refused.ts';
import { type CsvFormat, readCsv } from './csv.ts';
import { type ResultRow, resultRows } from './result.ts';
import { encoded, readTextFile, type TextFormat } from './textFile.ts';

export interface KeptFile {
  /** Writes the text; the path of the copy of an older file, if there was one to keep. */
  write(text: string): string | undefined;
}

/**
 * A file of this command, at a path as it was typed: what it writes again replaces what it wrote before, without a copy.
 * Throws Unwritten when it cannot. It is synchronous: a signal ends the command before or after it, and leaves no part of
 * a file.
 */
export function keptFile(path: string, format: TextFormat): KeptFile {
  let isOwn = false;
  return {
    write(text) {
      const bytes = encoded(text, format);
      return writing(path, (at) => {
        const before = kindAt(at) === undefined ? undefined : readFileSync(at);
        const isSame = before?.equals(bytes) === true;
        const copy = before && !isSame && !isOwn ? copyOf(path) : undefined;
        isOwn = true;
        if (isSame) return undefined;
        writeFileSync(newName(at), bytes);
        renameSync(newName(at), at);
        return copy;
      });
    },
  };
}

/** Throws Unwritten when a file cannot be written here, before anything is submitted whose outcome it would hold. */
export function checkWritable(path: string): void {
  writing(path, (at) => {
    const kind = kindAt(at);
    // It is read before it is replaced, and a folder or a device cannot be replaced by a file.
    if (kind !== undefined) accessSync(at, constants.R_OK);
    if (kind === 'folder') throw Object.assign(new Error(), { code: 'EISDIR' });
    if (kind === 'other') throw Object.assign(new Error(), { code: 'not a file' });
    closeSync(openSync(newName(at), 'w'));
    rmSync(newName(at));
  });
}

/** Runs what writes at a path; when it fails, what it has begun is removed, and it throws Unwritten. */
function writing<Result>(path: string, write: (at: string) => Result): Result {
  const at = fromCaller(path);
  try {
    return write(at);
  } catch (error) {
    rmSync(newName(at), { force: true });
    throw new Unwritten(
      `${path || at} cannot be written (${(error as NodeJS.ErrnoException).code ?? error}).`,
    );
  }
}

/** The name of a file until it is complete; two commands may write the same file. */
const newName = (at: string): string => `${at}.${process.pid}.new`;

/** What is at a path; undefined when nothing is. */
function kindAt(at: string): 'file' | 'folder' | 'other' | undefined {
  const found = statSync(at, { throwIfNoEntry: false });
  if (found === undefined || found.isFile()) return found && 'file';
  return found.isDirectory() ? 'folder' : 'other';
}

/** Copies a file to one beside it that is named after the time when it was written. */
function copyOf(path: string): string {
  const { mtime } = statSync(fromCaller(path));
  const time = mtime.toISOString().replace(/:|\.\d+/g, '');
  for (let n = 1; ; n++) {
    const copy = `${stemOf(path)}.${time}${n === 1 ? '' : `-${n}`}${extname(path)}`;
    try {
      copyFileSync(fromCaller(path), fromCaller(copy), constants.COPYFILE_EXCL);
      return copy;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

function ifAbsent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}

const stemOf = (path: string): string => path.slice(0, path.length - extname(path).length);
const COPY = /^\.\d{4}-\d\d-\d\dT\d{6}Z(-\d+)?$/;

/** A result file and its copies. */
async function withCopies(path: string): Promise<string[]> {
  const names = await readdir(fromCaller(dirname(path))).catch(ifAbsent);
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
  if ((await stat(fromCaller(path)).catch(ifAbsentPath(path))) === undefined) return undefined;
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

/**
 * The result file at a path that a command updates; undefined when there is nothing. Throws BadFile when there is another
 * file, and Unwritten when a file cannot be written there.
 */
export async function readOwnResult(path: string): Promise<EarlierResult | undefined> {
  checkWritable(path);
  const earlier = await readResult(path);
  if (earlier || kindAt(fromCaller(path)) === undefined) return earlier;
  throw new BadFile(`${path} must be a result file, or a file that does not exist yet.`);
}

/** What the result files at these paths and their copies show. */
export async function readEarlier(paths: readonly string[]): Promise<EarlierResult[]> {
  const all = await Promise.all([...new Set(paths)].map(withCopies));
  const read = await Promise.all([...new Set(all.flat())].map(readResult));
  return read.filter((result) => result !== undefined);
}
