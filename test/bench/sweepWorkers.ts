/** Measures workers of pages: how many due entries a number of processes works off in a second, from the first page to the last entry. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { startServiceBus } from '@cartwright/servicebus-emulator';
import entities from '../../infra/servicebus.json' with { type: 'json' };
import { openBus } from '../../shared/messaging/bus.ts';
import { pageQueue } from '../../shared/messaging/pageQueue.ts';
import type { DueRange } from '../../shared/ports.ts';
import { dueIndex } from '../../shared/storage/dueIndex.ts';
import { TABLES } from '../../shared/storage/keys.ts';
import { Table } from '../../shared/storage/tables.ts';
import { addEntries, DISPATCH_LIMITS, type Share } from '../../shared/sweeper/dispatch.ts';
import { startAzurite } from '../support/azurite.ts';
import { MINUTE } from '../support/samples.ts';
import { fill } from './dueStand.ts';

/** Pages where effects only take time: several times as many as four processes work on at a time. */
const SLOW_PAGES = 192;
const ENTRIES_OF_SLOW_PAGE = 25;
/** Carts that are due on Azurite, and the entries of a page. */
const CARTS = 800;
const ENTRIES_OF_PAGE = 10;

/** Entries a second with this many processes. */
export async function measureWorkers(workers: number, storage: 'slow' | 'azurite'): Promise<number> {
  const broker = await startServiceBus({ entities });
  const azurite = storage === 'azurite' ? await startAzurite() : undefined;
  const pages = azurite ? await duePages(azurite) : slowPages();
  const expected = azurite ? CARTS : SLOW_PAGES * ENTRIES_OF_SLOW_PAGE;
  const children = Array.from({ length: workers }, () =>
    fork(join(import.meta.dirname, 'sweepWorker.ts'), [
      broker.connectionString,
      azurite?.connectionString ?? 'slow',
    ]),
  );
  const failed = Promise.race(children.map(ended));
  failed.catch(() => undefined); // they are ended below
  await Promise.race([failed, Promise.all(children.map((child) => once(child, 'message')))]);
  const done = Promise.race([failed, processed(children, expected)]);
  const bus = openBus(broker);
  const queue = pageQueue(bus);
  const beganMs = performance.now();
  await queue.send(pages.map((range, n) => ({ range, id: String(n) })));
  await done;
  const seconds = (performance.now() - beganMs) / 1_000;
  await Promise.all(
    children.map(async (child) => {
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      await exited;
    }),
  );
  await Promise.all([bus.close(), broker.close(), azurite?.stop()]);
  return expected / seconds;
}

/** Rejects when the process ends. */
async function ended(child: ChildProcess): Promise<never> {
  const [code] = await once(child, 'exit');
  throw new Error(`A worker ended with ${code}.`);
}

/** Resolves when the processes together have processed that many entries. */
async function processed(children: readonly ChildProcess[], expected: number): Promise<void> {
  let sum = 0;
  await new Promise<void>((resolve) => {
    for (const child of children) {
      child.on('message', (entries) => {
        sum += Number(entries);
        if (sum >= expected) resolve();
      });
    }
  });
}

const slowPages = (): DueRange[] =>
  Array.from({ length: SLOW_PAGES }, (_, n) => {
    const fromMs = Date.now() - MINUTE - n;
    return { shard: n % 4, fromMs, toMs: fromMs };
  });

/** Carts that are due, and the pages that the timer would dispatch. */
async function duePages(storage: { connectionString: string }): Promise<DueRange[]> {
  await fill(storage, { count: CARTS, dueCount: CARTS, spreadMs: 5 * MINUTE });
  const limits = { ...DISPATCH_LIMITS, ownEntries: 0, queuedPages: CARTS };
  let share: Share = { own: [], pages: [] };
  const index = dueIndex(new Table(storage, TABLES.due), ENTRIES_OF_PAGE);
  for await (const read of index.read(Date.now())) share = addEntries(share, read, [], limits);
  return share.pages;
}
