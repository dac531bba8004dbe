/**
 * Report R15: give only the failed rows again (solidus_importer#54, xurizaemon/csvimport#1). After failed items the command
 * line advised `--again`, which orders the succeeded ones twice. It advises `retry`, and `--rejected` writes the rows that
 * were left out.
 */
import { randomUUID } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { direct, refuse } from '../e2e/deskClient.ts';
import { HEADER, onSharedStack, row, statesIn } from './orderFile.ts';

const stack = onSharedStack();

it('The command that is recommended after failed items orders only those (solidus_importer#54, csvimport#1)', async () => {
  const [customer, failing] = [randomUUID(), randomUUID()];
  const path = await stack.file([row('a', customer), row('b', failing), row('c', customer)]);
  await refuse(stack.service(), failing);

  const submitted = await stack.submit(path);
  const [, id = '', options = ''] =
    /^To retry the failed items: npx cartwright bulk retry (\S+) (.*)$/m.exec(submitted.out) ?? [];
  await direct(stack.service(), []);
  const retried = await stack.retry(id, ...options.split(' ').slice(0, 2));

  expect([submitted.code, retried.code]).toEqual([1, 0]);
  expect(submitted.out).not.toContain('--again');
  expect(retried.out).toContain('3 items: 3 succeeded.');
  expect(await statesIn(path)).toEqual({ a: 'succeeded', b: 'succeeded', c: 'succeeded' });
  expect([await stack.ordersOf(customer), await stack.ordersOf(failing)]).toEqual([2, 1]);
});

it('A whole file that is submitted again after failed items also orders only those (solidus_importer#54, csvimport#1)', async () => {
  const [customer, failing] = [randomUUID(), randomUUID()];
  const path = await stack.file([row('a', customer), row('b', failing)]);
  await refuse(stack.service(), failing);
  await stack.submit(path);
  await direct(stack.service(), []);
  const corrected = await stack.file([row('b', failing), row('a', customer)]);

  const { code, out } = await stack.submit(corrected);

  expect({ code, out }).toEqual({
    code: 0,
    out: expect.stringContaining('2 items: 1 succeeded, 1 already ordered.'),
  });
  expect([await stack.ordersOf(customer), await stack.ordersOf(failing)]).toEqual([1, 1]);
});

it('Rejected rows are written to a file that can be corrected and submitted (solidus_importer#54, csvimport#1)', async () => {
  const customer = randomUUID();
  const rows = [row('a', customer), row('b', customer, 'two'), row('b', customer), row('c', customer)];
  const path = await stack.file(rows);
  const rejected = `${path}.rejected.csv`;

  const submitted = await stack.submit(path, '--accept-valid', '--rejected', rejected);
  const text = await readFile(rejected, 'utf8');
  await writeFile(rejected, text.replace('two', '2'));
  const corrected = await stack.submit(rejected);

  expect([submitted.code, corrected.code]).toEqual([1, 0]);
  expect(text.trim().split('\n')).toEqual([HEADER, ...rows.slice(1, 3)]);
  expect(corrected.out).toContain('1 item: 1 succeeded.');
  expect(await stack.ordersOf(customer)).toBe(3);
});
