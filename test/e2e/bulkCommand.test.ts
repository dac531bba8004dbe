/** The order desk's command on a running stack: files submitted, followed, killed and repeated, cancelled and done again. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { direct, ledgerOf, refuse } from './deskClient.ts';
import { orderFileIn, row } from './orderFiles.ts';
import { eventually, type Service, sharedService } from './running.ts';

const file = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const TOOL = file('cli/bulk/main.ts');
const SAMPLE = file('cli/bulk/sample.csv');
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

interface Outcome {
  code: number | null;
  out: string;
  err: string;
}

/** Begins the command on this stack. */
function begin(...args: string[]): { child: ChildProcess; err: () => string; ended: Promise<Outcome> } {
  const child = spawn(process.execPath, [TOOL, ...args, '--data', service.dataFolder]);
  let [out, err] = ['', ''];
  child.stdout.on('data', (text) => (out += text));
  child.stderr.on('data', (text) => (err += text));
  const ended = new Promise<Outcome>((resolve) => child.on('close', (code) => resolve({ code, out, err })));
  return { child, err: () => err, ended };
}

const bulk = (...args: string[]) => begin(...args).ended;

const fileOf = (...rows: string[]) => orderFileIn(folder, rows);

const resultOf = async (path: string): Promise<Record<string, string>[]> =>
  parse(await readFile(`${path}.result.csv`), { columns: true });

const statesIn = async (path: string) => (await resultOf(path)).map(({ state }) => state);
const idIn = (text: string) => /order ([0-9a-f-]{36})/.exec(text)?.[1] ?? '';
const idOnce = (begun: { err: () => string }) => eventually(async () => idIn(begun.err()) || undefined);
/** The desk makes no order of this customer until it is told otherwise. */
const hold = (customer: string) =>
  direct(service, [{ match: { customer }, times: 'always', answer: { status: 503 } }]);

