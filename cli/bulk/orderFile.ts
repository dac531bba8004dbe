/**
 * A file of items, read by what its name ends in: CSV, NDJSON, or JSON, which is a list of items or the very body
 * that the service takes. Whether the items are any good is not asked here; each knows where it stands.
 */
import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { csvItems } from './csvFile.ts';
import type { FileItem } from './fileItem.ts';
import { readJson } from './json.ts';
import { BadFile } from './refusals.ts';

export interface OrderFile {
  /** What the file itself says about the bulk order, such as its reference; only a JSON document can. */
  head: Record<string, unknown>;
  items: FileItem[];
}

/** The file at a path; throws BadFile when it cannot be read, or is not what it is called. */
export async function readOrderFile(path: string): Promise<OrderFile> {
  const kind = extname(path).toLowerCase();
  if (!['.csv', '.ndjson', '.jsonl', '.json'].includes(kind)) {
    throw new BadFile(`${path} should be named .csv, .ndjson or .json, by what it is.`);
  }
  const text = await textOf(path);
  try {
    if (kind === '.json') return documentIn(text);
    return { head: {}, items: kind === '.csv' ? csvItems(text) : linesIn(text) };
  } catch (error) {
    throw error instanceof BadFile ? new BadFile(`${path}, ${error.message}`) : error;
  }
}

/** UTF-8 without its byte-order mark, every line ended by `\n`. */
async function textOf(path: string): Promise<string> {
  const bytes = await readFile(path).catch(({ code }: NodeJS.ErrnoException) => {
    throw new BadFile(`${path} cannot be read (${code}).`);
  });
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes).replace(/\r\n?/g, '\n');
  } catch {
    throw new BadFile(`${path} is not UTF-8; spreadsheets call it “CSV UTF-8” when they save.`);
  }
}

function documentIn(text: string): OrderFile {
  const read = readJson(text);
  if ('problem' in read) throw new BadFile(`line ${read.line}: ${read.problem}`);
  const body = Array.isArray(read.json) ? { items: read.json } : Object(read.json);
  const { items, ...head } = body as OrderFile['head'];
  if (!Array.isArray(items))
    throw new BadFile("should be a list of items, or an object with the list 'items'");
  const itemOf = (json: unknown, index: number): FileItem => ({
    raw: { json },
    place: (path) => [`items[${index}]`, path].filter(Boolean).join('.'),
  });
  return { head, items: items.map(itemOf) };
}

function linesIn(text: string): FileItem[] {
  const itemOf = (line: string, n: number): FileItem => ({
    raw: readJson(line),
    place: (path) => [`line ${n + 1}`, path].filter(Boolean).join(', '),
  });
  return text
    .split('\n')
    .map((line, n) => (line.trim() === '' ? undefined : itemOf(line, n)))
    .filter((item) => item !== undefined);
}
