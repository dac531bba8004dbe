/** Azurite's process: what is written before SIGTERM is read after the next start. */
import { mkdtemp, rm } from 'node:fs/promises';
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
    command: (last) => azuriteCommand(data, 'disk', last),
    log: () => undefined,
    onOutput: () => undefined,
    onRestart: async () => undefined,
  });
}

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
