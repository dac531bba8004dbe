/** `cartwright bulk` on a running stack: files are submitted and interrupted, with valid and invalid rows. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { direct, ledgerOf } from './deskClient.ts';
import { bulkCommandOn, idIn, idOnce, orderFileIn, resultOf, row, statesIn } from './orderFiles.ts';
import { eventually, type Service, sharedService } from './running.ts';

const SAMPLE = join(import.meta.dirname, '../../cli/bulk/sample.csv');
let service: Service;
let command: ReturnType<typeof bulkCommandOn>;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cartwright-bulk-'));
  service = await sharedService('bulk');
  command = bulkCommandOn(service);
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

const bulk = (...args: string[]) => command.begin(...args).ended;
const fileOf = (...rows: string[]) => orderFileIn(folder, rows);
/** The ordering desk creates no order of this customer until it is released. */
const hold = (customer: string) =>
  direct(scopeOf(customer), [{ match: { customer }, times: 'always', answer: { status: 503 } }]);
const release = (customer: string) => direct(scopeOf(customer), []);
/** The desk with a part of its script for each customer, because these tests run at the same time. */
const scopeOf = (customer: string) => ({ ...service, deskScope: customer });

/** Several commands run after one another, on a machine that may be busy. */
const SLOW = { timeout: 120_000 };
const LONG_MS = 60_000;

it.concurrent(
  'The command bulk submit orders the items of the sample, reports them, and writes the outcome of each item',
  SLOW,
  async () => {
    const result = join(folder, 'sample.result.csv');

    const { code, out, err } = await command.spawn('submit', SAMPLE, '--result', result).ended;

    const id = idIn(out);
    expect({ code, out, err }).toEqual({
      code: 0,
      out: `Bulk order ${id} is completed. 4 items: 4 succeeded.\nThe outcome of each item is in ${result}.\n`,
      err: expect.stringMatching(`^Bulk order ${id}: 4 items.\n`),
    });
    const items = await resultOf(result.replace('.result.csv', ''));
    expect(items.map(({ index, reference, state }) => [index, reference, state])).toEqual(
      ['PO-1001', 'PO-1002', 'PO-1003', 'PO-1004'].map((reference, n) => [String(n), reference, 'succeeded']),
    );
    const ledgers = await Promise.all(
      [...new Set(items.map(({ customerId = '' }) => customerId))].map((customer) =>
        ledgerOf(service, customer),
      ),
    );
    expect(items.flatMap(({ orders = '' }) => orders.split(' ')).sort()).toEqual(
      ledgers
        .flat()
        .map(({ orderId }) => orderId)
        .sort(),
    );
  },
);

it.concurrent(
  'The command bulk submit ends with 130 when it is interrupted; the command bulk follow that it prints waits for the end and updates the result file',
  SLOW,
  async () => {
    const customer = randomUUID();
    const path = await fileOf(row('a', customer), `${row('b', customer)},astray`, row('c', customer));
    await hold(customer);

    const begun = command.spawn('submit', path, '--accept-valid');
    const id = await idOnce(begun);
    await eventually(async () => (await statesIn(path).catch(() => [])).length === 3, LONG_MS);
    begun.child.kill('SIGINT');
    const { code, err } = await begun.ended;
    const before = await resultOf(path);
    await release(customer);
    const advice = `follow ${id} --result ${path}.result.csv`;
    const followed = await bulk(...advice.split(' '));

    expect([code, err]).toEqual([
      130,
      expect.stringContaining(
        `Interrupted. Bulk order ${id} continues on the service. Follow it: npx cartwright bulk ${advice} `,
      ),
    ]);
    expect(followed).toMatchObject({ code: 0, out: expect.stringContaining('2 items: 2 succeeded.') });
    const after = await resultOf(path);
    expect(before.map(({ state }) => state)).toEqual(['submitted', 'rejected', 'submitted']);
    expect(after.map(({ index, reference, state }) => [index, reference, state])).toEqual([
      ['0', 'a', 'succeeded'],
      ['1', 'b', 'rejected'],
      ['2', 'c', 'succeeded'],
    ]);
    expect(after.map(({ content }) => content)).toEqual(before.map(({ content }) => content));
    expect(await ledgerOf(service, customer)).toHaveLength(2);
  },
);

it.concurrent('The command bulk submit reports line and column of every invalid cell, and orders nothing', async () => {
  const customer = randomUUID();
  const path = await fileOf(
    row('a', customer),
    row('b', 'x', '0'),
    row('c', customer, 'two'),
    row('a', customer),
  );

  const { code, out, err } = await bulk('submit', path);

  expect([code, out]).toEqual([2, '']);
  expect(err.split('\n')).toEqual([
    `${path} has invalid items; nothing was ordered. Correct them, or pass --accept-valid to order the other items.`,
    expect.stringMatching(/^ {2}line 2, column Reference: must be .* line 5 has it as well$/),
    expect.stringMatching(/^ {2}line 3, column Customer ID: /),
    expect.stringMatching(/^ {2}line 3, column Quantity: /),
    "  line 4, column Quantity: must be a whole number in digits only, such as 1000, not 'two'",
    expect.stringMatching(/^ {2}line 5, column Reference: must be .* line 2 has it as well$/),
    '',
  ]);
  expect(await ledgerOf(service, customer)).toEqual([]);
});

it.concurrent('The command bulk submit --accept-valid orders the valid items and reports the others', async () => {
  const customer = randomUUID();
  const path = await fileOf(row('a', customer), row('b', customer, '0'), `${row('c', customer)},astray`);

  const { code, out, err } = await bulk('submit', path, '--accept-valid');

  expect(code).toBe(1);
  expect(out).toContain('1 item: 1 succeeded.\nRejected: 2 items, not ordered.\n');
  expect(err).toContain('Rejected: line 3, column Quantity: ');
  expect(err).toContain("Rejected: line 4: column 6 has 'astray' without a heading");
  expect(await statesIn(path)).toEqual(['succeeded', 'rejected', 'rejected']);
  expect(await ledgerOf(service, customer)).toHaveLength(1);
});

it.concurrent('The command bulk submit --accept-valid orders nothing when no item is valid, and reports each item', async () => {
  const customer = randomUUID();
  const path = await fileOf(row('a', customer, '0'), row('b', 'x'));

  const { code, out } = await bulk('submit', path, '--accept-valid');

  expect([code, out]).toEqual([
    1,
    `Rejected: 2 items, not ordered.\nThe outcome of each item is in ${path}.result.csv.\n`,
  ]);
  expect((await resultOf(path)).map(({ reference, state, error }) => ({ reference, state, error }))).toEqual([
    { reference: 'a', state: 'rejected', error: expect.stringContaining('line 2, column Quantity: ') },
    { reference: 'b', state: 'rejected', error: expect.stringContaining('line 3, column Customer ID: ') },
  ]);
});
