/** Signatures with a ready key: the same, byte for byte, as those of the storage SDK. */
import { odata, TableClient } from '@azure/data-tables';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { signWithReadyKey } from '../../shared/storage/sharedKey.ts';
import { NOW } from '../support/samples.ts';

const KEY = Buffer.from('a key of an account, 32 bytes or more').toString('base64');
const ACCOUNT = `DefaultEndpointsProtocol=https;AccountName=shop;AccountKey=${KEY};EndpointSuffix=core.windows.net`;
const EMULATOR = `DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=${KEY};TableEndpoint=http://127.0.0.1:1/devstoreaccount1`;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: NOW });
});
afterEach(() => {
  vi.useRealTimers();
});

type Operation = (client: TableClient) => Promise<unknown>;
const ROW = { partitionKey: "it's a % key", rowKey: 'ä b&c=d?', value: 'täxt' };
const insert: Operation = (client) => client.createEntity(ROW);
const OPERATIONS: [string, Operation][] = [
  ['an insert', insert],
  ['a read', (client) => client.getEntity(ROW.partitionKey, ROW.rowKey)],
  ['a write with an ETag', (client) => client.updateEntity(ROW, 'Replace', { etag: 'W/"1"' })],
  ['a delete', (client) => client.deleteEntity(ROW.partitionKey, ROW.rowKey)],
  ['a query', (client) => client.listEntities({ queryOptions: { filter: odata`RowKey eq ${'é'}` } }).next()],
  ['a transaction', (client) => client.submitTransaction([['create', ROW]])],
  ['a new table', (client) => client.createTable()],
  ['a request with the parameter comp', (client) => client.getAccessPolicy()],
];

it.each(OPERATIONS)('The signature of %s is the one that the SDK makes', async (_, operation) => {
  for (const connectionString of [ACCOUNT, EMULATOR]) {
    const [sdks, own] = [
      await signatures(connectionString, operation),
      await signatures(connectionString, operation, true),
    ];

    expect(own).toEqual(sdks);
    expect(own).toEqual([expect.stringMatching(/^SharedKeyLite \w+:[\w+/]{43}=$/)]);
  }
});

it('A request that is repeated is signed again, with the date of the first try', async () => {
  const dates = await signatures(ACCOUNT, insert, true, [503, 204]);

  expect(dates).toHaveLength(2);
  expect(dates).toEqual(await signatures(ACCOUNT, insert, false, [503, 204]));
});

it.each([
  [
    'a shared access signature',
    'TableEndpoint=https://shop.table.core.windows.net;SharedAccessSignature=sv=1&sig=a',
  ],
  ['the development account', `UseDevelopmentStorage=true;AccountName=shop;AccountKey=${KEY}`],
])('A client with %s keeps the policies of the SDK', (_, connectionString) => {
  const client = clientOf(connectionString, []);
  const before = client.pipeline.getOrderedPolicies();

  signWithReadyKey(client.pipeline, connectionString);

  expect(client.pipeline.getOrderedPolicies()).toEqual(before);
});

/** The Authorization headers that an operation sends, to a transport that sends nothing. */
async function signatures(connectionString: string, operation: Operation, isOwn = false, statuses = [204]) {
  const sent: (string | undefined)[] = [];
  const client = clientOf(connectionString, sent, statuses);
  if (isOwn) signWithReadyKey(client.pipeline, connectionString);
  await operation(client).catch(() => undefined);
  return sent;
}

function clientOf(connectionString: string, sent: (string | undefined)[], statuses: number[] = []) {
  return TableClient.fromConnectionString(connectionString, 'carts', {
    allowInsecureConnection: true,
    retryOptions: { maxRetries: 1, retryDelayInMs: 1 },
    httpClient: {
      async sendRequest(request) {
        sent.push(request.headers.get('Authorization'));
        const status = statuses[sent.length - 1] ?? 204;
        return { request, status, headers: request.headers, bodyAsText: '' };
      },
    },
  });
}
