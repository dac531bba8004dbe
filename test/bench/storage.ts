/** Azurite that says of every request what it was, so that operations can be counted where they arrive. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { storageConnectionAt } from '../../local/stack/standins.ts';

const ENTRY = fileURLToPath(new URL('../../local/stack/azuriteMain.ts', import.meta.url));

/** What a request does to a table. A transaction is one operation, as it is billed. */
export const KINDS = ['point read', 'query', 'insert', 'write', 'delete', 'transaction'] as const;
export type Kind = (typeof KINDS)[number];
export type Tally = Record<Kind, number>;

export interface CountedStorage {
  connectionString: string;
  /** What has arrived so far. */
  tally(): Tally;
  stop(): Promise<void>;
}

/** Starts it, in memory, on a free port. */
export async function startStorage(): Promise<CountedStorage> {
  const args = ['--tablePort', '0', '--inMemoryPersistence', '--disableTelemetry'];
  const child = fork(ENTRY, args, { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
  const tally = Object.fromEntries(KINDS.map((kind) => [kind, 0])) as Tally;
  createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (line) => {
    const kind = kindOf(line);
    if (kind) tally[kind]++;
  });
  const [ready] = (await once(child, 'message')) as [{ port: number }];
  return {
    connectionString: storageConnectionAt(ready.port),
    tally: () => ({ ...tally }),
    async stop() {
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    },
  };
}

/** The kind of a request in Azurite's access log: `… "GET /devstoreaccount1/carts(PartitionKey=…) HTTP/1.1" 200 -`. */
function kindOf(line: string): Kind | undefined {
  const [, method, path = ''] = /"([A-Z]+) \/devstoreaccount1\/(\S*) HTTP/.exec(line) ?? [];
  if (path.startsWith('Tables')) return undefined;
  switch (method) {
    case 'GET':
      return path.includes('(PartitionKey=') ? 'point read' : 'query';
    case 'POST':
      return path === '$batch' ? 'transaction' : 'insert';
    case 'PUT':
    case 'PATCH':
    case 'MERGE':
      return 'write';
    case 'DELETE':
      return 'delete';
  }
  return undefined;
}

/** What came between two tallies. */
export const between = (before: Tally, after: Tally): Tally =>
  Object.fromEntries(KINDS.map((kind) => [kind, after[kind] - before[kind]])) as Tally;

export const sumOf = (tally: Tally): number => KINDS.reduce((sum, kind) => sum + tally[kind], 0);
