/**
 * CSV as spreadsheets write it: commas, semicolons or tabs, quoted cells, a `sep=` line, and the `#TYPE` line of
 * PowerShell. A record is one line. No column of an order file has a use for a line break, and a quotation mark that
 * is missing or misplaced would make a cell of all the rows below it. Pure.
 */
import { BadFile } from '../refused.ts';
import { PLAIN_TEXT, type TextFormat } from './textFile.ts';

/** How a file writes its rows. */
export interface CsvFormat extends TextFormat {
  delimiter: string;
  /** Whether its first line names the delimiter, as Excel reads it. */
  hasSepLine: boolean;
}

export const PLAIN_CSV: CsvFormat = { ...PLAIN_TEXT, delimiter: ',', hasSepLine: false };

export interface CsvRecord {
  cells: string[];
  /** The record as the file has it. */
  source: string;
  /** From 1. */
  line: number;
}

/** The records that are not blank, and how they are written; throws BadFile for a quoted cell that its line does not close. */
export function readCsv(text: string, format: TextFormat): { records: CsvRecord[]; format: CsvFormat } {
  const lines = text.split('\n');
  const first = lines.findIndex((line) => line.trim() !== '');
  const separator = /^"?sep=(.)"?\s*$/i.exec(lines[first] ?? '')?.[1];
  const head = separator === undefined ? first : first + 1;
  const start = /^"?#TYPE\b/i.test(lines[head] ?? '') ? head + 1 : head;
  const header = lines.slice(Math.max(0, start)).find((line) => /\w/.test(line)) ?? '';
  const delimiter = separator ?? [';', '\t'].find((one) => header.includes(one)) ?? ',';
  const records = lines.flatMap((source, n) => {
    if (n < start || source.trim() === '') return [];
    const read = cellsOf(source, delimiter);
    if ('problem' in read) {
      const what = n === lines.indexOf(header) ? 'heading' : 'column';
      throw new BadFile(`line ${n + 1}, ${what} ${read.column}: ${read.problem}`);
    }
    return read.cells.every((cell) => cell === '') ? [] : [{ cells: read.cells, source, line: n + 1 }];
  });
  return { records, format: { ...format, delimiter, hasSepLine: separator !== undefined } };
}

const LINE_BREAKS = /[\v\f\u0085\u2028\u2029]/;

/** The cells of a line without the blanks around them; or which column, from 1, is invalid, and why. */
function cellsOf(line: string, delimiter: string): { cells: string[] } | { column: number; problem: string } {
  const cells: string[] = [];
  for (let at = 0; at <= line.length; ) {
    const column = cells.length + 1;
    const begin = afterBlanks(line, at, delimiter);
    const isQuoted = line[begin] === '"';
    const end = isQuoted ? closingQuote(line, begin + 1) : begin - 1;
    if (end === undefined) {
      return {
        column,
        problem: 'must end on this line: a quotation mark is missing, or the cell has a line break',
      };
    }
    const next = line.indexOf(delimiter, end + 1);
    const stop = next < 0 ? line.length : next;
    const rest = line.slice(end + 1, stop).trim();
    if (isQuoted && rest !== '')
      return { column, problem: `must end at its closing quotation mark, not with '${shortened(rest)}'` };
    if (rest.includes('"'))
      return { column, problem: 'must be in quotation marks, and those inside it doubled' };
    const cell = isQuoted
      ? line
          .slice(begin + 1, end)
          .replaceAll('""', '"')
          .trim()
      : rest;
    if (LINE_BREAKS.test(cell)) return { column, problem: 'must not have a line break' };
    cells.push(cell);
    at = stop + delimiter.length;
  }
  return { cells };
}

function afterBlanks(line: string, from: number, delimiter: string): number {
  let at = from;
  while (line[at] !== delimiter && /^\s$/.test(line[at] ?? '')) at++;
  return at;
}

/** Where a quoted cell ends, doubled quotation marks inside; undefined when the line does not close it. */
function closingQuote(line: string, from: number): number | undefined {
  for (let at = line.indexOf('"', from); at >= 0; at = line.indexOf('"', at + 2)) {
    if (line[at + 1] !== '"') return at;
  }
  return undefined;
}

const shortened = (text: string): string => (text.length > 40 ? `${text.slice(0, 40)}…` : text);

/** Rows in a format, as text with `\n` at the end of each line; line breaks inside a cell become spaces. */
export function csvText(rows: readonly (readonly string[])[], { delimiter, hasSepLine }: CsvFormat): string {
  const lines = rows.map((cells) => cells.map((cell) => written(cell, delimiter)).join(delimiter));
  return [...(hasSepLine ? [`sep=${delimiter}`] : []), ...lines].map((line) => `${line}\n`).join('');
}

/**
 * What a spreadsheet would take for a formula is marked as text; East Asian settings read full-width signs as well. So is
 * what would be taken for a marked cell when it is read back.
 */
const FORMULA = /^'*[=+\-@＝＋－＠]/;

function written(cell: string, delimiter: string): string {
  const flat = cell.replace(/\s*[\r\n\v\f\u0085\u2028\u2029]+\s*/g, ' ').replaceAll('\t', ' ');
  const text = FORMULA.test(flat) ? `'${flat}` : flat;
  return text.includes('"') || text.includes(delimiter) || text !== text.trim()
    ? `"${text.replaceAll('"', '""')}"`
    : text;
}

/** A cell that `csvText` wrote, without the mark that makes it text. */
export const unmarked = (cell: string): string =>
  cell.startsWith("'") && FORMULA.test(cell) ? cell.slice(1) : cell;
