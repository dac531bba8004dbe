/**
 * Report R5: spreadsheets cut long numbers (react-csv/react-csv#136, OfficeDocs-Support#622, dfinke/ImportExcel#830). Three
 * purchase orders whose references had become `4.50012E+12` were one cart. References that only a spreadsheet error produces
 * are rejected and named.
 */
import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { onSharedStack, row } from './orderFile.ts';

const stack = onSharedStack();

describe('References that a spreadsheet has damaged (react-csv#136, OfficeDocs-Support#622, ImportExcel#830)', () => {
  it.each([
    ['scientific notation', '4.50012E+12', 'must have all its digits'],
    ['scientific notation of a German Excel', '"4,50012E+12"', 'must have all its digits'],
    ['lower-case scientific notation', '4.5e+15', 'must have all its digits'],
    ['digits cut to zeros', '450012345678901000', 'must have all its digits'],
    ['a missing look-up', '#N/A', "must not be a spreadsheet's error value"],
    ['a German missing look-up', '#NV', "must not be a spreadsheet's error value"],
    ['a broken reference', '#REF!', "must not be a spreadsheet's error value"],
    ['an unknown name', '#NAME?', "must not be a spreadsheet's error value"],
    ['a column that is too narrow', '####', "must not be a spreadsheet's error value"],
    ['an error of LibreOffice', 'Err:502', "must not be a spreadsheet's error value"],
  ])(
    'Purchase orders with one damaged reference are rejected instead of ordered as one cart: %s',
    async (_, reference, problem) => {
      const customer = randomUUID();
      const path = await stack.file([1, 2, 3].map((quantity) => row(reference, customer, quantity)));

      const { code, err } = await stack.submit(path);

      expect({ code, err }).toEqual({
        code: 2,
        err: expect.stringContaining(`line 2, column reference: ${problem}`),
      });
      expect(await stack.ordersOf(customer)).toBe(0);
    },
  );
});

it('References that only look long or damaged are ordered (react-csv#136, OfficeDocs-Support#622, ImportExcel#830)', async () => {
  const customer = randomUUID();
  const references = [
    '4500123456789012345',
    '4500123456789012346',
    '450012345678901000',
    '#1001',
    'N/A',
    '2E5',
    'E+12',
  ];
  const path = await stack.file(references.map((reference) => row(reference, customer)));

  const { code, out } = await stack.submit(path);

  expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining('7 items: 7 succeeded.') });
  expect(await stack.ordersOf(customer)).toBe(7);
});
