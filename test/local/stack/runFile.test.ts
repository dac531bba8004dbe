/** Which stack holds a data folder, and what is removed from it. */
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Refused } from '../../../cli/refused.ts';
import { startTicks } from '../../../local/stack/ancestors.ts';
import { dataFolderAt, emptyDataFolder, openDataFolder } from '../../../local/stack/dataFolder.ts';
import { holdRunFile, isAlive, readRunFile } from '../../../local/stack/runFile.ts';

const atOnce = { waitMs: 0 };

let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'run-'));
  file = join(folder, 'run.json');
});

afterEach(() => rm(folder, { recursive: true }));

test('One stack holds a folder at a time, and the next one can hold it after the release', async () => {
  const hold = await holdRunFile(file);

  await expect(holdRunFile(file, atOnce)).rejects.toThrow(Refused);
  await hold.remove();
  await (await holdRunFile(file)).remove();

  expect(await readdir(folder)).toEqual([]);
});

test('A rejected start names the URL and the process of the running stack', async () => {
  const hold = await holdRunFile(file);
  await hold.write({ url: 'http://127.0.0.1:7071', processes: {} });

  await expect(holdRunFile(file)).rejects.toThrow(
    `A local stack already runs on this data folder: http://127.0.0.1:7071 (process ${process.pid}).`,
  );
});

test('While another stack starts, a start waits for its URL', async () => {
  const hold = await holdRunFile(file);
  const second = expect(holdRunFile(file)).rejects.toThrow('http://127.0.0.1:7071');

  await pause(250);
  await hold.write({ url: 'http://127.0.0.1:7071', processes: {} });

  await second;
});

test('While another stack stops, a start waits until the folder is free, and then holds it', async () => {
  const hold = await holdRunFile(file);
  await hold.write({ processes: {} });
  const second = holdRunFile(file);

  await pause(250);
  await hold.remove();

  await (await second).remove();
});

test('A start that waits for another start ends when it is interrupted', async () => {
  await holdRunFile(file);

  await expect(holdRunFile(file, { signal: AbortSignal.abort() })).rejects.toThrow(
    'The stack was stopped while it was starting.',
  );
});

test('A start whose wait times out names the process and the file', async () => {
  await holdRunFile(file);

  await expect(holdRunFile(file, atOnce)).rejects.toThrow(
    `Another start on this data folder has not finished (process ${process.pid}). Stop that process, or remove ${file} if it no longer exists.`,
  );
});

test('The file of a process that no longer runs does not prevent a start', async () => {
  // No process has this id: it is above what any system assigns.
  await writeFile(file, JSON.stringify({ pid: 2 ** 30, since: 1, processes: {} }));

  await holdRunFile(file);

  expect((await readRunFile(file))?.pid).toBe(process.pid);
});

test('A process with the same id but another start time is another process', () => {
  expect(isAlive({ pid: process.pid, since: performance.timeOrigin - 60_000, processes: {} })).toBe(false);
  expect(isAlive({ pid: process.pid, since: performance.timeOrigin, processes: {} })).toBe(true);
  const ticks = startTicks(process.ppid);
  expect(isAlive({ pid: process.ppid, since: 0, ticks, processes: {} })).toBe(true);
  // Without /proc the id alone has to do.
  const other = ticks === undefined ? undefined : ticks - 1;
  expect(isAlive({ pid: process.ppid, since: 0, ticks: other, processes: {} })).toBe(ticks === undefined);
});

test('A file that cannot be parsed counts as absent', async () => {
  await writeFile(file, '{"pid":');

  expect(await readRunFile(file)).toBeUndefined();
  await holdRunFile(file);
});

test('Concurrent writes are applied in order, and only the owner can read the file', async () => {
  const hold = await holdRunFile(file);
  const ports = Array.from({ length: 20 }, (_, port) => port);

  await Promise.all(ports.map((port) => hold.write({ processes: { host: { pid: 1, port } } })));

  expect((await readRunFile(file))?.processes.host?.port).toBe(19);
  expect((await stat(file)).mode & 0o077).toBe(0);
  expect(await readdir(folder)).toEqual(['run.json']);
});

test('Emptying the data folder removes the data of the stack and nothing else', async () => {
  const data = dataFolderAt(folder);
  await mkdir(join(data.azurite, 'deep'), { recursive: true });
  await writeFile(data.issuerKeyFile, 'key');
  await writeFile(data.deskLedgerFile, 'ledger');
  await writeFile(join(folder, 'notes.txt'), 'not of the stack');

  await emptyDataFolder(data);

  expect(await readdir(folder)).toEqual(['notes.txt']);
  expect(await readFile(join(folder, 'notes.txt'), 'utf8')).toBe('not of the stack');
});

test('A data folder that is not writable is rejected by its path', async () => {
  await writeFile(file, '');
  const below = dataFolderAt(join(file, 'below-a-file'));

  await expect(openDataFolder(below)).rejects.toThrow(
    `The data folder ${below.path} cannot be written (ENOTDIR).`,
  );
});

test('Exactly one of ten concurrent starts holds the folder', async () => {
  const starts = await Promise.allSettled(Array.from({ length: 10 }, () => holdRunFile(file, atOnce)));

  expect(starts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  for (const start of starts) if (start.status === 'rejected') expect(start.reason).toBeInstanceOf(Refused);
});
