/** What `npm start` prints. */
import { expect, test } from 'vitest';
import { DEFAULT_DATA_FOLDER } from '../../../local/stack/commands.ts';
import { greet } from '../../../local/stack/greeting.ts';
import type { Facts } from '../../../local/stack/stack.ts';

const facts: Facts = {
  url: 'http://127.0.0.1:7071',
  functions: [
    { name: 'createCart', trigger: 'http', methods: ['POST'], route: 'v1/customers/{customerId}/carts' },
    { name: 'sweep', trigger: 'timer', schedule: '0 * * * * *' },
    { name: 'runCheckout', trigger: 'serviceBus', entity: 'checkout' },
  ],
  dataFolder: '/data',
  deskUrl: undefined,
  deskLedgerFile: undefined,
  masterKey: 'm',
  storageConnection: 's',
  serviceBusConnection: 'b',
  issuerUrl: 'i',
  jwksUrl: 'j',
  identityEndpoint: 'e',
  identityHeader: 'h',
};

function greeting(over: Partial<Facts> = {}): string {
  return greet({ ...given, facts: { ...facts, ...over } });
}

const given = { facts, token: 'the.token', afterMs: 2_345, heading: (text: string) => text };

test('The greeting lists every function with its trigger and address, in columns', () => {
  expect(greeting()).toContain(
    [
      '  createCart   POST   http://127.0.0.1:7071/v1/customers/{customerId}/carts',
      '  sweep        timer  0 * * * * *',
      '  runCheckout  queue  checkout',
    ].join('\n'),
  );
});

test('The greeting has the address, the duration of the start, the data folder and the token', () => {
  expect(greeting()).toContain('Ready at http://127.0.0.1:7071 after 2.3 s. Press Ctrl-C to stop.');
  expect(greeting()).toContain('/data');
  expect(greeting()).toContain('\nTOKEN=the.token\n');
});

test('The command that prints other tokens finds the stack of this greeting', () => {
  expect(greeting()).toContain('(npm run token -- --data /data prints others)');
  expect(greeting({ dataFolder: '/my data' })).toContain(
    "(npm run token -- --data '/my data' prints others)",
  );
  expect(greeting({ dataFolder: DEFAULT_DATA_FOLDER })).toContain('(npm run token prints others)');
});

test('The sample request of the greeting is one command that creates the cart of the first example', () => {
  const command = greeting()
    .replaceAll('\\\n', '')
    .split('\n')
    .find((line) => line.startsWith('curl '));

  expect(command).toContain('http://127.0.0.1:7071/v1/customers/d6bf25b7-e0a8-4f2d-a31b-97b55cfc774d/carts');
  const [, body] = /-d '([^']*)'/.exec(String(command)) ?? [];
  expect(JSON.parse(String(body)).lineItems[0].catalogItemId).toBe('DG7GMGF0DWTL:0001:DG7GMGF0DSJB');
});

test('The greeting has the ordering desk and its ledger if there is a desk', () => {
  expect(greeting()).not.toContain('desk');
  expect(greeting({ deskUrl: 'http://desk', deskLedgerFile: '/data/ledger' })).toContain(
    'The ordering desk stands in for Partner Center at http://desk; its ledger is /data/ledger.',
  );
});

test('The greeting states that changes are watched if they are', () => {
  expect(greeting()).not.toContain('Watching');
  expect(greet({ ...given, watch: true })).toContain(
    'Watching functions/, shared/ and the settings: a change restarts the functions host.',
  );
});
