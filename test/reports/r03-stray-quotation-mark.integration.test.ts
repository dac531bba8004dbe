/**
 * Report R3: a stray quotation mark swallows rows (max-mapper/binary-csv#7, cityofaustin/atd-data-tech#21123). Rows between
 * two of them became one name: 14 rows, 6 ordered, exit code 0. No column has a use for a line break, so a cell with one is
 * rejected with the line where it begins, and nothing is ordered.
 */
import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { HEADER, onSharedStack, row } from './orderFile.ts';

const stack = onSharedStack();

/** 14 rows, with these names in some of them (the first row is 0). */
const rowsWith = (customer: string, names: Record<number, string>) =>
  Array.from({ length: 14 }, (_, n) => row(`r${n}`, customer, 1, names[n] ?? ''));

describe('Quotation marks and line breaks that could merge rows (binary-csv#7, atd-data-tech#21123)', () => {
  it.each<[string, Record<number, string>, string]>([
    [
      'a cell that begins with a quotation mark, and a later row with a cell that ends with one',
      { 3: '"19 inch', 11: 'rack"' },
      'line 5, column 6: must end on this line',
    ],
    [
      'a cell that begins with a quotation mark, and none in later rows',
      { 3: '"19 inch' },
      'line 5, column 6: must end on this line',
    ],
    [
      'a cell that ends with a quotation mark',
      { 3: '19 inch"' },
      'line 5, column 6: must be in quotation marks',
    ],
    [
      'a quotation mark in the middle of a cell',
      { 3: '19" rack' },
      'line 5, column 6: must be in quotation marks',
    ],
    [
      'a quotation mark inside a quoted cell that is not doubled',
      { 3: '"19" rack"' },
      'line 5, column 6: must end at its closing quotation mark',
    ],
    ['a line break in a quoted cell', { 3: '"19 inch\nrack"' }, 'line 5, column 6: must end on this line'],
    ['a line break in the last row', { 13: '"19 inch\nrack"' }, 'line 15, column 6: must end on this line'],
    ['a CR in a quoted cell', { 3: '"19 inch\rrack"' }, 'line 5, column 6: must end on this line'],
    [
      'a line separator in a cell',
      { 3: '19 inch\u2028rack' },
      'line 5, column 6: must not have a line break',
    ],
  ])('A file is rejected, and nothing is ordered, if it has %s', async (_, names, problem) => {
    const customer = randomUUID();
    const path = await stack.file(rowsWith(customer, names));

    const outcomes = [await stack.submit(path), await stack.submit(path, '--accept-valid')];

    for (const { code, err } of outcomes) {
      expect(code).toBe(2);
      expect(err).toContain(problem);
    }
    expect(await stack.ordersOf(customer)).toBe(0);
  });

  it.each([
    ['.tsv', '\t'],
    ['.csv', ';'],
  ])(
    'A stray quotation mark is also rejected in a %s file with other separators',
    async (extension, separator) => {
      const customer = randomUUID();
      const rows = rowsWith(customer, { 3: '"19 inch', 11: 'rack"' });
      const text = [HEADER, ...rows].join('\r\n').replaceAll(',', separator);
      const path = await stack.file(text, `${customer}${extension}`);

      const { code, err } = await stack.submit(path);

      expect({ code, err }).toEqual({
        code: 2,
        err: expect.stringContaining('line 5, column 6: must end on this line'),
      });
      expect(await stack.ordersOf(customer)).toBe(0);
    },
  );
});

it('A cell with doubled quotation marks is read correctly (binary-csv#7, atd-data-tech#21123)', async () => {
  const customer = randomUUID();
  const path = await stack.file(rowsWith(customer, { 3: '"19"" rack, ""black"""' }));

  const { code, out } = await stack.submit(path);

  expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining('14 items: 14 succeeded.') });
  expect(await stack.ordersOf(customer)).toBe(14);
});
