/** Many writes to one partition, in as few transactions as storage allows. Each transaction is atomic, all together are not. */
import type { TransactionAction } from '@azure/data-tables';
import { type Table, undefinedOnStatus } from './tables.ts';

const MOST_ENTITIES = 100;
/** Below the 4 MiB that a transaction may have, because the size is estimated. */
const MOST_BYTES = 3 * 1_024 * 1_024;

/** Writes in the given order; a transaction that fails with one of the statuses in `forgiven` is skipped. */
export async function inTransactions(
  table: Table,
  actions: readonly TransactionAction[],
  forgiven: number[] = [],
): Promise<void> {
  for (const some of inParts(actions)) {
    await table.run((client, abortSignal) =>
      undefinedOnStatus(forgiven, client.submitTransaction(some, { abortSignal })),
    );
  }
}

function inParts(actions: readonly TransactionAction[]): TransactionAction[][] {
  const parts: TransactionAction[][] = [];
  let bytes = 0;
  for (const action of actions) {
    const size = bytesOf(action[1]);
    const part = parts.at(-1);
    if (!part || part.length >= MOST_ENTITIES || bytes + size > MOST_BYTES) {
      parts.push([action]);
      bytes = size;
    } else {
      part.push(action);
      bytes += size;
    }
  }
  return parts;
}

/** Estimates the bytes of an entity in a request: binary as base64, text as JSON, and a name for each property. */
function bytesOf(entity: object): number {
  return Object.values(entity).reduce<number>((sum, value) => {
    const size = value instanceof Uint8Array ? value.length * 1.4 : String(value).length * 1.2;
    return sum + size + 100;
  }, 500);
}
