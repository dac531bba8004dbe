/** CSV rows that form one cart, values that a spreadsheet has damaged, and files that are rejected as a whole. */
import { describe, expect, it } from 'vitest';
import { BadFile } from '../../../cli/refused.ts';
import { CART, CUSTOMER, OTHER, readFileOf } from './files.ts';

const HEADER = 'reference,customerId,catalogItemId,quantity,billingCycle,friendlyName';
const row = (reference: string, more = 'A:1,2,monthly,', customer = CUSTOMER) =>
  `${reference},${customer},${more}`;
const read = (...lines: string[]) => readFileOf(lines.join('\n'));

describe('Complete carts', () => {
  const apart = 'must be that of one cart, whose rows stand together';

  it.each<[what: string, rows: string[], problems: string[]]>([
    [
      'when its rows are apart',
      [row('r1'), row('r2'), row('r1', 'B:1,2,monthly,')],
      [
        `line 2, column reference: ${apart}; line 4 has it as well`,
        `line 4, column reference: ${apart}; line 2 has it as well`,
      ],
    ],
    [
      'when its rows are apart and one of them is invalid',
      [row('r1'), row('r2'), row('r1', 'B:1,two,monthly,')],
      [
        `line 2, column reference: ${apart}`,
        'line 4, column quantity: ',
        `line 4, column reference: ${apart}`,
      ],
    ],
    [
      'when the customer of a row is another one',
      [row('r1'), row('r1', undefined, OTHER), row('r2')],
      ['line 3, column customerId: must be that of line 2, for the same reference'],
    ],
    [
      'when the customer of a row is mistyped',
      [row('r1'), row('r1', undefined, CUSTOMER.slice(1)), row('r2')],
      ['line 3, column customerId: must be that of line 2, for the same reference'],
    ],
    [
      'when merged cells leave the reference and customer of a row blank',
      [row('r1'), row('', undefined, ''), row('r2')],
      [
        'line 3, column reference: is required on every row of a cart',
        'line 3, column customerId: is required on every row of a cart',
      ],
    ],
    [
      'when a row has a cell without a heading',
      [row('r1'), row('r1', 'A:1,2,monthly,x,y'), row('r1'), row('r2')],
      ["line 3: column 7 has 'y' without a heading"],
    ],
    [
      'when a row has an invalid quantity',
      [row('r1'), row('r1', 'A:1,two,monthly,'), row('r2')],
      ["line 3, column quantity: must be a whole number in digits only, such as 1000, not 'two'"],
    ],
  ])('A cart is not ordered %s', async (_, rows, problems) => {
    const file = await read(HEADER, ...rows);

    expect(file.ordered).toEqual(['r2']);
    expect(file.problems).toEqual(problems.map((sentence) => expect.stringContaining(sentence)));
  });

  it('A cart is not ordered when its reference also names an existing cart', async () => {
    const header = 'reference,customerId,cartId,catalogItemId,quantity,billingCycle';
    const lines = [`r1,${CUSTOMER},,A:1,2,monthly`, `r1,${CUSTOMER},${CART},,,`];

    expect((await read(header, ...lines)).ordered).toEqual([]);
  });

  it('Neither of two items is ordered when both name the same cart', async () => {
    const lines = [
      `r1,${CUSTOMER},${CART}`,
      `r2,${CUSTOMER},${CART.toUpperCase()}`,
      `r3,${CUSTOMER},${OTHER}`,
    ];

    const { ordered, problems } = await read('reference,customerId,cartId', ...lines);

    expect(ordered).toEqual(['r3']);
    expect(problems).toEqual([
      'line 2, column cartId: must be unique; line 3 has it as well',
      'line 3, column cartId: must be unique; line 2 has it as well',
    ]);
  });
});

