/**
 * A file of items, read according to its extension: CSV, NDJSON, or JSON, which is a list of items or the body that
 * the service accepts. The items are not validated here; each knows its place in the file.
 */
import { extname } from 'node:path';
import { canonicalize } from '../../shared/http/canonicalize.ts';
import { BadFile } from '../refused.ts';
import { type CsvFormat, csvText, PLAIN_CSV } from './csv.ts';
import { readCsvFile } from './csvFile.ts';
import type { FileItem } from './fileItem.ts';
import { readJson } from './json.ts';
import { readTextFile, type TextFormat } from './textFile.ts';

const KINDS = {
  '.csv': 'csv',
  '.tsv': 'csv',
  '.txt': 'csv',
  '.ndjson': 'ndjson',
  '.jsonl': 'ndjson',
  '.json': 'json',
} as const;

export type FileKind = (typeof KINDS)[keyof typeof KINDS];

export interface OrderFile {
  /** What the file says about the bulk order, such as its reference; only a JSON document can. */
  head: Head;
  items: FileItem[];
  /** How its result file is written: as the order file, or plainly when that is JSON. */
  format: CsvFormat;
  /** The text of an order file with only these items, ready to be corrected and submitted. */
  only: (items: readonly FileItem[]) => string;
}

/** What a caller may say about a bulk order. */
export interface Head {
  reference?: unknown;
  errorPolicy?: unknown;
  acceptValid?: unknown;
  repeats?: unknown;
  label?: unknown;
}

/** What a file is by its extension; throws BadFile when it is no order file. */
export function kindOf(path: string): FileKind {
  const kind = KINDS[extname(path).toLowerCase() as keyof typeof KINDS];
  if (kind !== undefined) return kind;
  throw new BadFile(`${path || "''"}: the extension must be one of ${Object.keys(KINDS).join(', ')}.`);
}

/** The file at a path as it was typed; throws BadFile when it cannot be read, or is not what its extension says. */
export async function readOrderFile(path: string): Promise<OrderFile> {
  const kind = kindOf(path);
  const { text, format } = await readTextFile(path);
  try {
    if (kind === 'csv') return csvOrders(text, format);
    return kind === 'json' ? documentOrders(text, format) : lineOrders(text, format);
  } catch (error) {
    if (!(error instanceof BadFile)) throw error;
    throw new BadFile([path, error.message].join(error.message.startsWith('line ') ? ', ' : ' '));
  }
}

function csvOrders(text: string, textFormat: TextFormat): OrderFile {
  const { items, format, header } = readCsvFile(text, textFormat);
  return {
    head: {},
    items,
    format,
    only: (some) => `${csvText([], format)}${[header, ...some.map(({ source }) => source)].join('\n')}\n`,
  };
}

const HEAD_NAMES = {
  reference: 'value',
  errorPolicy: 'value',
  acceptValid: 'value',
  repeats: 'value',
  label: 'value',
  items: 'value',
} as const;

/** Member names in any case, as the service reads them. */
function documentOrders(text: string, textFormat: TextFormat): OrderFile {
  const read = readJson(text);
  if ('problem' in read) throw new BadFile(`line ${read.line}: ${read.problem}`);
  const body = Array.isArray(read.json) ? { items: read.json } : canonicalize(Object(read.json), HEAD_NAMES);
  const { items, ...head } = body as Head & { items?: unknown };
  if (!Array.isArray(items)) throw new BadFile('must be a list of items, or an object with the list items');
  const itemOf = (json: unknown, index: number): FileItem => ({
    raw: { json },
    source: JSON.stringify(json),
    place: (path) => [`items[${index}]`, path].filter(Boolean).join('.'),
    repeated,
  });
  return {
    head,
    items: items.map(itemOf),
    format: { ...PLAIN_CSV, ...(textFormat.hasMark ? textFormat : {}) },
    only: (some) =>
      `{${[...headTexts(head), `"items":[\n${some.map(({ source }) => source).join(',\n')}\n]`].join(',')}}\n`,
  };
}

const headTexts = (head: Head): string[] =>
  Object.entries(head).map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`);

function lineOrders(text: string, textFormat: TextFormat): OrderFile {
  const itemOf = (line: string, n: number): FileItem => {
    const read = readJson(line);
    return {
      raw: 'json' in read ? read : { problem: read.problem },
      source: line,
      place: (path) => [`line ${n + 1}`, path].filter(Boolean).join(', '),
      repeated,
    };
  };
  const lines = text.split('\n').map((line, n) => (line.trim() === '' ? undefined : itemOf(line, n)));
  return {
    head: {},
    items: lines.filter((item) => item !== undefined),
    format: { ...PLAIN_CSV, ...(textFormat.hasMark ? textFormat : {}) },
    only: (some) => some.map(({ source }) => `${source}\n`).join(''),
  };
}

const repeated = (other: string): string => `must be unique; ${other} has it as well`;
