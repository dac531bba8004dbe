/** Text files in the encodings of spreadsheets, and files that are not text. */
import { truncate } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { encoded, readTextFile, type TextFormat } from '../../../cli/bulk/textFile.ts';
import { BadFile } from '../../../cli/refused.ts';
import { fileWith } from './files.ts';

const TEXT = 'Zürich\r\nBern 😀\r\n';
const withMark = (bytes: Buffer) => Buffer.concat([Buffer.from('\ufeff', 'utf16le'), bytes]);
const little = withMark(Buffer.from(TEXT, 'utf16le'));

describe('Text files', () => {
  it.each<[string, Buffer, Partial<TextFormat>]>([
    ['UTF-8', Buffer.from(TEXT), { encoding: 'utf-8', hasMark: false }],
    ['UTF-8 with a byte-order mark', Buffer.from(`\ufeff${TEXT}`), { encoding: 'utf-8', hasMark: true }],
    ['UTF-16, little-endian', little, { encoding: 'utf-16le', hasMark: true }],
    ['UTF-16, big-endian', Buffer.from(little).swap16(), { encoding: 'utf-16be', hasMark: true }],
  ])('A text file may be %s, and is written back byte for byte', async (_, bytes, format) => {
    const read = await readTextFile(await fileWith(bytes));

    expect(read).toEqual({ text: 'Zürich\nBern 😀\n', format: { lineEnd: '\r\n', ...format } });
    expect(encoded(read.text, read.format)).toEqual(bytes);
  });

  it.each(['\n', '\r\n', '\r'] as const)('A text file may end its lines with %j', async (lineEnd) => {
    const { text, format } = await readTextFile(await fileWith(`a${lineEnd}b${lineEnd}`));

    expect({ text, lineEnd: format.lineEnd }).toEqual({ text: 'a\nb\n', lineEnd });
  });

  it.each<[string, Buffer, string]>([
    ['Latin-1', Buffer.from('Zürich', 'latin1'), 'must be UTF-8, or UTF-16 with a byte-order mark'],
    ['UTF-16 without a byte-order mark', Buffer.from(TEXT, 'utf16le'), 'must be UTF-8, or UTF-16 with'],
    ['UTF-16 with an incomplete character', little.subarray(0, -1), 'must be UTF-8, or UTF-16 with'],
    ['an Excel workbook', Buffer.from('PK\x03\x04…'), 'is an Excel workbook or a ZIP archive: must be text'],
    [
      'an old Excel workbook',
      Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1]),
      'is an Excel workbook: must be text',
    ],
    ['a compressed file', Buffer.from([0x1f, 0x8b, 8]), 'is compressed by gzip: must be text'],
  ])('A file is rejected when it is %s', async (_, bytes, sentence) => {
    const read = readTextFile(await fileWith(bytes));

    await expect(read).rejects.toThrow(BadFile);
    await expect(read).rejects.toThrow(sentence);
  });

  it('A file of 600 MB is rejected as too large', async () => {
    const path = await fileWith('');
    await truncate(path, 600_000_000);

    await expect(readTextFile(path)).rejects.toThrow(
      new BadFile(`${path} has 573 MiB: must be at most 256 MiB. Split it into several files.`),
    );
  });

  it('A folder is rejected as a text file', async () => {
    await expect(readTextFile('/')).rejects.toThrow('/ cannot be read (EISDIR).');
  });
});
