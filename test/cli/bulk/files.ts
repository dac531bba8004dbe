/** Order files for the tests of the code that reads them. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { readOrderFile } from '../../../cli/bulk/orderFile.ts';
import { sortedOut } from '../../../cli/bulk/plan.ts';

export const CUSTOMER = 'd6bf25b7-e0a8-4f2d-a31b-97b55cfc774d';
export const OTHER = '0b6f3f6a-6f0c-4d1b-8f2e-0c1f8a1f5f11';
export const CART = 'b4c8fdea-cbe4-4d17-9576-13fcacbf9605';

/** A folder that is removed after the test. */
export async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'cartwright-bulk-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Writes a file that is removed after the test; gives its path. */
export async function fileWith(content: string | Uint8Array, name = 'orders.csv'): Promise<string> {
  const path = join(await newFolder(), name);
  await writeFile(path, content);
  return path;
}

/** What is read from a file: what it says about the bulk order, the JSON of its items, and what is invalid. */
export async function readFileOf(content: string | Uint8Array, name?: string) {
  const { head, items, format, only } = await readOrderFile(await fileWith(content, name));
  const { good, rejected } = sortedOut(items);
  return {
    head,
    format,
    values: items.map(({ raw }) => ('json' in raw ? raw.json : raw)),
    /** The references of the items that can be ordered. */
    ordered: good.map(({ reference }) => reference),
    contents: good.map(({ content }) => content),
    problems: rejected.flatMap(({ problems }) => problems),
    /** The text of a file of the rejected items. */
    rejectedText: only(rejected.flatMap(({ index }) => items[index] ?? [])),
  };
}
