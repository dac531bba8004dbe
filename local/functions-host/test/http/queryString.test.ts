import { expect, test } from 'vitest';
import { parseQuery } from '../../src/http/queryString.ts';

test.each([
  ['', []],
  ['?', []],
  [
    '?a=1&b=2',
    [
      ['a', '1'],
      ['b', '2'],
    ],
  ],
  ['?a=1&A=2', [['a', '1,2']]],
  [
    '?a&b=',
    [
      ['a', ''],
      ['b', ''],
    ],
  ],
  ['?a=b=c&&', [['a', 'b=c']]],
  ['?a+b=%2B+%20', [['a b', '+  ']]],
  ['?a=%C3%BC%ff%zz', [['a', 'ü%ff%zz']]],
])('The query string "%s" is parsed as ASP.NET parses it', (query, values) => {
  expect([...parseQuery(query)]).toEqual(values);
});
