/** CSV files as people and spreadsheets write them: what is read, and where it is said to be wrong. */
import { describe, expect, it } from 'vitest';
import { BadFile } from '../../../cli/bulk/refusals.ts';
import { readFileOf } from './files.ts';

const CUSTOMER = 'd6bf25b7-e0a8-4f2d-a31b-97b55cfc774d';
const OTHER = '0b6f3f6a-6f0c-4d1b-8f2e-0c1f8a1f5f11';
const CART = 'b4c8fdea-cbe4-4d17-9576-13fcacbf9605';
const HEADER = 'reference,customerId,catalogItemId,quantity,billingCycle,friendlyName';
const row = (reference: string, more = 'A:1,2,monthly,', customer = CUSTOMER) =>
  `${reference},${customer},${more}`;
const seats = (more = {}) => ({ catalogItemId: 'A:1', quantity: 2, billingCycle: 'monthly', ...more });
const item = (reference: string, ...lineItems: object[]) => ({
  reference,
  customerId: CUSTOMER,
  cart: { lineItems },
});
const read = (...lines: string[]) => readFileOf(lines.join('\n'));

describe('is read', () => {
  it('row by row, each an item with a cart of one line item, blank cells absent', async () => {
    expect(await read(HEADER, row('r1'), row('r2', 'A:1,2,monthly,Seats'), '')).toEqual({
      head: {},
      values: [item('r1', seats()), item('r2', seats({ friendlyName: 'Seats' }))],
      problems: [],
    });
  });

  it('with rows of one reference and customer as the line items of one cart', async () => {
    const { values, problems } = await read(HEADER, row('r1'), row('r1', 'B:1,2,monthly,'), row('r2'));

    expect(values).toEqual([item('r1', seats(), seats({ catalogItemId: 'B:1' })), item('r2', seats())]);
    expect(problems).toEqual([]);
  });

  it('with carts that are there already', async () => {
    const { values, problems } = await read('reference,customerId,cartId', `r1,${CUSTOMER},${CART}`);

    expect(values).toEqual([{ reference: 'r1', customerId: CUSTOMER, cartId: CART }]);
    expect(problems).toEqual([]);
  });

  it.each([
    ['commas', ',', '\n', ''],
    ['semicolons', ';', '\n', ''],
    ['tabs', '\t', '\n', ''],
    ['CRLF', ',', '\r\n', ''],
    ['CR', ',', '\r', ''],
    ['a byte-order mark', ';', '\r\n', '\ufeff'],
    ['a blank line before its header', ';', '\r\n', '\ufeff\r\n;;\r\n'],
  ])('with %s', async (_, comma, end, before) => {
    const lines = [HEADER, row('r1', 'A:1,2,monthly,"x"'), ',,,,,'];
    const text = before + lines.map((line) => line.replaceAll(',', comma) + end).join('');

    expect((await readFileOf(text)).values).toEqual([item('r1', seats({ friendlyName: 'x' }))]);
  });

  it('with quoted cells, whatever is in them', async () => {
    const { values } = await read(HEADER, row('r1', 'A:1,"2",monthly,  "Zürich, ""all"" of\nthem;" '));

    expect(values).toEqual([item('r1', seats({ friendlyName: 'Zürich, "all" of\nthem;' }))]);
  });

  it.each([
    ['1000', '1000', 1_000, 1_000],
    ['2.0', '1000.5', 2, 1_000.5],
    ['2.00', '1000.50', 2, 1_000.5],
    ['007', '0.1255', 7, 0.1255],
  ])('with numbers as they are: %s and %s', async (quantity, amount, whole, exact) => {
    const header = `${HEADER},purchaseCommitment.amount,purchaseCommitment.currency,purchaseCommitment.grain`;

    const { values, problems } = await read(
      header,
      row('r1', `A:1,${quantity},monthly,,${amount},EUR,month`),
    );

    const purchaseCommitment = { amount: exact, currency: 'EUR', grain: 'month' };
    expect(values).toEqual([item('r1', seats({ quantity: whole, purchaseCommitment }))]);
    expect(problems).toEqual([]);
  });

  it('with headings in any spelling, members of members, and columns that are blank', async () => {
    const header =
      'Reference,Customer ID,catalog_item_id,QUANTITY,Billing Cycle,Custom Term End Date,attestationAccepted,renewsTo.termDuration,provisioningContext.subscriptionId,provisioningContext.b,,';
    const cells = `r1,${CUSTOMER},A:1,2,monthly,2027-01-01,TRUE,P3Y,s-1,1,,`;

    const { values, problems } = await read(header, cells);

    const more = {
      customTermEndDate: '2027-01-01',
      attestationAccepted: true,
      renewsTo: { termDuration: 'P3Y' },
      provisioningContext: { subscriptionId: 's-1', b: '1' },
    };
    expect(values).toEqual([item('r1', seats(more))]);
    expect(problems).toEqual([]);
  });
});

