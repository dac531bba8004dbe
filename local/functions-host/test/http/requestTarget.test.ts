import { expect, test } from 'vitest';
import { encodePath, parseRequestTarget } from '../../src/http/requestTarget.ts';

test.each([
  ['/a/b?c=1', '/a/b', '?c=1'],
  ['/a%20b', '/a b', ''],
  ['/%C3%A4', '/ä', ''],
  ['/%F0%9F%9B%92', '/🛒', ''],
  ['/a%2Fb%2fc', '/a%2Fb%2fc', ''],
  ['/%7Bid%7D', '/{id}', ''],
  ['/%ff', '/%ff', ''],
  ['/%41%ff%42', '/A%ffB', ''],
  ['/%C3%28', '/%C3(', ''],
  ['/%zz', '/%zz', ''],
  ['/a/./b/../c', '/a/c', ''],
  ['/a/%2e%2e', '/', ''],
  ['//a//b', '//a//b', ''],
  ['?a', '/', '?a'],
])('The request target %s has the path %s', (target, path, query) => {
  expect(parseRequestTarget(target)).toEqual({ path, query });
});

test.each([
  ['http://somewhere:80/a?b', '/a', '?b', 'somewhere:80'],
  ['http://user@somewhere', '/', '', 'somewhere'],
])('The absolute request target %s has the path %s', (target, path, query, authority) => {
  expect(parseRequestTarget(target)).toEqual({ path, query, authority });
});

test.each([['*'], ['a'], ['/%00'], ['/\xe4'], ['/?\xe4']])('The request target %s is rejected', (target) => {
  expect(parseRequestTarget(target)).toBeUndefined();
});

test.each([
  ['/a b', '/a%20b'],
  ['/ä/🛒', '/%C3%A4/%F0%9F%9B%92'],
  ["/-._~!$&'()*+,;=:@", "/-._~!$&'()*+,;=:@"],
  ['/{id}[0]|\\^`"<>#?', '/%7Bid%7D%5B0%5D%7C%5C%5E%60%22%3C%3E%23%3F'],
  ['/a%2Fb', '/a%2Fb'],
  ['/100%', '/100%25'],
  ['/100% %41', '/100%25%20%41'],
])('The path %s is encoded as %s', (path, encoded) => {
  expect(encodePath(path)).toBe(encoded);
});
