/** The text of a bulk order on a terminal. */
import { describe, expect, it } from 'vitest';
import type { BulkOrder, BulkOrderItem } from '../../../cli/bulk/client.ts';
import { unsubmittedRows } from '../../../cli/bulk/fileRows.ts';
import {
  detailsOf,
  isComplete,
  itemCells,
  outcomeText,
  progressText,
  repeatedText,
  skippedText,
  unsubmittedText,
} from '../../../cli/bulk/print.ts';
import { itemRow } from '../../../cli/bulk/result.ts';

const order = (counts: Partial<BulkOrder['counts']>, more: Partial<BulkOrder> = {}) =>
  ({
    id: 'the-id',
    state: 'running',
    counts: {
      total: 0,
      waiting: 0,
      running: 0,
      succeeded: 0,
      alreadyOrdered: 0,
      failed: 0,
      cancelled: 0,
      rejected: 0,
      ...counts,
    },
    ...more,
  }) as BulkOrder;
const skippedAt = (firstOrderedTimestamp?: string) =>
  itemRow(
    {
      alreadyOrdered: true,
      state: 'succeeded',
      orders: [{ id: 'o', orderGroupId: '0' }],
      errors: [],
      firstOrderedTimestamp,
    } as unknown as BulkOrderItem,
    'id',
  );

describe('The progress of a bulk order', () => {
  it('The progress of a bulk order is one line with the ended items, the rate and the estimated end', () => {
    const noon = new Date(2026, 0, 31, 12, 0, 5).toISOString();
    const counts = { total: 10_000, waiting: 3_784, running: 16, succeeded: 6_188, failed: 12 };

    expect(progressText(order(counts, { ratePerMinute: 611.6, estimatedEndTimestamp: noon }))).toBe(
      '[############--------] 6200 of 10000, 12 failed, 16 running, 612 a minute, ends at 12:00:05',
    );
    expect(progressText(order({ total: 2, waiting: 2 }, { pausedUntilTimestamp: noon }))).toBe(
      '[--------------------] 0 of 2, paused until 12:00:05',
    );
    expect(progressText(order({ total: 3, alreadyOrdered: 1, cancelled: 1, rejected: 1 }))).toBe(
      '[####################] 3 of 3, 1 already ordered, 1 cancelled, 1 rejected',
    );
  });
});

describe('The outcome of a bulk order', () => {
  it.each<[Partial<BulkOrder['counts']>, BulkOrder['state'], string]>([
    [{ total: 1, succeeded: 1 }, 'completed', 'Bulk order the-id is completed. 1 item: 1 succeeded.'],
    [
      { total: 3, succeeded: 1, alreadyOrdered: 2 },
      'completed',
      'Bulk order the-id is completed. 3 items: 1 succeeded, 2 already ordered.',
    ],
    [
      { total: 3, failed: 1, waiting: 2 },
      'running',
      'Bulk order the-id is running. 3 items: 0 succeeded, 1 failed, 2 waiting.',
    ],
  ])('The outcome of a bulk order is one sentence with its counters: %j', (counts, state, text) => {
    expect(outcomeText(order(counts, { state }))).toBe(text);
  });

  it('The outcome of a bulk order is green when every item has its orders, and red otherwise', () => {
    const paint = (color: string, text: string) => `<${color}>${text}`;

    expect(outcomeText(order({ total: 2, succeeded: 1, alreadyOrdered: 1 }), paint)).toContain(
      '<green>2 items',
    );
    expect(outcomeText(order({ total: 1, failed: 1 }), paint)).toContain('<red>1 item');
  });

  it.each(['waiting', 'running', 'failed', 'cancelled', 'rejected'] as const)(
    'A bulk order is not complete while an item is %s',
    (name) => {
      expect(isComplete(order({ total: 2, succeeded: 1, [name]: 1 }))).toBe(false);
    },
  );
});

describe('Skipped items', () => {
  it('Skipped items are printed as a count, with the times of their orders and the command that orders them again', () => {
    const rows = [skippedAt('2026-11-29T09:30:00.0000000Z'), skippedAt('2026-11-28T14:02:00.0000000Z')];

    expect(skippedText(rows, 'npx it --again LABEL')).toBe(
      'Skipped: 2 items were already ordered between 2026-11-28 14:02 UTC and 2026-11-29 09:30 UTC. To order them again: npx it --again LABEL',
    );
  });

  it('Skipped items are printed even if the service does not state when they were ordered', () => {
    expect(skippedText([skippedAt()], 'o.csv')).toMatch(
      /^Skipped: 1 item was already ordered\. To order it again: /,
    );
  });

  it('Nothing is printed about skipped items when there are none', () => {
    expect(skippedText([], 'o.csv')).toBeUndefined();
  });
});

describe('A file that was submitted before', () => {
  const ended = { state: 'completed', endedTimestamp: '2026-11-28T14:02:00.0000000Z' } as const;

  it('Ordering a file again is suggested only when every item has its orders', () => {
    const before = ' Submitted before, and ended on 2026-11-28 14:02 UTC: nothing is ordered again.';

    expect(repeatedText(order({ total: 1, succeeded: 1 }, ended))).toBe(
      `${before} To order it again, pass --again LABEL.`,
    );
    expect(repeatedText(order({ total: 2, succeeded: 1, cancelled: 1 }, ended))).toBe(before);
    expect(repeatedText(order({ total: 2, succeeded: 1, failed: 1 }, ended))).toBe(before);
  });

  it('Items after a bulk order that was cancelled or stopped are printed as not submitted', () => {
    const rows = unsubmittedRows([{ index: 1, json: {}, reference: 'r', content: 'c' }]);

    expect(unsubmittedText(rows, order({}, { state: 'cancelled' }))).toBe(
      'Not submitted: 1 item, because bulk order the-id is cancelled. Retry it, then run the same command again.',
    );
    expect(unsubmittedText([], order({}, ended))).toBeUndefined();
  });
});

describe('The details of a bulk order', () => {
  it('The details of a bulk order have one line per fact and failed item, without control characters of the terminal', () => {
    const failed = [
      { reference: 'r1', errors: [{ code: '3029', description: 'No \u001b[31mcredit\u0007.' }] },
    ] as unknown as BulkOrderItem[];

    const lines = detailsOf(order({ total: 1, failed: 1 }, { reference: 'March' }), failed).split('\n');

    expect(lines).toEqual(
      expect.arrayContaining([
        'id: the-id',
        'reference: March',
        'failed: 1',
        'failed r1: No credit\\u0007. (3029)',
      ]),
    );
  });
});

it('An item in a table has its orders, or the reason why it has none', () => {
  const base = { index: 3, reference: 'r', errors: [] };
  const good = { ...base, state: 'succeeded', orders: [{ id: 'o1' }, { id: 'o2' }] };
  const bad = { ...base, state: 'failed', orders: [], errors: [{ code: '5', description: 'No.' }] };

  expect([good, bad].map((item) => itemCells(itemRow(item as unknown as BulkOrderItem, 'id')))).toEqual([
    ['3', 'r', 'succeeded', 'o1 o2', '-'],
    ['3', 'r', 'failed', '-', 'No. (5)'],
  ]);
});
