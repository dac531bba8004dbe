/** `cartwright bulk` on a running stack: bulk orders are cancelled, retried and listed. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { cartwright } from '../cli/processes.ts';
import { direct, ledgerOf, refuse } from './deskClient.ts';
import { bulkCommandOn, idIn, idOnce, orderFileIn, row, statesIn } from './orderFiles.ts';
import { eventually, type Service, sharedService } from './running.ts';

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
beforeEach(() => direct(service, []));

const bulk = (...args: string[]) => command.begin(...args).ended;
const fileOf = (...rows: string[]) => orderFileIn(folder, rows);
/** The ordering desk creates no order of this customer until its script changes. */
const hold = (customer: string) =>
  direct(service, [{ match: { customer }, times: 'always', answer: { status: 503 } }]);

/** Several commands run after one another, on a machine that may be busy. */
const SLOW = { timeout: 120_000 };
const LONG_MS = 60_000;

describe('Cancelling a bulk order', () => {
  it(
    'The command bulk cancel cancels the items that have not started, and bulk retry --cancelled orders them',
    SLOW,
    async () => {
      const customer = randomUUID();
      const path = await fileOf(...['a', 'b', 'c', 'd'].map((reference) => row(reference, customer)));
      await hold(customer);
      const submitted = command.begin('submit', path);
      const id = await idOnce(submitted);
      await eventually(async () => /running: 2\n/.test((await bulk('status', id)).out), LONG_MS);

      const cancelled = await bulk('cancel', id);
      await eventually(async () => /cancelled: 2\b/.test((await bulk('status', id)).out), LONG_MS);
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
    },
  );
});

describe('Retrying a bulk order', () => {
  it(
    'The command bulk retry orders the failed items; bulk submit recommends it, and bulk status shows the reasons',
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

describe('Listing', () => {
  it('The commands bulk items and bulk list print tables, or JSON with --json', SLOW, async () => {
    const customer = randomUUID();
    const path = await fileOf(row('a', customer), row('b', customer));
    const { out: submitted } = await bulk('submit', path, '--reference', 'Listed', '--json');
    const [{ id }] = JSON.parse(submitted).bulkOrders;

    const [table, items, orders] = await Promise.all([
      bulk('items', id),
      bulk('items', id, '--state', 'succeeded', '--json'),
      bulk('list', '--most', '50'),
    ]);

    expect(table.out).toMatch(
      /^INDEX +REFERENCE +STATE +ORDERS +ERROR\n0 +a +succeeded +\S+ +-\n1 +b +succeeded /,
    );
    expect(table.out).toMatch(/\n\n2 items\.\n$/);
    expect(JSON.parse(items.out)).toMatchObject([{ reference: 'a' }, { reference: 'b' }]);
    expect(orders.out).toMatch(new RegExp(`^ID .*\\n(.*\\n)*${id} +completed .* Listed\\n`));
  });
});

describe('Exit codes', () => {
  it('The command ends with 2 when the bulk order or the file does not exist', async () => {
    const [order, missing] = await Promise.all([bulk('status', randomUUID()), bulk('submit', '/gone.csv')]);

    expect(order).toMatchObject({ code: 2, err: expect.stringContaining('404, code 810001') });
    expect(missing).toMatchObject({ code: 2, err: '/gone.csv cannot be read (ENOENT).\n' });
  });

  it('The command ends with 2 when the token is rejected, and with 3 when no service is running', async () => {
    const run = async (...args: string[]) => (await cartwright('bulk', ...args)).code;

    expect(await run('status', randomUUID(), '--url', `${service.url}/v1/`, '--token', 'x')).toBe(2);
    expect(await run('status', randomUUID(), '--data', folder)).toBe(3);
  });
});
