/**
 * The folder where the local stack keeps its data: the path of each part, a check that it can be written, and how
 * it is emptied. It never removes anything that the stack did not create. It does not know what the files hold.
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

/** The path of each part below a data folder. */
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

/** Creates the folder if necessary; throws Refused when it cannot be written. */
export async function openDataFolder({ path }: DataFolder): Promise<void> {
  const probe = join(path, `.probe-${process.pid}`);
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

/** Removes the stack's data and nothing else; the run file stays, because it keeps other starts out. */
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
