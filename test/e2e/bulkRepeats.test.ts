/** Order files that are edited and submitted again, on a running stack: only what is new is ordered. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { direct, ledgerOf } from './deskClient.ts';
import { begin, orderFileIn, resultOf, row } from './orderFiles.ts';
import { type Service, sharedService } from './running.ts';

/** Several commands start after one another, each a process, on a machine that may be busy. */
const SLOW = { timeout: 120_000 };

let service: Service;
let connection: string[];
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cartwright-bulk-'));
  service = await sharedService('bulk');
  connection = ['--url', service.url, '--token', await service.token()];
  await direct(service, []);
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

const submit = (path: string, ...options: string[]) => begin(connection, 'submit', path, ...options).ended;
const ordersOf = async (customer: string) => (await ledgerOf(service, customer)).length;
const statesIn = async (path: string) =>
  Object.fromEntries((await resultOf(path)).map(({ reference, state }) => [reference, state]));
/** Replaces the rows of an order file, under its headings. */
async function edit(path: string, change: (rows: string[]) => string[]): Promise<void> {
  const [header = '', ...rows] = (await readFile(path, 'utf8')).split('\n');
  await writeFile(path, [header, ...change(rows)].join('\n'));
}

describe('A file that is submitted again', { ...SLOW }, () => {
  it('A file that is submitted again orders an appended row only, although rows are sorted, GUIDs are in capitals and options differ', async () => {
    const customer = randomUUID();
    const path = await orderFileIn(folder, [
      row('a', customer),
      row('b', customer, '1'),
      row('b', customer, '2'),
    ]);
    await submit(path);
    await edit(path, (rows) => [
      row('c', customer),
      ...rows.toReversed().map((one) => one.replace(customer, `{${customer.toUpperCase()}}`)),
    ]);

    const { code, out } = await submit(path, '--reference', 'March', '--stop-on-first-error');

    expect({ code, out }).toEqual({
      code: 0,
      out: expect.stringMatching(
        /3 items: 1 succeeded, 2 already ordered\.\nSkipped: 2 items were already ordered (on|between) .* UTC.* --again LABEL\n/,
      ),
    });
    expect(await statesIn(path)).toEqual({ a: 'alreadyOrdered', b: 'alreadyOrdered', c: 'succeeded' });
    expect(await ordersOf(customer)).toBe(3);
  });

  it('A corrected file orders the corrected rows only, after the valid rows were ordered with --accept-valid', async () => {
    const customer = randomUUID();
    const path = await orderFileIn(folder, [row('a', customer), row('b', customer, 'two')]);
    await submit(path, '--accept-valid');
    await edit(path, (rows) => rows.map((one) => one.replace('two', '2')));

    const { code, out } = await submit(path);

    expect({ code, out }).toEqual({
      code: 0,
      out: expect.stringContaining('2 items: 1 succeeded, 1 already ordered.'),
    });
    expect(await ordersOf(customer)).toBe(2);
  });

  it('A file that is submitted with --again LABEL is ordered again, once for each label', async () => {
    const customer = randomUUID();
    const path = await orderFileIn(folder, [row('a', customer)]);
    await submit(path);

    await submit(path, '--again', 'May');
    await edit(path, (rows) => [...rows, row('b', customer)]);
    const { out } = await submit(path, '--again', 'May');

    expect(out).toContain('2 items: 1 succeeded, 1 already ordered.');
    expect(await ordersOf(customer)).toBe(3);
  });

  it('A submission stops when an ordered row has other content, and orders that content in addition with --changed', async () => {
    const customer = randomUUID();
    const path = await orderFileIn(folder, [row('a', customer), row('b', customer)]);
    await submit(path);
    await edit(path, () => [row('a', customer), row('b', customer, '20')]);

    const stopped = await submit(path);
    const before = await ordersOf(customer);
    const changed = await submit(path, '--changed');

    expect(stopped).toMatchObject({
      code: 2,
      err: expect.stringContaining("line 3, column Reference: 'b' was ordered with other content"),
    });
    expect(before).toBe(2);
    expect(changed).toMatchObject({
      code: 0,
      out: expect.stringContaining('2 items: 1 succeeded, 1 already ordered.'),
    });
    expect(await ordersOf(customer)).toBe(3);
  });
});
