/** Who holds a data folder, and what is removed from it. */
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Refused } from '../../../cli/refused.ts';
import { dataFolderAt, emptyDataFolder, openDataFolder } from '../../../local/stack/dataFolder.ts';
import { holdRunFile, isAlive, readRunFile } from '../../../local/stack/runFile.ts';

let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'run-'));
  file = join(folder, 'run.json');
});

afterEach(() => rm(folder, { recursive: true }));

test('a folder is held by one stack at a time, and free again when it is given up', async () => {
  const hold = await holdRunFile(file);

  await expect(holdRunFile(file)).rejects.toThrow(Refused);
  await hold.remove();
  await (await holdRunFile(file)).remove();

  expect(await readdir(folder)).toEqual([]);
});

test('the refusal names the process and where it answers', async () => {
  const hold = await holdRunFile(file);
  await hold.write({ url: 'http://127.0.0.1:7071', processes: {} });

  await expect(holdRunFile(file)).rejects.toThrow(
    `at work on this data already at http://127.0.0.1:7071 (process ${process.pid})`,
  );
});

test('what a dead process left behind does not keep anybody out', async () => {
  // No process has this id: it is above what any system hands out.
  await writeFile(file, JSON.stringify({ pid: 2 ** 30, since: 1, processes: {} }));

  await holdRunFile(file);

  expect((await readRunFile(file))?.pid).toBe(process.pid);
});

test('a process with our own id that began at another time was somebody else', () => {
  expect(isAlive({ pid: process.pid, since: performance.timeOrigin - 60_000, processes: {} })).toBe(false);
  expect(isAlive({ pid: process.pid, since: performance.timeOrigin, processes: {} })).toBe(true);
});

test('half a file is no file', async () => {
  await writeFile(file, '{"pid":');

  expect(await readRunFile(file)).toBeUndefined();
  await holdRunFile(file);
});

test('writes at the same moment come one after the other, and only the owner can read them', async () => {
  const hold = await holdRunFile(file);
  const ports = Array.from({ length: 20 }, (_, port) => port);

  await Promise.all(ports.map((port) => hold.write({ processes: { host: { pid: 1, port } } })));

  expect((await readRunFile(file))?.processes.host?.port).toBe(19);
  expect((await stat(file)).mode & 0o077).toBe(0);
  expect(await readdir(folder)).toEqual(['run.json']);
});

test('emptying the data folder removes what the stack put there and nothing else', async () => {
  const data = dataFolderAt(folder);
  await mkdir(join(data.azurite, 'deep'), { recursive: true });
  await writeFile(data.issuerKeyFile, 'key');
  await writeFile(data.deskLedgerFile, 'ledger');
  await writeFile(join(folder, 'notes.txt'), 'of somebody else');

  await emptyDataFolder(data);

  expect(await readdir(folder)).toEqual(['notes.txt']);
  expect(await readFile(join(folder, 'notes.txt'), 'utf8')).toBe('of somebody else');
});

test('a data folder that cannot be written is refused with its name', async () => {
  await writeFile(file, '');
  const below = dataFolderAt(join(file, 'below-a-file'));

  await expect(openDataFolder(below)).rejects.toThrow(
    `The data folder ${below.path} cannot be written (ENOTDIR).`,
  );
});

test('of many starts at the same moment one gets the folder', async () => {
  const starts = await Promise.allSettled(Array.from({ length: 10 }, () => holdRunFile(file)));

  expect(starts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  for (const start of starts) if (start.status === 'rejected') expect(start.reason).toBeInstanceOf(Refused);
});
