/** The floor: the same number of operations of each kind by the bare storage client, with nothing in between. */
import { randomUUID } from 'node:crypto';
import { TableClient } from '@azure/data-tables';
import { KINDS, type Kind, startStorage, sumOf, type Tally } from './storage.ts';

/** How large the rows are, in characters; a cart of one line item is about as large. */
const ROW_CHARACTERS = 1_000;
const PAYLOAD = 'x'.repeat(ROW_CHARACTERS);

/** How long these operations take, so many at a time, in milliseconds. */
export async function floorMs(operations: Tally, atATime: number): Promise<number> {
  const storage = await startStorage();
  const table = TableClient.fromConnectionString(storage.connectionString, 'floor', {
    allowInsecureConnection: true,
  });
  await table.createTable();
  const worker = async (kinds: readonly Kind[]) => {
    const partitionKey = randomUUID();
    await table.createEntity({ partitionKey, rowKey: 'known', payload: PAYLOAD });
    for (const kind of kinds) await operate(table, partitionKey, kind);
  };
  const begunMs = performance.now();
  await Promise.all(shared(operations, atATime).map(worker));
  const tookMs = performance.now() - begunMs;
  await storage.stop();
  return tookMs;
}

/** The operations, dealt out one by one. */
function shared(operations: Tally, hands: number): Kind[][] {
  const dealt: Kind[][] = Array.from({ length: hands }, () => []);
  const total = sumOf(operations);
  const done = Object.fromEntries(KINDS.map((kind) => [kind, 0])) as Tally;
  for (let n = 0; n < total; n++) {
    // The kind that is furthest behind its share: the mixture is even all along.
    const behind = (kind: Kind) => (operations[kind] * (n + 1)) / total - done[kind];
    const kind = KINDS.reduce((most, other) => (behind(other) > behind(most) ? other : most));
    done[kind]++;
    dealt[n % hands]?.push(kind);
  }
  return dealt;
}

async function operate(table: TableClient, partitionKey: string, kind: Kind): Promise<unknown> {
  const row = { partitionKey, rowKey: randomUUID(), payload: PAYLOAD };
  switch (kind) {
    case 'point read':
      return table.getEntity(partitionKey, 'known');
    case 'query':
      return table
        .listEntities({ queryOptions: { filter: `PartitionKey eq '${partitionKey}' and RowKey eq 'known'` } })
        .next();
    case 'insert':
      return table.createEntity(row);
    case 'write':
      return table.upsertEntity({ ...row, rowKey: 'known' }, 'Replace');
    case 'delete':
      return table.deleteEntity(partitionKey, 'absent').catch(() => undefined);
    case 'transaction':
      return table.submitTransaction([
        ['create', row],
        ['upsert', { ...row, rowKey: 'known' }, 'Replace'],
      ]);
  }
}
