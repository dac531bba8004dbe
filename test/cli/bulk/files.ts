/** Files of items for the tests of who reads them. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { readOrderFile } from '../../../cli/bulk/orderFile.ts';
import { sortedOut } from '../../../cli/bulk/plan.ts';

/** Writes a file that is gone when the test is; gives its path. */
export async function fileWith(content: string | Uint8Array, name = 'orders.csv'): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'cartwright-bulk-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

/** What a file comes to: what it says of itself, the JSON of its items, and what is wrong with them. */
export async function readFileOf(content: string | Uint8Array, name?: string) {
  const { head, items } = await readOrderFile(await fileWith(content, name));
  return {
    head,
    values: items.map(({ raw }) => ('json' in raw ? raw.json : raw)),
    problems: sortedOut(items).leftOut.flatMap(({ problems }) => problems),
  };
}
