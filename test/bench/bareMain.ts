/**
 * The bare storage client, in a process that does nothing else: the same storage operations as the service, on rows of
 * the same size in the same Azurite, with nothing around them. Its parent sends one command after the other.
 */
import { randomUUID } from 'node:crypto';
import { TableClient, type TableEntity } from '@azure/data-tables';
import type { Operation } from './scenarios.ts';

/** `prepare` makes the rows that a later `run` works on. */
export type BareCommand =
  | { kind: 'prepare'; operation: Operation; row: Record<string, unknown>; count: number }
  | { kind: 'run'; operation: Operation; inFlight: number };

export interface BareResult {
  tookMs: number;
  latenciesMs: number[];
}

type Row = TableEntity<Record<string, unknown>>;

const open = (table: string) =>
  TableClient.fromConnectionString(process.argv[2] ?? '', table, { allowInsecureConnection: true });
const carts = open('barecarts');
const due = open('baredue');
await Promise.all([carts.createTable(), due.createTable()]);

let rows: Row[] = [];

process.on('message', (command: BareCommand) => {
  const done = command.kind === 'prepare' ? prepare(command) : run(command);
  done.then(
    (result) => process.send?.(result ?? 'done'),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
process.on('disconnect', () => process.exit(0));
process.send?.('ready');

async function prepare({ operation, row, count }: BareCommand & { kind: 'prepare' }): Promise<void> {
  rows = Array.from({ length: count }, () => copyOf(row));
  if (operation !== 'create') await inParallel(32, rows, (one) => carts.createEntity(one));
}

async function run({ operation, inFlight }: BareCommand & { kind: 'run' }): Promise<BareResult> {
  const latenciesMs: number[] = [];
  const beganMs = performance.now();
  await inParallel(inFlight, rows, async (row) => {
    const beganMs = performance.now();
    await PROGRAMS[operation](row);
    latenciesMs.push(performance.now() - beganMs);
  });
  return { tookMs: performance.now() - beganMs, latenciesMs };
}

/** What a request of the service does in storage, in the same order. */
const PROGRAMS: Record<Operation, (row: Row) => Promise<unknown>> = {
  async create(row) {
    await due.upsertEntity(dueRow(), 'Replace');
    await carts.createEntity(row);
  },
  get: read,
  async replace(row) {
    const { etag } = await read(row);
    await carts.updateEntity(row, 'Replace', { etag });
  },
  async checkout(row) {
    const { etag } = await read(row);
    await due.upsertEntity(dueRow(), 'Replace');
    await carts.updateEntity(row, 'Replace', { etag });
    const started = await read(row);
    const order = { ...row, rowKey: `order_${randomUUID()}` };
    await carts.submitTransaction([
      ['update', row, 'Replace', { etag: started.etag }],
      ['create', order],
    ]);
    await read(row);
  },
};

function read({ partitionKey, rowKey }: Row) {
  return carts.getEntity(partitionKey, rowKey);
}

function copyOf(row: Record<string, unknown>): Row {
  const [tenant] = String(row.partitionKey).split('_');
  return { ...row, partitionKey: `${tenant}_${randomUUID()}`, rowKey: `cart_${randomUUID()}` };
}

function dueRow(): Row {
  return {
    partitionKey: `${randomUUID().slice(0, 1)}_2030-01-01T00`,
    rowKey: `${Date.now()}_${randomUUID()}_${randomUUID()}_${randomUUID()}`,
  };
}

async function inParallel<Item>(
  width: number,
  items: readonly Item[],
  work: (item: Item) => Promise<unknown>,
) {
  let next = 0;
  const worker = async () => {
    for (let item = items[next++]; item !== undefined; item = items[next++]) await work(item);
  };
  await Promise.all(Array.from({ length: width }, worker));
}
