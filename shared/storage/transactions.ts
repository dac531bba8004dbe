/** Many writes to one partition, in as few transactions as storage allows: each is whole, all together are not. */
import type { TransactionAction } from '@azure/data-tables';
import { type Table, undefinedOnStatus } from './tables.ts';

const MOST_ENTITIES = 100;
/** Of 4 MiB that a transaction may have; the estimate below is a little less than what is sent. */
const MOST_BYTES = 3 * 1_024 * 1_024;

/** Carries the writes out in their order; `forgiven` are statuses with which a transaction may come to nothing. */
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

/** Roughly the bytes of an entity on the wire: binary goes as base64, text as JSON, and each property has a name. */
function bytesOf(entity: object): number {
  return Object.values(entity).reduce<number>((sum, value) => {
    const size = value instanceof Uint8Array ? value.length * 1.4 : String(value).length * 1.2;
    return sum + size + 100;
  }, 500);
}
