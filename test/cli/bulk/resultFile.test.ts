/** Files that a command writes, and the copies of earlier ones. */
import { statSync } from 'node:fs';
import { mkdir, readdir, readFile, symlink, utimes, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PLAIN_CSV } from '../../../cli/bulk/csv.ts';
import {
  checkWritable,
  keptFile,
  readEarlier,
  readOwnResult,
  readResult,
} from '../../../cli/bulk/resultFile.ts';
import { BadFile, Unwritten } from '../../../cli/refused.ts';
import { fileWith, newFolder } from './files.ts';

const WRITTEN = new Date('2026-11-28T14:02:05.678Z');
const COPY = 'o.result.2026-11-28T140205Z.csv';

/** An older file that was written at a certain time. */
async function olderFile(content: string): Promise<string> {
  const path = await fileWith(content, 'o.result.csv');
  await utimes(path, WRITTEN, WRITTEN);
  return path;
}
const contentsBeside = async (path: string) => {
  const names = (await readdir(dirname(path))).sort();
  const texts = await Promise.all(names.map((name) => readFile(join(dirname(path), name), 'utf8')));
  return Object.fromEntries(names.map((name, n) => [name, texts[n]]));
};

describe('Written files', () => {
  it('A written file keeps a copy of the older file, named after the time when that was written', async () => {
    const path = await olderFile('old');

    const copy = keptFile(path, PLAIN_CSV).write('new\n');

    expect(copy).toBe(join(dirname(path), COPY));
    expect(await contentsBeside(path)).toEqual({ 'o.result.csv': 'new\r\n', [COPY]: 'old' });
  });

  it('A copy never overwrites another copy', async () => {
    const path = await olderFile('old');
    await writeFile(join(dirname(path), COPY), 'older');

    keptFile(path, PLAIN_CSV).write('new\n');

    expect(await contentsBeside(path)).toEqual({
      'o.result.csv': 'new\r\n',
      [COPY]: 'older',
      [COPY.replace('.csv', '-2.csv')]: 'old',
    });
  });

  it('No copy is made of a file that the same command has written, nor of identical content', async () => {
    const path = await olderFile('same\r\n');
    const file = keptFile(path, PLAIN_CSV);

    const copies = [file.write('same\n'), file.write('next\n'), file.write('last\n')];

    expect(copies).toEqual([undefined, undefined, undefined]);
    expect(await contentsBeside(path)).toEqual({ 'o.result.csv': 'last\r\n' });
  });

  it('A file in a folder that does not exist is reported before anything is submitted', async () => {
    const path = join(await newFolder(), 'gone', 'o.result.csv');

    expect(() => checkWritable(path)).toThrow(new Unwritten(`${path} cannot be written (ENOENT).`));
    expect(() => keptFile(path, PLAIN_CSV).write('x')).toThrow(Unwritten);
  });

  it.each([
    ['a folder', '.', 'EISDIR'],
    ['a device', '/dev/null', 'not a file'],
  ])('What is no file is reported before anything is submitted, and stays: %s', async (_, name, code) => {
    const path = resolve(await newFolder(), name);
    const before = statSync(path);

    expect(() => checkWritable(path)).toThrow(new Unwritten(`${path} cannot be written (${code}).`));
    expect(statSync(path).ino).toBe(before.ino);
  });

  it('A file that cannot be completed, as on a full disk, leaves no part of it, and the older file stays', async () => {
    const path = await olderFile('old');
    await symlink('/dev/full', `${path}.${process.pid}.new`);

    expect(() => keptFile(path, PLAIN_CSV).write('new')).toThrow(
      new Unwritten(`${path} cannot be written (ENOSPC).`),
    );
    expect(await contentsBeside(path)).toEqual({ 'o.result.csv': 'old', [COPY]: 'old' });
  });

  it('A command that updates a result file rejects a file of another kind', async () => {
    const orders = await fileWith('reference,customerId,cartId\n', 'o.csv');

    await expect(readOwnResult(orders)).rejects.toThrow(
      new BadFile(`${orders} must be a result file, or a file that does not exist yet.`),
    );
    expect(await readOwnResult(join(dirname(orders), 'new.csv'))).toBeUndefined();
  });

  it('Checking whether a file can be written leaves no file', async () => {
    const path = await olderFile('old');

    checkWritable(path);

    expect(await contentsBeside(path)).toEqual({ 'o.result.csv': 'old' });
  });
});

describe('Earlier results', () => {
  const text = (reference: string) => `reference;state;orders;content\n${reference};succeeded;o1;c1\n`;

  it('The earlier results are the result file and its copies, in any format, and no other files', async () => {
    const path = await olderFile(text('r1'));
    const folder = dirname(path);
    await writeFile(join(folder, COPY), text('r2'));
    await writeFile(join(folder, COPY.replace('Z.', 'Z-2.')), Buffer.from(`\ufeff${text('r3')}`, 'utf16le'));
    await writeFile(join(folder, 'o.result.old.csv'), text('r4'));
    await writeFile(join(folder, 'p.result.csv'), text('r5'));

    const earlier = await readEarlier([path, path]);

    expect(earlier.flatMap(({ rows }) => rows.map(({ reference }) => reference)).sort()).toEqual([
      'r1',
      'r2',
      'r3',
    ]);
  });

  it('There are no earlier results if there is no result file or the file has another content', async () => {
    const folder = await newFolder();
    const notes = await fileWith('my notes, "unfinished', 'o.result.csv');

    expect(await readEarlier([join(folder, 'o.result.csv'), join(folder, 'gone', 'x.csv'), notes])).toEqual(
      [],
    );
  });

  it('A result file that cannot be read stops the command', async () => {
    const path = join(await newFolder(), 'o.result.csv');
    await mkdir(path);

    await expect(readResult(path)).rejects.toThrow(`${path} cannot be read (EISDIR).`);
  });
});
