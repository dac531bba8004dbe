/**
 * Report R4: the rows of one thing must stand together (cosmocode/dokuwiki-plugin-struct#536). With `--accept-valid`, part of
 * a cart was ordered when another row of it was apart, mistyped or blank. A cart is ordered completely or left out completely.
 */
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { HEADER, onSharedStack, row, statesIn } from './orderFile.ts';

const stack = onSharedStack();

describe('Incomplete carts (dokuwiki-plugin-struct#536)', () => {
  it.each<[string, (customer: string) => string[]]>([
    ['a later row of the reference is apart', (c) => [row('a', c), row('b', c), row('a', c, 3)]],
    [
      'an earlier row is apart and invalid',
      (c) => [row('a', c, 'x'), row('b', c), row('a', c, 3), row('a', c, 4)],
    ],
    ['the customer of a row is mistyped', (c) => [row('a', c), row('a', c.slice(1)), row('b', c)]],
    ['the customer of a row is another one', (c) => [row('a', c), row('a', randomUUID()), row('b', c)]],
    ['merged cells leave a row blank', (c) => [row('a', c), row('', ''), row('b', c)]],
    ['merged cells leave only the customer blank', (c) => [row('a', c), row('a', ''), row('b', c)]],
    ['merged cells leave only the reference blank', (c) => [row('a', c), row('', c), row('b', c)]],
    ['a row has an invalid quantity', (c) => [row('a', c), row('a', c, '1.5'), row('b', c)]],
    ['a row has a cell without a heading', (c) => [row('a', c), `${row('a', c)},x`, row('b', c)]],
    ['a row is cut short', (c) => [row('a', c), `a,${c}`, row('b', c)]],
  ])('A cart is left out completely with --accept-valid if %s', async (_, rowsOf) => {
    const customer = randomUUID();
    const path = await stack.file(rowsOf(customer));
    const rejected = `${path}.rejected.csv`;

    const { code, out } = await stack.submit(path, '--accept-valid', '--rejected', rejected);

    expect({ code, out }).toEqual({ code: 1, out: expect.stringContaining('1 item: 1 succeeded.') });
    expect(await stack.ordersOf(customer)).toBe(1);
    expect((await statesIn(path)).b).toBe('succeeded');
    const left = (await readFile(rejected, 'utf8')).trim().split('\n');
    expect(left).toEqual(
      [HEADER, ...rowsOf(customer).filter((one) => !one.startsWith('b'))].map((one) =>
        expect.stringContaining(one.slice(0, 1)),
      ),
    );
    expect(left).toHaveLength(rowsOf(customer).length);
  });
});

it('Rows whose customer differs only in letter case or braces are one cart (dokuwiki-plugin-struct#536)', async () => {
  const customer = randomUUID();
  const path = await stack.file([
    row('a', customer),
    row('a', customer.toUpperCase(), 3),
    row('a', `{${customer}}`, 4),
  ]);

  const { code, out } = await stack.submit(path);

  expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining('1 item: 1 succeeded.') });
  expect(await stack.ordersOf(customer)).toBe(1);
});
