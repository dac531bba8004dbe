/**
 * The folder where the local stack keeps its data: what lies where, whether it can be written, and how it is emptied.
 * It promises to remove nothing that the stack did not put there. It does not know what is in the files.
 */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Refused } from '../../cli/refused.ts';

export interface DataFolder {
  readonly path: string;
  readonly runFile: string;
  readonly azurite: string;
  readonly host: string;
  readonly issuerKeyFile: string;
  readonly deskLedgerFile: string;
}

/** What lies where below a data folder. */
export function dataFolderAt(path: string): DataFolder {
  return {
    path,
    runFile: join(path, 'run.json'),
    azurite: join(path, 'azurite'),
    host: join(path, 'host'),
    issuerKeyFile: join(path, 'issuer-key.pem'),
    deskLedgerFile: join(path, 'desk-ledger.jsonl'),
  };
}

/** Makes the folder if need be; throws Refused when nothing can be written there. */
export async function openDataFolder({ path }: DataFolder): Promise<void> {
  const probe = join(path, '.probe');
  try {
    await mkdir(path, { recursive: true });
    await writeFile(probe, '');
    await rm(probe);
  } catch (error) {
    throw new Refused(
      `The data folder ${path} cannot be written (${(error as NodeJS.ErrnoException).code}).`,
    );
  }
}

/** Removes the stack's data and nothing else; the run file stays, for it says who is at work here. */
export async function emptyDataFolder({
  azurite,
  host,
  issuerKeyFile,
  deskLedgerFile,
}: DataFolder): Promise<void> {
  for (const path of [azurite, host, issuerKeyFile, deskLedgerFile]) {
    await rm(path, { recursive: true, force: true });
  }
}
