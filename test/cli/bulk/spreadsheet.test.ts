/** Values that only a spreadsheet error produces, and values that look similar. */
import { describe, expect, it } from 'vitest';
import { damageOf, mayBeCut } from '../../../cli/bulk/spreadsheet.ts';

describe('Damage by spreadsheets', () => {
  it.each(['4.50012E+12', '4,50012E+12', '1E+15', '-2.5e-07', '2E+05'])(
    'The value %s was rounded by a spreadsheet',
    (value) => {
      expect(damageOf(value)).toBe(
        `must have all its digits: a spreadsheet has rounded it to '${value}'. Format the column as text`,
      );
    },
  );

  it.each([
    '#N/A',
    '#NV',
    '#REF!',
    '#BEZUG!',
    '#VALUE!',
    '#NAME?',
    '#¿NOMBRE?',
    '#DIV/0!',
    '#NUM!',
    '#NULL!',
    '#SPILL!',
    '#GETTING_DATA',
    '####',
    'Err:502',
  ])('The value %s is an error value of a spreadsheet', (value) => {
    expect(damageOf(value)).toBe(`must not be a spreadsheet's error value, such as '${value}'`);
  });

  it.each([
    'PO-1001',
    '#1001',
    'N/A',
    '2E5',
    '1e3',
    'E+12',
    '4500123456789',
    'Acme #1!',
    '# 5',
    'Seats E+05',
  ])('The value %s was not damaged by a spreadsheet', (value) => {
    expect(damageOf(value)).toBeUndefined();
  });

  it.each([
    ['450012345678901000', true],
    ['1234567890123450', true],
    ['123456789012345', false],
    ['4500123456789012345', false],
    ['PO450012345678901000', false],
  ])('The digits of %s may have been cut: %s', (value, expected) => {
    expect(mayBeCut(value)).toBe(expected);
  });
});
