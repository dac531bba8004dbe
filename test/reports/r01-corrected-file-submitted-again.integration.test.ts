/**
 * Report R1: a corrected import that is submitted again makes everything twice (hargata/lubelog#1343,
 * coopcycle/coopcycle-web#4662, twentyhq/twenty#11864). What identifies an item is what it orders, not its file.
 */
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { edit, HEADER, item, onSharedStack, row, statesIn } from './orderFile.ts';

const stack = onSharedStack();
const REPORTS = 'lubelog#1343, coopcycle-web#4662, twenty#11864';

/** A customer and a file of two carts, of which the second has two rows; both are ordered. */
async function ordered() {
  const customer = randomUUID();
  const rows = [row('a', customer), row('b', customer, 1), row('b', customer, 2)];
  const path = await stack.file(rows);
  expect((await stack.submit(path)).code).toBe(0);
  return { customer, rows, path };
}

const upper = (text: string, customer: string) => text.replaceAll(customer, `{${customer.toUpperCase()}}`);
const moved = (text: string) =>
  text
    .split('\n')
    .map((line) => line.split(',').toReversed().join(','))
    .join('\n');

describe(`Files that are submitted again (${REPORTS})`, () => {
  it.each<[string, (text: string, customer: string) => string, ...options: string[]]>([
    ['with a row appended', (text, customer) => `${text}\n${row('c', customer)}`],
    [
      'in another order',
      (text, customer) => [HEADER, row('c', customer), ...text.split('\n').slice(1).toReversed()].join('\n'),
    ],
    ['with its columns moved', (text, customer) => moved(`${text}\n${row('c', customer)}`)],
    [
      'with GUIDs in capitals and braces',
      (text, customer) => upper(`${text}\n${row('c', customer)}`, customer),
    ],
    [
      'in the format in which Excel saves it',
      (text, customer) =>
        `\ufeffsep=;\r\n${text}\n${row('c', customer)}`.replaceAll(',', ';').replaceAll('\n', '\r\n'),
    ],
    [
      'with other options',
      (text, customer) => `${text}\n${row('c', customer)}`,
      '--accept-valid',
      '--stop-on-first-error',
      '--reference',
      'March',
    ],
  ])('A file that is submitted again orders only its new rows, even %s', async (_, change, ...options) => {
    const { customer, path } = await ordered();
    await edit(path, (text) => change(text, customer));

    const { code, out } = await stack.submit(path, ...options);

    expect({ code, out }).toEqual({
      code: 0,
      out: expect.stringMatching(
        /3 items: 1 succeeded, 2 already ordered\.\nSkipped: 2 items were already ordered (on|between) .* UTC.* --again LABEL.* --url \S+\n/,
      ),
    });
    expect(await statesIn(path)).toEqual({ a: 'alreadyOrdered', b: 'alreadyOrdered', c: 'succeeded' });
    expect(await stack.ordersOf(customer)).toBe(3);
  });

  it('A file that is submitted again under another name or as JSON orders nothing', async () => {
    const { customer, rows } = await ordered();
    const csv = await stack.file(rows);
    const cart = {
      LineItems: [1, 2].map((quantity) => item('', '', quantity).cart.lineItems[0]).toReversed(),
    };
    const json = await stack.file(
      JSON.stringify({ Items: [{ CustomerId: customer.toUpperCase(), Reference: 'b', Cart: cart }] }),
      `${randomUUID()}.json`,
    );

    const again = [await stack.submit(csv), await stack.submit(json)];

    expect(again).toMatchObject([
      { code: 0, err: expect.stringContaining('nothing is ordered again') },
      { code: 0, out: expect.stringContaining('1 item: 0 succeeded, 1 already ordered.') },
    ]);
    expect(await stack.ordersOf(customer)).toBe(2);
  });

  it('A file whose rejected rows were corrected orders only these rows when it is submitted again', async () => {
    const customer = randomUUID();
    const path = await stack.file([
      row('a', customer),
      row('b', customer, 'two'),
      row('b', customer),
      row('c', customer),
    ]);
    const first = await stack.submit(path, '--accept-valid');
    await edit(path, (text) => text.replace('two', '3'));

    const second = await stack.submit(path);

    expect([first.code, second.code]).toEqual([1, 0]);
    expect(second.out).toContain('3 items: 1 succeeded, 2 already ordered.');
    expect(await stack.ordersOf(customer)).toBe(3);
  });

  it('A file that is submitted again keeps a copy of the earlier result file', async () => {
    const { customer, path } = await ordered();
    const earlier = await readFile(`${path}.result.csv`, 'utf8');
    await edit(path, (text) => `${text}\n${row('c', customer)}`);

    const { out, err } = await stack.submit(path);
    const copy =
      /The (?:earlier result file|file that was there) is now (\S+)\.$/m.exec(out + err)?.[1] ?? '';

    expect(await readFile(copy, 'utf8')).toBe(earlier);
  });
});

describe(`Intended repeats (${REPORTS})`, () => {
  it('A label orders every row again, once per label', async () => {
    const { customer, path } = await ordered();

    await stack.submit(path, '--again', 'May');
    await edit(path, (text) => `${text}\n${row('c', customer)}`);
    const { out } = await stack.submit(path, '--again', 'May');

    expect(out).toContain('3 items: 1 succeeded, 2 already ordered.');
    expect(await stack.ordersOf(customer)).toBe(5);
  });

  it('A row that was ordered with other content is ordered again only with --changed', async () => {
    const { customer, path } = await ordered();
    await edit(path, (text) => text.replace(row('a', customer), row('a', customer, 20)));

    const stopped = await stack.submit(path);
    const before = await stack.ordersOf(customer);
    const changed = await stack.submit(path, '--changed');

    expect(stopped).toMatchObject({
      code: 2,
      err: expect.stringContaining("line 2, column reference: 'a' was ordered with other content"),
    });
    expect(before).toBe(2);
    expect(changed.out).toContain('2 items: 1 succeeded, 1 already ordered.');
    expect(await stack.ordersOf(customer)).toBe(3);
  });

  it('An item of the API is ordered again unless this request and an earlier one set "repeats" to "skip"', async () => {
    const customer = randomUUID();
    const items = [item('a', customer)];
    const submitted = async (more: object) => {
      const { body } = await stack.service().call('POST', '/v1/bulkorders', { body: { items, ...more } });
      return stack.follow(String(body.id));
    };

    const counts = [
      await submitted({}),
      await submitted({ reference: 'another' }),
      await submitted({ repeats: 'skip' }),
      await submitted({ repeats: 'skip', reference: 'a fourth' }),
    ].map(({ succeeded, alreadyOrdered }) => ({ succeeded, alreadyOrdered }));

    expect(counts).toEqual([
      { succeeded: 1, alreadyOrdered: 0 },
      { succeeded: 1, alreadyOrdered: 0 },
      { succeeded: 1, alreadyOrdered: 0 },
      { succeeded: 0, alreadyOrdered: 1 },
    ]);
    expect(await stack.ordersOf(customer)).toBe(3);
  });
});
