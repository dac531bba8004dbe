/** What `npm start` prints. */
import { expect, test } from 'vitest';
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
  return greet({ facts: { ...facts, ...over }, token: 'the.token', afterMs: 2_345, heading: (text) => text });
}

test('every function is listed with what reaches it, in columns', () => {
  expect(greeting()).toContain(
    [
      '  createCart   POST   http://127.0.0.1:7071/v1/customers/{customerId}/carts',
      '  sweep        timer  0 * * * * *',
      '  runCheckout  queue  checkout',
    ].join('\n'),
  );
});

test('the address, the time it took, the data folder and the token are there', () => {
  expect(greeting()).toContain('Ready at http://127.0.0.1:7071 after 2.3 s.');
  expect(greeting()).toContain('/data');
  expect(greeting()).toContain('\nTOKEN=the.token\n');
});

test('the request to paste is one command that creates the cart of the documentation', () => {
  const command = greeting()
    .replaceAll('\\\n', '')
    .split('\n')
    .find((line) => line.startsWith('curl '));

  expect(command).toContain('http://127.0.0.1:7071/v1/customers/d6bf25b7-e0a8-4f2d-a31b-97b55cfc774d/carts');
  const [, body] = /-d '([^']*)'/.exec(String(command)) ?? [];
  expect(JSON.parse(String(body)).lineItems[0].catalogItemId).toBe('DG7GMGF0DWTL:0001:DG7GMGF0DSJB');
});

test('the ordering desk is named when there is one', () => {
  expect(greeting()).not.toContain('desk');
  expect(greeting({ deskUrl: 'http://desk', deskLedgerFile: '/data/ledger' })).toContain(
    'Orders are made by the desk at http://desk; its ledger is /data/ledger.',
  );
});