describe('Values that a spreadsheet has damaged', () => {
  it.each([
    ['4.50012E+12', 'must have all its digits'],
    ['4,50012E+12', 'must have all its digits'],
    ['#N/A', "must not be a spreadsheet's error value"],
    ['#REF!', "must not be a spreadsheet's error value"],
    ['####', "must not be a spreadsheet's error value"],
  ])('A reference that a spreadsheet has damaged is rejected: %s', async (reference, problem) => {
    const file = await read(HEADER, row(`"${reference}"`), row(`"${reference}"`), row('r2'));

    expect(file.ordered).toEqual(['r2']);
    expect(file.problems[0]).toContain(`line 2, column reference: ${problem}`);
  });

  it('Any other cell that a spreadsheet has damaged is rejected', async () => {
    const file = await read(HEADER, row('r1', 'A:1,2,monthly,#NAME?'), row('r2', '#N/A,2,monthly,'));

    expect(file.ordered).toEqual([]);
    expect(file.problems).toEqual([
      "line 2, column friendlyName: must not be a spreadsheet's error value, such as '#NAME?'",
      "line 3, column catalogItemId: must not be a spreadsheet's error value, such as '#N/A'",
    ]);
  });

  it('A reference of more than 15 digits that ends in zeros is rejected when several rows have it', async () => {
    const cut = '450012345678901000';

    const [once, twice] = await Promise.all([
      read(HEADER, row(cut), row('r2')),
      read(HEADER, row(cut), row(cut), row('r2')),
    ]);

    expect(once.ordered).toEqual([cut, 'r2']);
    expect(twice.ordered).toEqual(['r2']);
    expect(twice.problems).toEqual([
      `line 2, column reference: must have all its digits: a spreadsheet keeps 15, so that several references may have become '${cut}'`,
    ]);
  });
});

describe('Files that are rejected as a whole', () => {
  const unclosed = 'must end on this line: a quotation mark is missing, or the cell has a line break';

  it.each([
    ['a quoted cell that does not end', [row('r0'), 'r1,"x', 'y,z'], `line 3, column 2: ${unclosed}`],
    [
      'a stray quotation mark that would make a cell of the rows below it',
      [row('r1', 'A:1,2,monthly,"Acme'), row('r2'), row('r3', 'A:1,2,monthly,Inch"')],
      `line 2, column 6: ${unclosed}`,
    ],
    ['a line break in a cell', [row('r1', 'A:1,2,monthly,"a\nb"')], `line 2, column 6: ${unclosed}`],
    [
      'a line separator in a cell',
      [row('r1', 'A:1,2,monthly,a\u2028b')],
      'line 2, column 6: must not have a line break',
    ],
    [
      'text after a quoted cell',
      [row('r0'), 'r1,"x"y,z'],
      "line 3, column 2: must end at its closing quotation mark, not with 'y'",
    ],
    [
      'a quotation mark in the middle of a cell',
      [row('r0'), 'r1,x"y",z'],
      'line 3, column 2: must be in quotation marks, and those inside it doubled',
    ],
  ])('A file is rejected as a whole for %s', async (_, rows, sentence) => {
    await expect(read(HEADER, ...rows)).rejects.toThrow(BadFile);
    await expect(read(HEADER, ...rows)).rejects.toThrow(`orders.csv, ${sentence}`);
  });

  it.each([
    [
      'an unknown column',
      'reference,customerId,cartId,quantiy',
      'line 2, column quantiy: must be one of reference, customerId, cartId, ',
    ],
    [
      'a column that occurs twice',
      'reference,customerId,cartId,Cart Id',
      'line 2, column cartId: must occur only once',
    ],
  ])('A file is rejected as a whole for %s', async (_, header, sentence) => {
    await expect(read('', header)).rejects.toThrow(sentence);
  });
});

it('Rows whose references differ only in Unicode form are one cart', async () => {
  const rows = [row('Größe'), row('Größe'.normalize('NFD'), 'B:1,2,monthly,')];

  const { values } = await readFileOf([HEADER, ...rows].join('\n'));

  expect(values).toHaveLength(1);
});
