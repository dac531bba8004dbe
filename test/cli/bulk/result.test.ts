/** The rows of a result file, in the format of the order file. */
import { describe, expect, it } from 'vitest';
import type { BulkOrderItem } from '../../../cli/bulk/client.ts';
import { type CsvFormat, PLAIN_CSV, readCsv } from '../../../cli/bulk/csv.ts';
import { partRows, rejectedRows, submittedRows, unsubmittedRows } from '../../../cli/bulk/fileRows.ts';
import type { GoodItem } from '../../../cli/bulk/plan.ts';
import { itemRow, type ResultRow, resultRows, resultText, updated } from '../../../cli/bulk/result.ts';

const COLUMNS =
  'index,reference,customerId,cartId,state,orders,errorCode,error,bulkOrderId,orderedTimestamp,content';
const T1 = '2026-11-28T14:02:00.0000000Z';
const T2 = '2026-11-29T09:30:00.0000000Z';

const good = (index: number, reference: string, more = {}): GoodItem => ({
  index,
  json: { reference, customerId: 'c', ...more },
  reference,
  content: `c-${reference}`,
});
const item = (index: number, reference: string, state: string, more = {}) =>
  ({
    index,
    reference,
    customerId: 'c',
    cartId: 'x',
    state,
    orders: [],
    errors: [],
    ...more,
  }) as unknown as BulkOrderItem;
const orders = (...ids: string[]) => ids.map((id) => ({ id, orderGroupId: '0' }));
const linesOf = (rows: readonly ResultRow[], format: CsvFormat = PLAIN_CSV) =>
  resultText(rows, format).split('\n');
const succeeded = item(0, 'r1', 'succeeded', { orders: orders('o1', 'o2'), endedTimestamp: T2 });

describe('Result files', () => {
  it('A result file has a row for each item in the order of the file, including items that were not ordered', () => {
    const items = [good(0, 'r1'), good(2, 'r,3')];
    const failed = item(1, 'r,3', 'failed', {
      errors: [
        { code: '800005', description: 'No.\nSorry.' },
        { code: '1', description: 'Bad.', path: 'cart' },
      ],
    });
    const rows = [
      ...unsubmittedRows([good(4, '=1'), good(5, 'r6')]),
      ...rejectedRows([
        { index: 1, json: { Reference: 'r2', customerId: 5 }, problems: ['line 3: a', 'line 3: b'] },
      ]),
      ...partRows(items, [failed, succeeded], 'one'),
      ...submittedRows([good(3, 'r4')], 'two'),
    ];

    expect(linesOf(rows)).toEqual([
      COLUMNS,
      `0,r1,c,x,succeeded,o1 o2,,,one,${T2},c-r1`,
      '1,r2,,,rejected,,800002,line 3: a; line 3: b,,,',
      '2,"r,3",c,x,failed,,800005 1,No. Sorry.; cart: Bad.,one,,"c-r,3"',
      '3,r4,c,,submitted,,,,two,,c-r4',
      "4,'=1,c,,notSubmitted,,,,,,c-=1",
      '5,r6,c,,notSubmitted,,,,,,c-r6',
      '',
    ]);
  });

  it('A result file shows an item that an earlier bulk order has ordered, with the orders and the time of that bulk order', () => {
    const repeated = item(0, 'r1', 'succeeded', {
      orders: orders('o1'),
      endedTimestamp: T2,
      alreadyOrdered: true,
      firstOrderedTimestamp: T1,
    });

    expect(linesOf(partRows([good(7, 'r1')], [repeated], 'one'))[1]).toBe(
      `7,r1,c,x,alreadyOrdered,o1,,,one,${T1},c-r1`,
    );
  });

  it('A result file is written in the format of the order file', () => {
    const format: CsvFormat = { ...PLAIN_CSV, delimiter: ';', hasSepLine: true };

    expect(linesOf(partRows([good(0, 'r;1')], [succeeded], 'one'), format)).toEqual([
      'sep=;',
      COLUMNS.replaceAll(',', ';'),
      `0;r1;c;x;succeeded;o1 o2;;;one;${T2};"c-r;1"`,
      '',
    ]);
  });

  it('A result file is read back unchanged, whatever the order of its columns', () => {
    const rows = partRows([good(0, 'r1')], [{ ...succeeded, reference: '=r"1"' }], 'one');
    const { records } = readCsv(resultText(rows, PLAIN_CSV), PLAIN_CSV);
    const reversed = records.map((record) => ({ ...record, cells: record.cells.toReversed() }));

    expect(resultRows(records)).toEqual(rows);
    expect(resultRows(reversed)).toEqual(rows);
  });

  it.each(["'=r", "''=r", "'r", "'", '+r', '-', "=r'"])(
    'A reference is read back unchanged also when it looks like a marked cell: %s',
    (reference) => {
      const rows = unsubmittedRows([good(0, reference)]);

      expect(resultRows(readCsv(resultText(rows, PLAIN_CSV), PLAIN_CSV).records)).toEqual(rows);
    },
  );

  it('A file with other columns is not a result file', () => {
    expect(resultRows(readCsv('reference,customerId\nr1,c', PLAIN_CSV).records)).toBeUndefined();
    expect(resultRows([])).toBeUndefined();
  });
});

describe('Updated result files', () => {
  it('An updated result file has the current outcome of each item of the bulk order, in its row and with its content', () => {
    const before = [
      ...submittedRows([good(0, 'r1')], 'one'),
      ...submittedRows([good(1, 'r1')], 'two'),
      ...submittedRows([good(2, 'r2')], 'one'),
    ];
    const now = [itemRow(item(1, 'r2', 'failed'), 'one'), itemRow(item(2, 'r9', 'failed'), 'one')];

    const rows = updated(before, now);

    expect(
      rows.map(({ index, reference, state, bulkOrderId, content }) => ({
        index,
        reference,
        state,
        bulkOrderId,
        content,
      })),
    ).toEqual([
      { index: '0', reference: 'r1', state: 'submitted', bulkOrderId: 'one', content: 'c-r1' },
      { index: '1', reference: 'r1', state: 'submitted', bulkOrderId: 'two', content: 'c-r1' },
      { index: '2', reference: 'r2', state: 'failed', bulkOrderId: 'one', content: 'c-r2' },
      { index: '2', reference: 'r9', state: 'failed', bulkOrderId: 'one', content: '' },
    ]);
  });
});
