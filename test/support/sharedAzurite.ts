/** The Azurite that the test files of the integration project share, each with its own account. */
import { randomBytes } from 'node:crypto';
import { type StorageAccount, storageConnectionAt } from '../../local/stack/standins.ts';
import { startAzuriteWith } from './azurite.ts';

/** More than the test files ask for, also when they are repeated: Azurite reads its accounts when it starts. */
const ACCOUNTS = 500;

export interface SharedAzurite {
  /** The connection string of an account that was not returned before. Throws when all are in use. */
  nextConnection(): string;
  stop(): Promise<void>;
}

export async function startSharedAzurite(): Promise<SharedAzurite> {
  const accounts = Array.from({ length: ACCOUNTS }, (_, n): StorageAccount => {
    return { name: `account${n}`, key: randomBytes(32).toString('base64') };
  });
  const { port, stop } = await startAzuriteWith(accounts);
  return {
    nextConnection() {
      const account = accounts.pop();
      if (!account)
        throw new Error(`All ${ACCOUNTS} accounts are in use: raise ACCOUNTS in sharedAzurite.ts.`);
      return storageConnectionAt(port, account);
    },
    stop,
  };
}
