/** Rows for a spreadsheet: whatever a cell holds comes back as it was, and none is computed. */
import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { csvOf } from '../../shared/http/bulkResponse.ts';

it.each([
  ['plain'],
  [''],
  ['a comma, and another'],
  ['"quoted"'],
  ['two\nlines'],
  ['two\r\nlines'],
  [' spaces '],
  ['注文; ünïcode'],
  ['1-2=3'],
])('a cell of %j comes back as it was', (text) => {
  const rows = [
    [text, 'b'],
    ['c', text],
  ];

  expect(parse(csvOf(rows))).toEqual(rows);
});

it('every row is ended, the last, too', () => {
  expect(csvOf([['a', 'b'], ['c']])).toBe('a,b\r\nc\r\n');
  expect(csvOf([])).toBe('');
});

describe('a cell that a spreadsheet would compute', () => {
  it.each([
    '=1+1',
    '+1',
    '-1',
    '@sum(a1)',
    '\t=1',
    '\r=1',
    '\n=1',
    '＝1+1',
    '＠sum(a1)',
    '=HYPERLINK("http://x","y")',
  ])('%j is marked as text', (formula) => {
    expect(parse(csvOf([['a', formula]]))).toEqual([['a', `'${formula}`]]);
  });
});
