/** Rows for a spreadsheet: every cell is read back unchanged, and no cell is evaluated as a formula. */
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
])('A cell of %j is read back unchanged', (text) => {
  const rows = [
    [text, 'b'],
    ['c', text],
  ];

  expect(parse(csvOf(rows))).toEqual(rows);
});

it('Every row ends with CRLF, including the last', () => {
  expect(csvOf([['a', 'b'], ['c']])).toBe('a,b\r\nc\r\n');
  expect(csvOf([])).toBe('');
});

describe('Cells that a spreadsheet would evaluate', () => {
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
  ])('The cell %j is marked as text', (formula) => {
    expect(parse(csvOf([['a', formula]]))).toEqual([['a', `'${formula}`]]);
  });
});
