import { expect, test } from 'vitest';
import { arrange, spread, WAITING } from './sequencer.ts';
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
  expect(sourceFiles(`${start}*`)).not.toEqual([]);
});

test('Files of the integration project that wait start longest first, whatever the order of Vitest', () => {
  const fileOf = (name: string, path: string) => ({ project: { name }, moduleId: `/repository/${path}` });

  const arranged = arrange([
    fileOf('unit', 'test/one.test.ts'),
    fileOf('integration', 'test/e2e/webhooks.test.ts'),
    fileOf('integration', 'test/http/one.test.ts'),
    fileOf('integration', 'test/reports/r01-one.test.ts'),
    fileOf('integration', 'test/http/other.test.ts'),
    fileOf('integration', 'test/e2e/expiry.test.ts'),
  ]);

  expect(arranged.map(({ moduleId }) => moduleId)).toEqual([
    '/repository/test/one.test.ts',
    '/repository/test/e2e/expiry.test.ts',
    '/repository/test/reports/r01-one.test.ts',
    '/repository/test/e2e/webhooks.test.ts',
    '/repository/test/http/one.test.ts',
    '/repository/test/http/other.test.ts',
  ]);
});

test.each([[[]], [['unit']]])('Files of other projects keep their order (%j)', (names) => {
  const files = names.map((name) => ({ project: { name }, moduleId: '/repository/test/e2e/one.test.ts' }));

  expect(arrange(files)).toEqual(files);
});