describe('names line and column', () => {
  it.each<[what: string, rows: string[], problems: unknown[]]>([
    [
      'a number that is none',
      [row('r1'), row('r1', 'A:1,"1,000",monthly,')],
      ["line 3, column quantity: should be a whole number in digits alone, such as 1000, not '1,000'"],
    ],
    ['a customer that is none', [row('r1', undefined, 'x')], ['line 2, column customerId: should be a GUID']],
    [
      'cells that are missing',
      [row('', ',2,,')],
      [
        'line 2, column reference: is missing',
        'line 2, column catalogItemId: is missing',
        'line 2, column billingCycle: should be one of',
      ],
    ],
    [
      'a cell too many',
      [row('r1'), row('r1', 'A:1,2,monthly,x,y')],
      ["line 3: column 7 has 'y' under no heading"],
    ],
    [
      'another customer under the same reference',
      [row('r1'), row('r1', undefined, OTHER)],
      ['line 3, column reference: is that of line 2 already'],
    ],
    [
      'a reference that comes again',
      [row('r1', 'A:1,2,monthly,"a\nb"'), '', row('r2'), row('r1')],
      ['line 6, column reference: is that of line 2 already'],
    ],
  ])('of %s', async (_, rows, problems) => {
    expect((await read(HEADER, ...rows)).problems).toEqual(
      problems.map((sentence) => expect.stringContaining(String(sentence))),
    );
  });

  it.each(['1.000', '1.500', '1.0000', '1.5', '1,0', '1 000', '1e3', '-1', '+1', '0x10', '1.', '.5'])(
    'of a quantity that is not digits alone: %j',
    async (quantity) => {
      const { problems } = await read(HEADER, row('r1', `A:1,"${quantity}",monthly,`));

      expect(problems).toEqual([
        `line 2, column quantity: should be a whole number in digits alone, such as 1000, not '${quantity}'`,
      ]);
    },
  );

  it.each(['1.000', '0.125', '1,50', '1.000.000'])('of an amount that may be another: %j', async (amount) => {
    const header = `${HEADER},purchaseCommitment.amount,purchaseCommitment.currency,purchaseCommitment.grain`;

    const { problems } = await read(header, row('r1', `A:1,2,monthly,,"${amount}",EUR,month`));

    expect(problems).toEqual([
      `line 2, column purchaseCommitment.amount: should be a number such as 1000 or 1000.50, without the three decimals that may be thousands, not '${amount}'`,
    ]);
  });

  it('of a cell too many, and leaves out the whole cart, not the row', async () => {
    const astray = row('r1', 'A:1,2,monthly,x,y');

    const { values } = await read(HEADER, row('r1'), astray, row('r1'), row('r2'));

    expect(values).toEqual([{ problem: "column 7 has 'y' under no heading" }, item('r2', seats())]);
  });

  it('in the spelling of the file', async () => {
    const { problems } = await read('Reference,Customer ID,Cart Id', 'r1,x,y');

    expect(problems).toEqual([
      'line 2, column Customer ID: should be a GUID',
      'line 2, column Cart Id: should be a GUID',
    ]);
  });

  it('of a cart id beside a line item, and of a cart that comes again', async () => {
    const lines = [`r1,${CUSTOMER},${CART},`, `r2,${CUSTOMER},${CART},`, `r3,${CUSTOMER},${CART},A:1`];

    const { problems } = await read('reference,customerId,cartId,catalogItemId', ...lines);

    expect(problems[0]).toBe('line 3, column cartId: is that of line 2 already');
    expect(problems[1]).toBe('line 4, cart: should be there, or cartId; not both');
  });
});

describe('is refused whole', () => {
  it.each([
    [
      'a quoted cell that does not end',
      [row('r0'), 'r1,"x\ny\nz'],
      'line 3 or below: a quoted cell does not end',
    ],
    ['text behind a quoted cell', [row('r0'), 'r1,"x"y,z'], 'Invalid Closing Quote: got "y" at line 3'],
    [
      'a quote in the middle of a cell',
      [row('r0'), 'r1,x"y",z'],
      'Invalid Opening Quote: a quote is found on field',
    ],
  ])('for %s', async (_, rows, sentence) => {
    await expect(read(HEADER, ...rows)).rejects.toThrow(BadFile);
    await expect(read(HEADER, ...rows)).rejects.toThrow(`orders.csv, ${sentence}`);
  });

  it.each([
    [
      'an unknown column',
      'reference,customerId,cartId,quantiy',
      'line 2, column quantiy: is not known; columns are',
    ],
    ['a column twice', 'reference,customerId,cartId,Cart Id', 'line 2, column cartId: is there twice'],
  ])('for %s', async (_, header, sentence) => {
    await expect(read('', header)).rejects.toThrow(sentence);
  });
});
