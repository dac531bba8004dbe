import { expect, test } from 'vitest';
import { spread, WAITING } from './sequencer.ts';
import { sourceFiles } from './sourceFiles.ts';

const isUpper = (item: string) => item === item.toUpperCase();
const spreadOut = (items: string) => spread([...items], isUpper).join('');

test('The files that wait start evenly among the first part of the others', () => {
  expect(spreadOut('ABCabcdefghij')).toBe('AaBbcCdefghij');
});

test('More files that wait than others start one after another', () => {
  expect(spreadOut('ABCDab')).toBe('ABCDab');
});

test.each(['', 'A', 'a', 'AB', 'ab', 'aAbB', 'ABCDEFGHIJKab', 'ABabcdefghijklmnopq'])(
  'Every file starts once, and the order of both kinds is kept (%j)',
  (items) => {
    const order = spreadOut(items);
    const [waiting, others] = [[...order].filter(isUpper), [...order].filter((item) => !isUpper(item))];

    expect([waiting.join(''), others.join('')]).toEqual([
      [...items].filter(isUpper).join(''),
      [...items].filter((item) => !isUpper(item)).join(''),
    ]);
  },
);

test.each(WAITING)('There are test files that begin with %s', (start) => {
  expect(sourceFiles(`${start}*.test.ts`)).not.toEqual([]);
});
