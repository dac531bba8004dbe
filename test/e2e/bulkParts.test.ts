/** A file that is too large for one bulk order, on a running stack: it becomes several, and no item is in two. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { bulkService } from '../../cli/bulk/client.ts';
import { readOrderFile } from '../../cli/bulk/orderFile.ts';
import { submitParts } from '../../cli/bulk/parts.ts';
import { partsOf, sortedOut, type Wanted } from '../../cli/bulk/plan.ts';
import { fixedToken } from '../../cli/service/tokens.ts';
import { direct, ledgerOf, refuse } from './deskClient.ts';
import { orderFileIn, row } from './orderFiles.ts';
import { type Service, sharedService } from './running.ts';

let service: Service;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cartwright-bulk-'));
  service = await sharedService('bulk');
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});
beforeEach(() => direct(service, []));

const fileOf = (...rows: string[]) => orderFileIn(folder, rows);

/** Submits a file as if a bulk order had room for so many items only. */
async function submitInParts(path: string, { items, ...wanted }: Wanted & { items: number }) {
  const file = await readOrderFile(path);
  const parts = partsOf(file.head, sortedOut(file.items).good, wanted, { items, bytes: 100_000 });
  const connection = { url: service.url, tokens: fixedToken(await service.token({})) };
  const at = bulkService(connection, { onTrouble: () => undefined });
  return submitParts(at, parts, { status: { show: () => undefined, say: () => undefined } });
}

it('No item of a reference that occurs twice in a file is ordered, whichever bulk orders the items would be in', async () => {
  const customer = randomUUID();
  const path = await fileOf(
    ...['a', 'b', 'bad', 'a', 'c', 'd'].map((reference) =>
      row(reference, reference === 'bad' ? 'x' : customer),
    ),
  );

  const orders = await submitInParts(path, { items: 2, acceptValid: true });

  expect(orders.map(({ counts }) => [counts.total, counts.succeeded])).toEqual([
    [2, 2],
    [1, 1],
  ]);
  expect(await ledgerOf(service, customer)).toHaveLength(3);
});

it('A file that is too large for one bulk order becomes several, each the same one when the file is submitted again', async () => {
  const customer = randomUUID();
  const path = await fileOf(...['a', 'b', 'c', 'd', 'e'].map((reference) => row(reference, customer)));

  const orders = await submitInParts(path, { items: 2 });
  const again = await submitInParts(path, { items: 2 });

  expect(orders.map(({ counts }) => counts.succeeded)).toEqual([2, 2, 1]);
  expect(again.map(({ id }) => id)).toEqual(orders.map(({ id }) => id));
  expect(await ledgerOf(service, customer)).toHaveLength(5);
});

it('No further bulk order is submitted after the first error, if the caller asks for that', async () => {
  const [good, bad] = [randomUUID(), randomUUID()];
  const path = await fileOf(row('a', good), row('b', bad), row('c', good));
  await refuse(service, bad);

  const stopped = await submitInParts(path, { items: 1, errorPolicy: 'stopOnFirstError' });
  const all = await submitInParts(path, { items: 1 });

  expect(stopped.map(({ counts }) => counts.succeeded)).toEqual([1, 0]);
  expect(all.map(({ counts: { succeeded, alreadyOrdered } }) => ({ succeeded, alreadyOrdered }))).toEqual([
    { succeeded: 0, alreadyOrdered: 1 },
    { succeeded: 0, alreadyOrdered: 0 },
    { succeeded: 1, alreadyOrdered: 0 },
  ]);
  expect(await ledgerOf(service, good)).toHaveLength(2);
});
