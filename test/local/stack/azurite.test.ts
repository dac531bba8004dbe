/** Azurite's process: what is written before SIGTERM is read after the next start, and what it loads on use. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TableClient } from '@azure/data-tables';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { azuriteCommand } from '../../../local/stack/commands.ts';
import { type DataFolder, dataFolderAt } from '../../../local/stack/dataFolder.ts';
import { storageConnectionAt } from '../../../local/stack/standins.ts';
import { type Supervised, supervise } from '../../../local/stack/supervise.ts';

let data: DataFolder;
let azurite: Supervised;

beforeAll(async () => {
  data = dataFolderAt(await mkdtemp(join(tmpdir(), 'azurite-')));
  azurite = await start();
});

afterAll(async () => {
  await azurite?.stop(5_000);
  await rm(data.path, { recursive: true });
});

function start(): Promise<Supervised> {
  return supervise({
    name: 'azurite',
    command: (last) => {
      const command = azuriteCommand(data, 'disk', last);
      return { ...command, args: [...command.args, '--debug', debugLog()] };
    },
    log: () => undefined,
    onOutput: () => undefined,
    onRestart: async () => undefined,
  });
}

const debugLog = () => join(data.path, 'debug.log');

function table(): TableClient {
  const connection = storageConnectionAt(azurite.ready.port);
  return TableClient.fromConnectionString(connection, 'carts', { allowInsecureConnection: true });
}

test('Tables on the disk survive a stop right after the last write', async () => {
  await table().createTable();
  await table().createEntity({ partitionKey: 'p', rowKey: 'r', value: 'kept' });

  await azurite.stop(5_000);
  azurite = await start();

  expect(await table().getEntity('p', 'r')).toMatchObject({ value: 'kept' });
});

test('The library of the debug log, which is loaded on use, writes it', async () => {
  const lines = async () => (await readFile(debugLog(), 'utf8').catch(() => '')).split('\n');

  await expect.poll(lines, { timeout: 10_000 }).toContainEqual(expect.stringMatching(/ info: .*Method=POST/));
});
