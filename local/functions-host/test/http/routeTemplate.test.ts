import { expect, test } from 'vitest';
import { matchTemplate, parseTemplate, splitPath } from '../../src/http/routeTemplate.ts';

function match(template: string, path: string): Record<string, string> | undefined {
  return matchTemplate(parseTemplate(template), splitPath(path));
}

test.each([
  ['carts', '/carts', {}],
  ['carts', '/CARTS/', {}],
  ['/carts/', '/carts', {}],
  ['carts/{id}', '/carts/AbC', { id: 'AbC' }],
  ['carts/{id}', '/carts/a%2Fb', { id: 'a%2Fb' }],
  ['carts/{id?}', '/carts', {}],
  ['carts/{id=new}', '/carts', { id: 'new' }],
  ['carts/{id=new}', '/carts/old', { id: 'old' }],
  ['{*path}', '/', {}],
  ['{*path}', '/a/b/', { path: 'a/b/' }],
  ['{*path}', '/a//b', { path: 'a//b' }],
  ['{**path}', '/a', { path: 'a' }],
  ['v1/{*path}', '/v1', {}],
  ['', '/', {}],
])('The template "%s" matches %s', (template, path, parameters) => {
  expect(match(template, path)).toEqual(parameters);
});

test.each([
  ['carts', '/'],
  ['carts', '/carts/1'],
  ['carts/{id}', '/carts'],
  ['carts/{id}', '/carts//'],
  ['carts/{id}/items', '/carts/1'],
  ['{a?}/{b?}', '//b'],
  ['{*path}', '//a'],
  ['{*path}', '//'],
  ['v1/{*path}', '/v1//a'],
])('The template "%s" does not match %s', (template, path) => {
  expect(match(template, path)).toBeUndefined();
});

test.each([
  ['{id:int}', '12', 'a'],
  ['{id:int}', '-7', '2147483648'],
  ['{id:long}', '2147483648', '9223372036854775808'],
  ['{id:guid}', '0F8FAD5B-D9CB-469F-A165-70867728950E', '0f8fad5b'],
  ['{id:guid}', '{0f8fad5b-d9cb-469f-a165-70867728950e}', '{0f8fad5b-d9cb-469f-a165-70867728950e'],
  ['{id:bool}', 'True', 'yes'],
  ['{id:alpha}', 'abc', 'a1'],
  ['{id:length(3)}', 'abc', 'ab'],
  ['{id:length(2,3)}', 'ab', 'abcd'],
  ['{id:minlength(2)}', 'ab', 'a'],
  ['{id:maxlength(2)}', 'ab', 'abc'],
  ['{id:min(5)}', '5', '4'],
  ['{id:max(5)}', '5', '6'],
  ['{id:range(5,7)}', '6', '8'],
  ['{id:regex(^\\d{{3}}$)}', '123', '1234'],
  ['{id:regex(^a/b$|^c:d$)}', 'c:d', 'cd'],
  ['{id:int:min(3)}', '3', '2'],
])('The constraint in "%s" accepts %s and rejects %s', (template, good, bad) => {
  expect(match(template, `/${good}`)).toEqual({ id: good });
  expect(match(template, `/${bad}`)).toBeUndefined();
});

test('The constraint of an optional parameter applies only when the parameter is present', () => {
  expect(match('carts/{id:int?}', '/carts')).toEqual({});
  expect(match('carts/{id:int?}', '/carts/x')).toBeUndefined();
});

test.each([
  ['a//b', "the route 'a//b' has an empty segment."],
  ['{*rest}/a', "the route '{*rest}/a' has segments after its catch-all parameter."],
  ['{id}/{ID}', "the route '{id}/{ID}' contains a parameter twice."],
  [
    'a{id}',
    "the local host does not support the segment 'a{id}' of the route 'a{id}': a segment must be a literal or one parameter.",
  ],
  ['{id:datetime}', "the local host does not support the route constraint 'datetime'."],
  ['{id:length(x)}', "the local host does not support the route constraint 'length(x)'."],
])('The template "%s" is rejected', (template, message) => {
  expect(() => parseTemplate(template)).toThrow(message);
});