describe('submit', () => {
  it('orders what stands in the sample, tells of it, and writes what became of each item', async () => {
    const result = join(folder, 'sample.result.csv');

    const { code, out, err } = await bulk('submit', SAMPLE, '--result', result);

    const id = idIn(out);
    expect({ code, out, err }).toEqual({
      code: 0,
      out: `Bulk order ${id} is completed. 4 items: 4 succeeded.\nWhat became of each item is in ${result}.\n`,
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

  it('goes on after it was killed, tells how far it is, and orders nothing twice', async () => {
    const customer = randomUUID();
    const path = await fileOf(...['a', 'b', 'c', 'd', 'e'].map((reference) => row(reference, customer)));
    await hold(customer);

    const first = begin('submit', path);
    const id = await idOnce(first);
    first.child.kill('SIGKILL');
    await first.ended;
    const second = begin('submit', path);
    await eventually(async () => /^\[-+\] 0 of 5, 2 running/m.test(second.err()));
    await direct(service, []);
    const { code, out } = await second.ended;
    const third = await bulk('submit', path);

    expect([code, out]).toEqual([0, expect.stringContaining(`${id} is completed. 5 items: 5 succeeded.`)]);
    expect(third).toMatchObject({
      code: 0,
      err: expect.stringContaining(`${id}: 5 items. It was done before`),
    });
    expect(await statesIn(path)).toEqual(Array(5).fill('succeeded'));
    expect(await ledgerOf(service, customer)).toHaveLength(5);
  });

  it('ends with 130 when it is interrupted, and what was taken goes on', async () => {
    const customer = randomUUID();
    await hold(customer);

    const begun = begin('submit', await fileOf(row('a', customer)));
    await idOnce(begun);
    begun.child.kill('SIGINT');
    const { code, err } = await begun.ended;
    await direct(service, []);

    expect([code, err]).toEqual([
      130,
      expect.stringContaining('Interrupted. What the service has taken goes on'),
    ]);
    await eventually(async () => (await ledgerOf(service, customer)).length === 1);
  });

  it('names line and column of everything that is wrong, and orders nothing', async () => {
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
      `${path} cannot be ordered from, and nothing was ordered.`,
      '  line 3, column Customer ID: should be a GUID',
      expect.stringMatching(/^ {2}line 3, column Quantity: Too small/),
      "  line 4, column Quantity: should be a whole number in digits alone, such as 1000, not 'two'",
      '  line 5, column Reference: is that of line 2 already',
      '',
    ]);
    expect(await ledgerOf(service, customer)).toEqual([]);
  });

  it('orders what is good with --accept-valid, and names the rest', async () => {
    const customer = randomUUID();
    const path = await fileOf(row('a', customer), row('b', customer, '0'), `${row('c', customer)},astray`);

    const { code, out, err } = await bulk('submit', path, '--accept-valid');

    expect(code).toBe(1);
    expect(out).toContain('1 item: 1 succeeded.\nLeft out: 2 items, and not ordered.\n');
    expect(err).toContain('Left out: line 3, column Quantity: Too small');
    expect(err).toContain("Left out: line 4: column 6 has 'astray' under no heading");
    expect(await statesIn(path)).toEqual(['succeeded', 'rejected', 'rejected']);
    expect(await ledgerOf(service, customer)).toHaveLength(1);
  });

  it('orders nothing with --accept-valid when nothing is good, and says of each why', async () => {
    const customer = randomUUID();
    const path = await fileOf(row('a', customer, '0'), row('b', 'x'));

    const { code, out } = await bulk('submit', path, '--accept-valid');

    expect([code, out]).toEqual([
      1,
      `Left out: 2 items, and not ordered.\nWhat became of each item is in ${path}.result.csv.\n`,
    ]);
    expect(await resultOf(path)).toMatchObject([
      {
        index: '0',
        reference: 'a',
        state: 'rejected',
        error: expect.stringContaining('column Quantity: Too small'),
      },
      {
        index: '1',
        reference: 'b',
        state: 'rejected',
        error: 'line 3, column Customer ID: should be a GUID',
      },
    ]);
  });
});

describe('cancel', () => {
  it('ends what has not begun, and retry does it after all', async () => {
    const customer = randomUUID();
    const path = await fileOf(...['a', 'b', 'c', 'd'].map((reference) => row(reference, customer)));
    await hold(customer);
    const submitted = begin('submit', path);
    const id = await idOnce(submitted);
    await eventually(async () => /running: 2\n/.test((await bulk('status', id)).out));

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

describe('retry', () => {
  it('does what failed again, once status has said why', async () => {
    const [good, bad] = [randomUUID(), randomUUID()];
    const path = await fileOf(row('a', good), row('b', bad));
    await refuse(service, bad);

    const { code, out } = await bulk('submit', path);
    const status = await bulk('status', idIn(out));
    await direct(service, []);
    const retried = await bulk('retry', idIn(out));

    expect([code, out]).toEqual([1, expect.stringContaining('2 items: 1 succeeded, 1 failed.')]);
    expect(await statesIn(path)).toEqual(['succeeded', 'failed']);
    expect(status.code).toBe(0);
    expect(status.out).toMatch(/^failed b: .*No credit\..* \(3029\)$/m);
    expect(retried).toMatchObject({ code: 0, out: expect.stringContaining('2 items: 2 succeeded.') });
    expect([(await ledgerOf(service, good)).length, (await ledgerOf(service, bad)).length]).toEqual([1, 1]);
  });
});

describe('ends with', () => {
  it.each([
    ['2 when it is asked wrongly', ['submit'], 2, 'submit takes one file.'],
    ['2 when there is no such bulk order', ['status', randomUUID()], 2, '404, code 810001'],
    ['2 when there is no such file', ['submit', '/gone.csv'], 2, '/gone.csv cannot be read (ENOENT).'],
  ])('%s', async (_, args, code, sentence) => {
    expect(await bulk(...args)).toMatchObject({ code, err: expect.stringContaining(sentence) });
  });

  it('2 when the token is no good, and 3 when no service is there', async () => {
    const run = (...args: string[]) =>
      new Promise((resolve) => spawn(process.execPath, [TOOL, ...args]).on('close', resolve));

    expect(await run('status', randomUUID(), '--url', `${service.url}/v1/`, '--token', 'x')).toBe(2);
    expect(await run('status', randomUUID(), '--data', folder)).toBe(3);
  });
});
