/** Which items were ordered before with other content. */
import { describe, expect, it } from 'vitest';
import { changedItems } from '../../../cli/bulk/changed.ts';
import { PLAIN_CSV, readCsv } from '../../../cli/bulk/csv.ts';
import type { GoodItem } from '../../../cli/bulk/plan.ts';
import { resultRows } from '../../../cli/bulk/result.ts';

const item: GoodItem = { index: 0, json: {}, reference: 'r1', content: 'c2' };

/** An earlier result file with these rows: reference, state, orders, content, error codes. */
const result = (path: string, ...rows: string[]) => {
  const text = ['reference,state,orders,content,errorCode', ...rows].join('\n');
  return { path, format: PLAIN_CSV, rows: resultRows(readCsv(text, PLAIN_CSV).records) ?? [] };
};

describe('Changed items', () => {
  it.each([
    'r1,succeeded,o1,c1',
    'r1,alreadyOrdered,o1,c1',
    'r1,failed,o1,c1',
    'r1,failed,,c1,800005',
    'r1,failed,,c1,800023 800005',
    'r1,failed,,c1,800003',
    'r1,submitted,,c1',
    'r1,waiting,,c1',
    'r1,running,,c1',
  ])('An item was ordered, or may have been ordered, with other content according to the row %s', (row) => {
    expect(changedItems([item], [result('a.csv', row)])).toEqual([{ item, path: 'a.csv' }]);
  });

  it.each([
    ['it was not ordered', 'r1,failed,,c1,800023'],
    ['it was rejected', 'r1,rejected,,'],
    ['it was cancelled', 'r1,cancelled,,c1'],
    ['it was not submitted', 'r1,notSubmitted,,c1'],
    ['it was ordered with this content', 'r1,succeeded,o1,c2'],
    ['another reference was ordered', 'r2,succeeded,o1,c1'],
    ['the result file has no contents', 'r1,succeeded,o1,'],
  ])('An item is not changed when %s', (_, row) => {
    expect(changedItems([item], [result('a.csv', row)])).toEqual([]);
  });

  it('An item is not changed when one of several results shows its content as ordered', () => {
    const earlier = [result('a.csv', 'r1,succeeded,o2,c1'), result('b.csv', 'r1,succeeded,o1,c2')];

    expect(changedItems([item], earlier)).toEqual([]);
  });

  it('An item is changed when the result that has its content does not show it as ordered', () => {
    const earlier = [result('a.csv', 'r1,succeeded,o1,c1'), result('b.csv', 'r1,failed,,c2,')];

    expect(changedItems([item], earlier)).toEqual([{ item, path: 'a.csv' }]);
  });
});
