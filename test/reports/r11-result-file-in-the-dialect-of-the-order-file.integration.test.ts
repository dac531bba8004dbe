/**
 * Report R11: exported CSV garbled in Excel (enlyze/S7-Project-Explorer#4, MyExpenses#1432). The result file had no byte-order
 * mark and always commas. It has the separator, the mark, the encoding and the line ends of the order file.
 */
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { HEADER, onSharedStack, row } from './orderFile.ts';

const stack = onSharedStack();
const utf16 = (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le');

it.each<[string, string, string, (text: string) => string | Uint8Array, (bytes: Buffer) => string]>([
  [
    'semicolons, a byte-order mark and CRLF, as a European Excel',
    '.csv',
    ';',
    (text) => `\ufeff${text.replaceAll('\n', '\r\n')}`,
    String,
  ],
  ['commas and LF', '.csv', ',', String, String],
  ['tabs', '.tsv', '\t', String, String],
  ['a sep= line', '.csv', '|', (text) => `sep=|\r\n${text.replaceAll('\n', '\r\n')}`, String],
  [
    'UTF-16, as Excel’s Unicode text',
    '.txt',
    '\t',
    (text) => utf16(text.replaceAll('\n', '\r\n')),
    (bytes) => bytes.toString('utf16le'),
  ],
])(
  'A result file has %s when the order file has them (S7-Project-Explorer#4, MyExpenses#1432)',
  async (_, extension, separator, encode, decode) => {
    const reference = `Zürich ${randomUUID()}`;
    const text = [HEADER, row(reference, randomUUID()), ''].join('\n').replaceAll(',', separator);
    const order = encode(text);
    const path = await stack.file(order, `${randomUUID()}${extension}`);

    expect((await stack.submit(path)).code).toBe(0);

    const result = decode(await readFile(`${path}.result.csv`));
    const source = decode(Buffer.from(order));
    const lineEnd = source.includes('\r\n') ? '\r\n' : '\n';
    const lines = result.split(lineEnd);
    expect(result.startsWith('\ufeff')).toBe(source.startsWith('\ufeff'));
    expect(result.includes('sep=')).toBe(source.includes('sep='));
    expect(result.replaceAll(lineEnd, '')).not.toMatch(/[\r\n]/);
    expect(lines.find((line) => line.includes('reference'))).toContain(
      `index${separator}reference${separator}customerId`,
    );
    expect(lines.find((line) => line.includes(reference))).toContain(`${separator}succeeded${separator}`);
  },
);
