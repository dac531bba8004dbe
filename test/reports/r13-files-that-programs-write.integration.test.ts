/**
 * Report R13: `sep=;`, `#TYPE …`, `.tsv` and UTF-16 with a byte-order mark were refused although every program that writes
 * them reads them, and a file of 600 MB was called "not UTF-8" (mr-data-converter#52, ADTimeline#2, PowerShell-Docs#4224).
 * They are read, or named as what they are.
 */
import { randomUUID } from 'node:crypto';
import { truncate } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { HEADER, onSharedStack, row } from './orderFile.ts';

const stack = onSharedStack();
const marked = (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le');

describe('Formats of other programs (mr-data-converter#52, ADTimeline#2, PowerShell-Docs#4224)', () => {
  it.each<[string, string, (text: string) => string | Uint8Array]>([
    ['sep=; of Excel', '.csv', (text) => `sep=;\r\n${text.replaceAll(',', ';')}`],
    ['#TYPE of Export-Csv', '.csv', (text) => `#TYPE System.Management.Automation.PSCustomObject\r\n${text}`],
    [
      '#TYPE and quoted cells of Export-Csv',
      '.csv',
      (text) => `"#TYPE Selected.Object"\r\n${text.replaceAll(/[^,\r\n]+/g, '"$&"')}`,
    ],
    ['tabs in .tsv', '.tsv', (text) => text.replaceAll(',', '\t')],
    ['tabs in .txt, UTF-16, as Excel’s Unicode text', '.txt', (text) => marked(text.replaceAll(',', '\t'))],
    ['UTF-16 of Out-File', '.csv', marked],
    ['UTF-16, big-endian', '.csv', (text) => marked(text).swap16()],
    ['UTF-8 with a byte-order mark and semicolons', '.csv', (text) => `\ufeff${text.replaceAll(',', ';')}`],
    ['CR at the end of lines', '.csv', (text) => text.replaceAll('\r\n', '\r')],
  ])('A file is read completely if it has %s', async (_, extension, encode) => {
    const customer = randomUUID();
    const text = [HEADER, row('Zürich', customer), row('Bern', customer), ''].join('\r\n');
    const path = await stack.file(encode(text), `${customer}${extension}`);

    const { code, out } = await stack.submit(path);

    expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining('2 items: 2 succeeded.') });
    expect(await stack.ordersOf(customer)).toBe(2);
  });
});

describe('Files that cannot be read (mr-data-converter#52, ADTimeline#2, PowerShell-Docs#4224)', () => {
  const latin1 = (text: string) => Buffer.from(text, 'latin1');

  it.each<[string, Uint8Array, string]>([
    ['Latin-1', latin1('reference\nZürich'), 'must be UTF-8, or UTF-16 with a byte-order mark'],
    [
      'UTF-16 without a byte-order mark',
      Buffer.from('reference\n', 'utf16le'),
      'must be UTF-8, or UTF-16 with a byte-order mark',
    ],
    ['an Excel workbook', latin1('PK\x03\x04'), 'is an Excel workbook or a ZIP archive: must be text'],
    ['an old Excel workbook', Buffer.from([0xd0, 0xcf, 0x11, 0xe0]), 'is an Excel workbook: must be text'],
    ['a compressed file', Buffer.from([0x1f, 0x8b, 8]), 'is compressed by gzip: must be text'],
  ])('A file that is not readable text is rejected with its kind: %s', async (_, bytes, sentence) => {
    const { code, err } = await stack.submit(await stack.file(bytes));

    expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining(sentence) });
  });

  it('A file of 600 MB is rejected as too large', async () => {
    const path = await stack.file('');
    await truncate(path, 600_000_000);

    const { code, err } = await stack.submit(path);

    expect(code).toBe(2);
    expect(err).toContain('has 573 MiB: must be at most 256 MiB. Split it into several files.');
  });
});
