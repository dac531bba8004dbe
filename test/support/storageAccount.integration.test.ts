/** The shared Azurite keeps its accounts apart: no test file sees, or waits for, the tables of another. */
import { TableClient } from '@azure/data-tables';
import { expect, it } from 'vitest';
import { newStorageAccount } from './storageAccount.ts';

const TABLE = 'carts';

function clientOf({ connectionString }: { connectionString: string }): TableClient {
  return TableClient.fromConnectionString(connectionString, TABLE, { allowInsecureConnection: true });
}

async function rowsOf(client: TableClient): Promise<unknown[]> {
  return Array.fromAsync(client.listEntities(), ({ partitionKey, rowKey, owner }) => ({
    partitionKey,
    rowKey,
    owner,
  }));
}

it('A storage account has no table, though another account of the same Azurite has one of that name', async () => {
  const [first, second] = [clientOf(await newStorageAccount()), clientOf(await newStorageAccount())];
  await first.createTable();
  await first.createEntity({ partitionKey: 'p', rowKey: 'r', owner: 'first' });

  await expect(rowsOf(second)).rejects.toMatchObject({ statusCode: 404 });
});

it('Accounts store rows with the same keys apart, in single writes and in transactions', async () => {
  const owners = ['first', 'second'];
  const clients = await Promise.all(owners.map(async () => clientOf(await newStorageAccount())));
  const rowOf = (owner: string, rowKey: string) => ({ partitionKey: 'p', rowKey, owner });

  await Promise.all(
    clients.map(async (client, n) => {
      const owner = String(owners[n]);
      await client.createTable();
      await client.createEntity(rowOf(owner, 'single'));
      await client.submitTransaction([
        ['create', rowOf(owner, 'both')],
        ['create', rowOf(owner, 'together')],
      ]);
    }),
  );
  await clients[0]?.deleteEntity('p', 'both');

  const stored = await Promise.all(clients.map(rowsOf));
  expect(stored).toEqual([
    ['single', 'together'].map((rowKey) => rowOf('first', rowKey)),
    ['both', 'single', 'together'].map((rowKey) => rowOf('second', rowKey)),
  ]);
});

it('A failed transaction is undone in its account while other accounts commit theirs', async () => {
  const [failing, committing] = [clientOf(await newStorageAccount()), clientOf(await newStorageAccount())];
  await Promise.all([failing.createTable(), committing.createTable()]);
  await failing.createEntity({ partitionKey: 'p', rowKey: 'taken' });
  const rounds = Array.from({ length: 20 }, (_, n) => n);
  const transaction = (client: TableClient, n: number, last: string) =>
    client.submitTransaction([
      ['create', { partitionKey: 'p', rowKey: `first ${n}` }],
      ['create', { partitionKey: 'p', rowKey: last }],
    ]);

  const outcomes = await Promise.allSettled(
    rounds.flatMap((n) => [transaction(failing, n, 'taken'), transaction(committing, n, `second ${n}`)]),
  );

  expect(outcomes.map(({ status }) => status)).toEqual(rounds.flatMap(() => ['rejected', 'fulfilled']));
  expect(await rowsOf(failing)).toEqual([{ partitionKey: 'p', rowKey: 'taken', owner: undefined }]);
  expect(await rowsOf(committing)).toHaveLength(2 * rounds.length);
});
