/** How a bulk order looks in a line, and what its result file says. */
import { describe, expect, it } from 'vitest';
import type { BulkOrder } from '../../../cli/bulk/client.ts';
import { outcomeText, progressText } from '../../../cli/bulk/print.ts';
import { resultCsv } from '../../../cli/bulk/result.ts';

const order = (counts: Partial<BulkOrder['counts']>, more: Partial<BulkOrder> = {}) =>
  ({
    id: 'the-id',
    state: 'running',
    counts: {
      total: 0,
      waiting: 0,
      running: 0,
      succeeded: 0,
      failed: 0,
      cancelled: 0,
      rejected: 0,
      ...counts,
    },
    ...more,
  }) as BulkOrder;

describe('a bulk order in a line', () => {
  it('tells how far it is, how fast it goes and when it ends', () => {
    const noon = new Date(2026, 0, 31, 12, 0, 5).toISOString();
    const counts = { total: 10_000, waiting: 3_784, running: 16, succeeded: 6_188, failed: 12 };

    expect(progressText(order(counts, { ratePerMinute: 611.6, estimatedEndTimestamp: noon }))).toBe(
      '[############--------] 6200 of 10000, 12 failed, 16 running, 612 a minute, ends at 12:00:05',
    );
    expect(progressText(order({ total: 2, waiting: 2 }, { pausedUntilTimestamp: noon }))).toBe(
      '[--------------------] 0 of 2, paused until 12:00:05',
    );
    expect(progressText(order({ total: 2, cancelled: 1, rejected: 1 }))).toBe(
      '[####################] 2 of 2, 1 cancelled, 1 rejected',
    );
  });

  it('tells what became of it', () => {
    expect(outcomeText(order({ total: 1, succeeded: 1 }, { state: 'completed' }))).toBe(
      'Bulk order the-id is completed. 1 item: 1 succeeded.',
    );
    expect(outcomeText(order({ total: 3, failed: 1, waiting: 2 }))).toBe(
      'Bulk order the-id is running. 3 items: 0 succeeded, 1 failed, 2 waiting.',
    );
  });
});

it('the result file has every item in its place, also those that were not submitted or left out', () => {
  const item = (index: number, json: unknown = {}) => ({ index, json });
  const bad = { ...item(1, { Reference: 'r1', customerId: 5, cart: {} }), problems: ['no GUID', 'too few'] };
  const broken = { ...item(6, null), problems: ['line 9: not JSON'] };

  const csv = resultCsv([
    {
      id: 'one',
      lines: [
        ['1', 'r,2', 'c', 'x', 'succeeded', 'o1 o2', '', ''],
        ['0', 'r1', '', '', 'rejected', '', '800002', 'is "no" GUID'],
      ],
      items: [item(0), item(2)],
    },
    { id: 'two', lines: [['0', 'r3', 'c', 'x', 'failed', '', '800005', 'No.']], items: [item(3)] },
    {
      items: [
        item(4, { Reference: 'r4', customerId: 'c', cart: {} }),
        item(5, { reference: '=1', cartId: 'x' }),
      ],
    },
    { leftOut: [bad, broken] },
  ]);

  expect(csv.split('\r\n')).toEqual([
    'index,reference,customerId,cartId,state,orders,errorCode,error,bulkOrderId',
    '0,r1,,,rejected,,800002,"is ""no"" GUID",one',
    '1,r1,,,rejected,,800002,no GUID; too few,',
    '2,"r,2",c,x,succeeded,o1 o2,,,one',
    '3,r3,c,x,failed,,800005,No.,two',
    '4,r4,c,,notSubmitted,,,,',
    "5,'=1,,x,notSubmitted,,,,",
    '6,,,,rejected,,800002,line 9: not JSON,',
    '',
  ]);
});

it('the result file of a bulk order by itself numbers the items as the service does', () => {
  const lines = [
    ['1', 'b', 'c', 'x', 'failed', '', '1', 'No.'],
    ['0', 'a', 'c', 'x', 'succeeded', 'o', '', ''],
  ];

  const csv = resultCsv([{ id: 'one', lines }]);

  expect(csv.split('\r\n').slice(1)).toEqual(['0,a,c,x,succeeded,o,,,one', '1,b,c,x,failed,,1,No.,one', '']);
});
