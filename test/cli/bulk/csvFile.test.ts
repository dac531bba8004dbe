/** CSV order files as people and spreadsheets write them: what is read, and what is reported as invalid. */
import { describe, expect, it } from 'vitest';
import { CART, CUSTOMER, readFileOf } from './files.ts';

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

describe('CSV files', () => {
  it('A CSV row is an item with a cart of one line item, and blank cells are absent members', async () => {
    const { values, problems } = await read(HEADER, row('r1'), row('r2', 'A:1,2,monthly,Seats'), '');

    expect(values).toEqual([item('r1', seats()), item('r2', seats({ friendlyName: 'Seats' }))]);
    expect(problems).toEqual([]);
  });

  it('Adjacent CSV rows of one reference and customer are one cart', async () => {
    const { values, problems } = await read(HEADER, row('r1'), row('r1', 'B:1,2,monthly,'), row('r2'));

    expect(values).toEqual([item('r1', seats(), seats({ catalogItemId: 'B:1' })), item('r2', seats())]);
    expect(problems).toEqual([]);
  });

  it('CSV rows of one cart may spell the customer in any letter case and with braces', async () => {
    const { ordered, problems } = await read(
      HEADER,
      row('r1'),
      row('r1', 'B:1,2,monthly,', `{${CUSTOMER.toUpperCase()}}`),
    );

    expect({ ordered, problems }).toEqual({ ordered: ['r1'], problems: [] });
  });

  it('A CSV row can name an existing cart', async () => {
    const { values, problems } = await read('reference,customerId,cartId', `r1,${CUSTOMER},${CART}`);

    expect(values).toEqual([{ reference: 'r1', customerId: CUSTOMER, cartId: CART }]);
    expect(problems).toEqual([]);
  });

  it.each([
    ['commas', ',', '\n', ''],
    ['semicolons', ';', '\n', ''],
    ['tabs', '\t', '\n', ''],
    ['CRLF at the end of its lines', ',', '\r\n', ''],
    ['CR at the end of its lines', ',', '\r', ''],
    ['a byte-order mark', ';', '\r\n', '\ufeff'],
    ['a blank row before its headings', ';', '\r\n', '\ufeff\r\n;;\r\n'],
    ['a sep= line', ';', '\r\n', 'sep=;\r\n'],
    ['a sep= line for another separator', '|', '\n', '\ufeffsep=|\n'],
    ['the #TYPE line of PowerShell', ',', '\r\n', '#TYPE System.Management.Automation.PSCustomObject\r\n'],
    ['a quoted #TYPE line', ',', '\n', '"#TYPE Selected.Object"\n'],
  ])('A CSV file may have %s', async (_, comma, end, before) => {
    const lines = [HEADER, row('r1', 'A:1,2,monthly,"x"'), ',,,,,'];
    const text = before + lines.map((line) => line.replaceAll(',', comma) + end).join('');

    const { values, problems } = await readFileOf(text);

    expect(values).toEqual([item('r1', seats({ friendlyName: 'x' }))]);
    expect(problems).toEqual([]);
  });

  it('Line numbers in problems include the lines of sep= and #TYPE', async () => {
    const { problems } = await read('sep=,', '#TYPE X', HEADER, row('r1', ',2,monthly,'));

    expect(problems).toEqual([expect.stringContaining('line 4, column catalogItemId: ')]);
  });

  it('Quoted cells may have separators and doubled quotation marks', async () => {
    const { values } = await read(HEADER, row('r1', 'A:1,"2",monthly,  "Zürich, ""all"" of them;" '));

    expect(values).toEqual([item('r1', seats({ friendlyName: 'Zürich, "all" of them;' }))]);
  });

  it.each([
    ['1000', '1000', 1_000, 1_000],
    ['2.0', '1000.5', 2, 1_000.5],
    ['2.00', '1000.50', 2, 1_000.5],
    ['007', '0.1255', 7, 0.1255],
  ])('Numbers are read exactly as they are written: %s and %s', async (quantity, amount, whole, exact) => {
    const header = `${HEADER},purchaseCommitment.amount,purchaseCommitment.currency,purchaseCommitment.grain`;

    const { values, problems } = await read(
      header,
      row('r1', `A:1,${quantity},monthly,,${amount},EUR,month`),
    );

    const purchaseCommitment = { amount: exact, currency: 'EUR', grain: 'month' };
    expect(values).toEqual([item('r1', seats({ quantity: whole, purchaseCommitment }))]);
    expect(problems).toEqual([]);
  });

  it('A CSV file may have headings in any spelling, nested members and blank columns', async () => {
    const header =
      'Reference,Customer ID,Catalog Id,QUANTITY,Billing Cycle,Custom Term End Date,attestationAccepted,renewsTo.termDuration,provisioningContext.subscriptionId,provisioningContext.b,,';
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

describe('Invalid cells', () => {
  it.each<[what: string, rows: string[], problems: string[]]>([
    [
      'it is not a number',
      [row('r1'), row('r2', 'A:1,"1,000",monthly,')],
      ["line 3, column quantity: must be a whole number in digits only, such as 1000, not '1,000'"],
    ],
    ['it is not a GUID', [row('r1', undefined, 'x')], ['line 2, column customerId: ']],
    [
      'it is blank',
      [row('', ',2,,')],
      ['line 2, column reference: ', 'line 2, column catalogItemId: ', 'line 2, column billingCycle: '],
    ],
    [
      'it has no heading',
      [row('r1'), row('r2', 'A:1,2,monthly,x,y')],
      ["line 3: column 7 has 'y' without a heading"],
    ],
  ])('An invalid cell is reported by line and column when %s', async (_, rows, problems) => {
    expect((await read(HEADER, ...rows)).problems).toEqual(
      problems.map((sentence) => expect.stringContaining(sentence)),
    );
  });

  it.each(['1.000', '1.500', '1.0000', '1.5', '1,0', '1 000', '1e3', '-1', '+1', '0x10', '1.', '.5'])(
    'A quantity that is not digits only is reported: %j',
    async (quantity) => {
      const { problems } = await read(HEADER, row('r1', `A:1,"${quantity}",monthly,`));

      expect(problems).toEqual([
        `line 2, column quantity: must be a whole number in digits only, such as 1000, not '${quantity}'`,
      ]);
    },
  );

  it.each(['1.000', '0.125', '1,50', '1.000.000'])('An ambiguous amount is reported: %j', async (amount) => {
    const header = `${HEADER},purchaseCommitment.amount,purchaseCommitment.currency,purchaseCommitment.grain`;

    const { problems } = await read(header, row('r1', `A:1,2,monthly,,"${amount}",EUR,month`));

    expect(problems).toEqual([
      `line 2, column purchaseCommitment.amount: must be a number such as 1000 or 1000.50, without three decimals, which may be thousands, not '${amount}'`,
    ]);
  });

  it('An invalid cell is reported under the heading as the file spells it', async () => {
    const { problems } = await read('Reference,Customer ID,Cart Id', 'r1,x,y');

    expect(problems).toEqual([
      expect.stringContaining('line 2, column Customer ID: '),
      expect.stringContaining('line 2, column Cart Id: '),
    ]);
  });
});

describe('Rejected rows', () => {
  it('Rejected rows are written unchanged under the headings, with all rows of their carts, and can be read again', async () => {
    const lines = ['sep=;', HEADER, row('r1'), row('r2', 'A:1,2,monthly,"a;b"'), row('r2', 'A:1,x,monthly,')];
    const text = lines.map((line) => line.replaceAll(',', ';')).join('\r\n');

    const { ordered, rejectedText } = await readFileOf(text);
    const corrected = await readFileOf(rejectedText.replace(';x;', ';3;'));

    expect(ordered).toEqual(['r1']);
    expect(rejectedText).toBe(`${['sep=;', HEADER, ...lines.slice(3)].join('\n').replaceAll(',', ';')}\n`);
    expect(corrected).toMatchObject({ ordered: ['r2'], problems: [] });
  });
});
