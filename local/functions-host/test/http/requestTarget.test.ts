import { expect, test } from 'vitest';
import { parseRequestTarget } from '../../src/http/requestTarget.ts';

test.each([
  ['/a/b?c=1', '/a/b', '/a/b', '?c=1'],
  ['/a%20b', '/a b', '/a%20b', ''],
  ['/%C3%A4', '/ä', '/%C3%A4', ''],
  ['/a%2Fb%2fc', '/a%2Fb%2fc', '/a%2Fb%2fc', ''],
  ['/%7Bid%7D', '/{id}', '/%7Bid%7D', ''],
  ['/%ff', '/%ff', '/%ff', ''],
  ['/%zz', '/%zz', '/%zz', ''],
  ['/a/./b/../c', '/a/c', '/a/./b/../c', ''],
  ['/a/%2e%2e', '/', '/a/%2e%2e', ''],
  ['//a//b', '//a//b', '//a//b', ''],
  ['http://somewhere:80/a?b', '/a', '/a', '?b'],
  ['http://somewhere', '/', '/', ''],
  ['?a', '/', '/', '?a'],
])('the request target %s has the path %s', (target, path, rawPath, query) => {
  expect(parseRequestTarget(target)).toEqual({ path, rawPath, query });
});

test.each([['*'], ['a'], ['/%00']])('the request target %s is rejected', (target) => {
  expect(parseRequestTarget(target)).toBeUndefined();
});
