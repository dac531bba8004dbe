/** `cartwright bulk` on a running stack: files are submitted, followed, interrupted, submitted again, cancelled and retried. */
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { direct, ledgerOf, refuse } from './deskClient.ts';
import {
  begin,
  CARTWRIGHT,
  idIn,
  idOnce,
  onStack,
  orderFileIn,
  resultOf,
  row,
  statesIn,
} from './orderFiles.ts';
import { eventually, type Service, sharedService } from './running.ts';

const SAMPLE = join(import.meta.dirname, '../../cli/bulk/sample.csv');
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

const bulk = (...args: string[]) => begin(onStack(service), ...args).ended;
const fileOf = (...rows: string[]) => orderFileIn(folder, rows);
/** The ordering desk creates no order of this customer until its script changes. */
const hold = (customer: string) =>
  direct(service, [{ match: { customer }, times: 'always', answer: { status: 503 } }]);

/** Several commands start after one another, each a process, on a machine that may be busy. */
const SLOW = { timeout: 120_000 };
const LONG_MS = 60_000;

describe('Submitting a file', () => {
  it('orders what is in the sample, reports it, and writes the outcome of each item.', SLOW, async () => {
    const result = join(folder, 'sample.result.csv');

    const { code, out, err } = await bulk('submit', SAMPLE, '--result', result);

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
  });

  it('continues after it was killed, reports its progress, and orders nothing twice.', SLOW, async () => {
    const customer = randomUUID();
    const path = await fileOf(...['a', 'b', 'c', 'd', 'e'].map((reference) => row(reference, customer)));
    await hold(customer);

    const first = begin(onStack(service), 'submit', path);
    const id = await idOnce(first);
    first.child.kill('SIGKILL');
    await first.ended;
    const second = begin(onStack(service), 'submit', path);
    await eventually(async () => /^\[-+\] 0 of 5, 2 running/m.test(second.err()), LONG_MS);
    await direct(service, []);
    const { code, out } = await second.ended;
    const third = await bulk('submit', path);

    expect([code, out]).toEqual([0, expect.stringContaining(`${id} is completed. 5 items: 5 succeeded.`)]);
    expect(third).toMatchObject({
      code: 0,
      err: expect.stringMatching(
        `${id}: 5 items\\. Submitted before, and ended on .*: nothing is ordered again\\.`,
      ),
    });
    expect(await statesIn(path)).toEqual(Array(5).fill('succeeded'));
    expect(await ledgerOf(service, customer)).toHaveLength(5);
  });

  it('ends with 130 when it is interrupted, and says how to follow what continues on the service.', async () => {
    const customer = randomUUID();
    await hold(customer);

    const begun = begin(onStack(service), 'submit', await fileOf(row('a', customer)));
    const id = await idOnce(begun);
    begun.child.kill('SIGINT');
    const { code, err } = await begun.ended;
    await direct(service, []);

    expect([code, err]).toEqual([
      130,
      expect.stringContaining(
        `Interrupted. Bulk order ${id} continues on the service. Follow it: npx cartwright bulk follow ${id} --result `,
      ),
    ]);
    await eventually(async () => (await ledgerOf(service, customer)).length === 1);
  });

  it('names line and column of everything that is invalid, and orders nothing.', async () => {
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

  it('orders the valid items with --accept-valid, and names the others.', async () => {
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

  it('orders nothing with --accept-valid when no item is valid, and names each.', async () => {
    const customer = randomUUID();
    const path = await fileOf(row('a', customer, '0'), row('b', 'x'));

    const { code, out } = await bulk('submit', path, '--accept-valid');

    expect([code, out]).toEqual([
      1,
      `Rejected: 2 items, not ordered.\nThe outcome of each item is in ${path}.result.csv.\n`,
    ]);
    expect(
      (await resultOf(path)).map(({ reference, state, error }) => ({ reference, state, error })),
    ).toEqual([
      { reference: 'a', state: 'rejected', error: expect.stringContaining('line 2, column Quantity: ') },
      { reference: 'b', state: 'rejected', error: expect.stringContaining('line 3, column Customer ID: ') },
    ]);
  });
});

describe('Cancelling a bulk order', () => {
  it('cancels the items that have not started, and a retry orders them after all.', SLOW, async () => {
    const customer = randomUUID();
    const path = await fileOf(...['a', 'b', 'c', 'd'].map((reference) => row(reference, customer)));
    await hold(customer);
    const submitted = begin(onStack(service), 'submit', path);
    const id = await idOnce(submitted);
    await eventually(async () => /running: 2\n/.test((await bulk('status', id)).out), LONG_MS);

    const cancelled = await bulk('cancel', id);
    await direct(service, []);
    const { code, out } = await submitted.ended;
    const states = await statesIn(path);
    const retried = await bulk('retry', id, '--cancelled', '--result', `${path}.result.csv`);

    expect(cancelled).toMatchObject({ code: 0, out: expect.stringContaining(`${id} is cancelling.`) });
    expect([code, out]).toEqual([
      1,
      expect.stringContaining('is cancelled. 4 items: 2 succeeded, 2 cancelled.'),
    ]);
    expect(states.sort()).toEqual(['cancelled', 'cancelled', 'succeeded', 'succeeded']);
    expect(retried).toMatchObject({ code: 0, out: expect.stringContaining('4 items: 4 succeeded.') });
    expect(await statesIn(path)).toEqual(Array(4).fill('succeeded'));
    expect(await ledgerOf(service, customer)).toHaveLength(4);
  });
});

describe('Retrying a bulk order', () => {
  it(
    'orders the failed items, whose reasons status shows and whose retry submit recommends.',
    SLOW,
    async () => {
      const [good, bad] = [randomUUID(), randomUUID()];
      const path = await fileOf(row('a', good), row('b', bad));
      await refuse(service, bad);

      const { code, out } = await bulk('submit', path);
      const status = await bulk('status', idIn(out));
      await direct(service, []);
      const retried = await bulk('retry', idIn(out));

      expect([code, out]).toEqual([1, expect.stringContaining('2 items: 1 succeeded, 1 failed.')]);
      expect(out).toContain(`To retry the failed items: npx cartwright bulk retry ${idIn(out)} --result `);
      expect(await statesIn(path)).toEqual(['succeeded', 'failed']);
      expect(status.code).toBe(0);
      expect(status.out).toMatch(/^failed b: .*No credit\..* \(3029\)$/m);
      expect(retried).toMatchObject({ code: 0, out: expect.stringContaining('2 items: 2 succeeded.') });
      expect([(await ledgerOf(service, good)).length, (await ledgerOf(service, bad)).length]).toEqual([1, 1]);
    },
  );
});

describe('Following a bulk order', () => {
  it('waits for its end, and updates the result file of the order file.', SLOW, async () => {
    const customer = randomUUID();
    const path = await fileOf(row('a', customer), `${row('b', customer)},astray`, row('c', customer));
    await hold(customer);
    const submitted = begin(onStack(service), 'submit', path, '--accept-valid');
    const id = await idOnce(submitted);
    await eventually(async () => (await statesIn(path).catch(() => [])).length === 3, LONG_MS);
    submitted.child.kill('SIGKILL');
    await submitted.ended;
    const before = await resultOf(path);
    await direct(service, []);

    const { code, out } = await bulk('follow', id, '--result', `${path}.result.csv`);

    const after = await resultOf(path);
    expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining('2 items: 2 succeeded.') });
    expect(before.map(({ state }) => state)).toEqual(['submitted', 'rejected', 'submitted']);
    expect(after.map(({ index, reference, state }) => [index, reference, state])).toEqual([
      ['0', 'a', 'succeeded'],
      ['1', 'b', 'rejected'],
      ['2', 'c', 'succeeded'],
    ]);
    expect(after.map(({ content }) => content)).toEqual(before.map(({ content }) => content));
  });
});

describe('Listing', () => {
  it(
    'shows the items of a bulk order, and the latest bulk orders, as tables and as JSON.',
    SLOW,
    async () => {
      const customer = randomUUID();
      const path = await fileOf(row('a', customer), row('b', customer));
      const { out: submitted } = await bulk('submit', path, '--reference', 'Listed', '--json');
      const [{ id }] = JSON.parse(submitted).bulkOrders;

      const [table, items, orders] = await Promise.all([
        bulk('items', id),
        bulk('items', id, '--state', 'succeeded', '--json'),
        bulk('list', '--most', '1'),
      ]);

      expect(table.out).toMatch(
        /^INDEX +REFERENCE +STATE +ORDERS +ERROR\n0 +a +succeeded +\S+ +-\n1 +b +succeeded /,
      );
      expect(table.out).toMatch(/\n\n2 items\.\n$/);
      expect(JSON.parse(items.out)).toMatchObject([{ reference: 'a' }, { reference: 'b' }]);
      expect(orders.out).toMatch(new RegExp(`^ID .*\\n${id} +completed .* Listed\\n$`));
    },
  );
});

describe('The command ends', () => {
  it('with 2 when there is no such bulk order or file.', async () => {
    const [order, missing] = await Promise.all([bulk('status', randomUUID()), bulk('submit', '/gone.csv')]);

    expect(order).toMatchObject({ code: 2, err: expect.stringContaining('404, code 810001') });
    expect(missing).toMatchObject({ code: 2, err: '/gone.csv cannot be read (ENOENT).\n' });
  });

  it('with 2 when the token is not accepted, and with 3 when no service is running.', async () => {
    const run = (...args: string[]) =>
      new Promise((resolve) => spawn(process.execPath, [CARTWRIGHT, 'bulk', ...args]).on('close', resolve));

    expect(await run('status', randomUUID(), '--url', `${service.url}/v1/`, '--token', 'x')).toBe(2);
    expect(await run('status', randomUUID(), '--data', folder)).toBe(3);
  });
});
