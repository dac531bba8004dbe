/** The ARM expressions that snapshots contain. */
import { expect, it } from 'vitest';
import { evaluateDeep } from '../../scripts/infra/expression.ts';

const moduleOutput = (name: string, output: string) =>
  `reference(resourceId('sub', 'group', 'Microsoft.Resources/deployments', format('${name}-{0}', uniqueString('${name}', deployment().name))), '2025-04-01').outputs.${output}.value`;

it.each<[string, string, unknown]>([
  ['text that is not an expression', 'plain', 'plain'],
  ['an escaped bracket', '[[not an expression]', '[[not an expression]'],
  ['quotes inside text', "[format('it''s {0}', 'so')]", "it's so"],
  ['the output of a module', `[${moduleOutput('identity', 'clientId')}]`, '<identity.clientId>'],
  [
    'text around the output of a module',
    `[format('{0}{1}', ${moduleOutput('hostStorage', 'blobUri')}, 'packages')]`,
    '<hostStorage.blobUri>packages',
  ],
  [
    'lambdas',
    "[map(filter(createArray(createObject('key', 'A', 'value', ''), createObject('key', 'B', 'value', '1')), lambda('s', not(empty(lambdaVariables('s').value)))), lambda('s', createObject('name', lambdaVariables('s').key)))]",
    [{ name: 'B' }],
  ],
  [
    'the id of a child resource',
    "[resourceId('sub', 'group', 'Microsoft.Network/zones/links', split('a/b', '/')[0], split('a/b', '/')[1])]",
    '/subscriptions/sub/resourceGroups/group/providers/Microsoft.Network/zones/a/links/b',
  ],
  [
    'the id of an extension resource',
    "[extensionResourceId('/scope', 'Microsoft.Authorization/roleAssignments', guid('a', 'b'))]",
    '/scope/providers/Microsoft.Authorization/roleAssignments/guid(a, b)',
  ],
  ['a property of the cloud', '[environment().suffixes.storage]', 'core.windows.net'],
])('An ARM expression is evaluated: %s', (_, expression, value) => {
  expect(evaluateDeep(expression)).toEqual(value);
});

it('Expressions in keys and members of objects and arrays are evaluated', () => {
  expect(evaluateDeep({ "[format('{0}', 'key')]": ["[concat('a', 'b')]", 1, null] })).toEqual({
    key: ['ab', 1, null],
  });
});

it('A function that is not known is rejected by its name', () => {
  expect(() => evaluateDeep("[dateTimeAdd('now', 'P1D')]")).toThrow(/dateTimeAdd\(\) is not known/);
});

it('An expression that cannot be parsed completely is rejected', () => {
  expect(() => evaluateDeep("[concat('a') 'b']")).toThrow(/'b' is not expected/);
});
