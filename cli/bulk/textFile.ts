/**
 * Text files as spreadsheets and scripts write them: UTF-8, or UTF-16 with a byte-order mark, with any line ends. What
 * is not text is named as what it is.
 */
import { readFile, stat } from 'node:fs/promises';
import { fromCaller } from '../commandLine.ts';
import { BadFile } from '../refused.ts';

/** How a file writes its text; a file that goes with it is written the same way. */
export interface TextFormat {
  encoding: 'utf-8' | 'utf-16le' | 'utf-16be';
  hasMark: boolean;
  lineEnd: '\n' | '\r\n' | '\r';
}

export const PLAIN_TEXT: TextFormat = { encoding: 'utf-8', hasMark: false, lineEnd: '\r\n' };

/** Larger texts do not fit into a string of Node's in every encoding. */
const MAX_BYTES = 256 * 1_024 * 1_024;

const MARKS = [
  { encoding: 'utf-8', mark: Buffer.from([0xef, 0xbb, 0xbf]) },
  { encoding: 'utf-16le', mark: Buffer.from([0xff, 0xfe]) },
  { encoding: 'utf-16be', mark: Buffer.from([0xfe, 0xff]) },
] as const;

/** Files that carry the name of a text file although they are none, by their first bytes. */
const SIGNATURES = [
  { bytes: Buffer.from('PK\x03\x04'), is: 'an Excel workbook or a ZIP archive' },
  { bytes: Buffer.from([0xd0, 0xcf, 0x11, 0xe0]), is: 'an Excel workbook' },
  { bytes: Buffer.from([0x1f, 0x8b]), is: 'compressed by gzip' },
  { bytes: Buffer.from('%PDF-'), is: 'a PDF document' },
];

/** The text of a file at a path as it was typed, with `\n` at the end of each line, and how it is written; throws BadFile when it cannot be read. */
export async function readTextFile(path: string): Promise<{ text: string; format: TextFormat }> {
  const { size } = await stat(fromCaller(path)).catch(unreadable(path));
  if (size > MAX_BYTES) {
    const mebibytes = Math.ceil(size / 1_024 / 1_024);
    throw new BadFile(`${path} has ${mebibytes} MiB: must be at most 256 MiB. Split it into several files.`);
  }
  const bytes = await readFile(fromCaller(path)).catch(unreadable(path));
  return decoded(bytes, path);
}

const unreadable =
  (path: string) =>
  ({ code, message }: NodeJS.ErrnoException): never => {
    throw new BadFile(`${path || fromCaller(path)} cannot be read (${code ?? message}).`);
  };

function decoded(bytes: Buffer, path: string): { text: string; format: TextFormat } {
  const found = MARKS.find(({ mark }) => bytes.subarray(0, mark.length).equals(mark));
  const encoding = found?.encoding ?? 'utf-8';
  const kind = SIGNATURES.find(({ bytes: first }) => bytes.subarray(0, first.length).equals(first));
  if (kind) throw new BadFile(`${path} is ${kind.is}: must be text. Save it as “CSV UTF-8”.`);
  const text = textOf(bytes.subarray(found?.mark.length ?? 0), encoding);
  if (text === undefined || text.includes('\0')) {
    throw new BadFile(
      `${path} must be UTF-8, or UTF-16 with a byte-order mark. In a spreadsheet, save it as “CSV UTF-8”.`,
    );
  }
  const [lineEnd = '\n'] = /\r\n?|\n/.exec(text) ?? [];
  return {
    text: text.replace(/\r\n?/g, '\n'),
    format: { encoding, hasMark: found !== undefined, lineEnd: lineEnd as TextFormat['lineEnd'] },
  };
}

function textOf(bytes: Buffer, encoding: string): string | undefined {
  try {
    return new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** The bytes of a text with `\n` at the end of each line, written as a format says. */
export function encoded(text: string, { encoding, hasMark, lineEnd }: TextFormat): Buffer {
  const whole = `${hasMark ? '\ufeff' : ''}${text.replaceAll('\n', lineEnd)}`;
  if (encoding === 'utf-8') return Buffer.from(whole, 'utf8');
  const bytes = Buffer.from(whole, 'utf16le');
  return encoding === 'utf-16le' ? bytes : bytes.swap16();
}
