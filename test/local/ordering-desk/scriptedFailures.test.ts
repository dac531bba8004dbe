/** Scripted failures of the ordering desk, and the requests that it records. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Desk, type SeenRequest, startDesk } from '../../../local/ordering-desk/desk.ts';
import { readLedger } from '../../../local/ordering-desk/ledger.ts';
import { callerOf, customer, offerId } from './caller.ts';

let folder: string;
let ledgerFile: string;
let desk: Desk;
const { send, sendWithoutResponse, play, get, outcomes } = callerOf(() => desk.url);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'desk-'));
  ledgerFile = join(folder, 'ledger.jsonl');
  desk = await startDesk({ ledgerFile });
});

afterEach(async () => {
  await desk.close();
  await rm(folder, { recursive: true });
});

test('A scripted error is returned, and the retry creates the order', async () => {
  await play([
    { times: 1, answer: { status: 503, code: '800005', description: 'Later.', retryAfterSeconds: 7 } },
  ]);

  const rejected = await send({ requestId: 'r-1' });
  const made = await send({ requestId: 'r-1' });

  expect(rejected.status).toBe(503);
  expect(rejected.headers.get('retry-after')).toBe('7');
  expect(await rejected.json()).toMatchObject({ code: '800005', description: 'Later.' });
  expect(made.status).toBe(201);
  expect(await outcomes()).toEqual(['503', 'created']);
});

test('A scripted 429 without a code has the throttling format of Partner Center', async () => {
  await play([{ times: 1, answer: { status: 429, retryAfterSeconds: 1 } }]);

  expect(await (await send()).json()).toEqual({ statusCode: 429, message: expect.any(String) });
});

test.each(['hang', 'cutBefore'] as const)('The scripted answer %s creates no order', async (answer) => {
  await play([{ times: 1, answer }]);

  await sendWithoutResponse('r-1', answer);

  expect(await readLedger(ledgerFile)).toEqual([]);
});

test.each(['acceptThenCut', 'acceptThenHang'] as const)(
  'The scripted answer %s creates the order and sends no response',
  async (answer) => {
    await play([{ times: 1, answer }]);

    await sendWithoutResponse('r-1', answer);
    const [line] = await readLedger(ledgerFile);
    const repeated = (await (await send({ requestId: 'r-1' })).json()) as { id: string };

    expect(repeated.id).toBe(line?.orderId);
    expect(await readLedger(ledgerFile)).toHaveLength(1);
    expect(await outcomes()).toEqual([answer, 'repeated']);
  },
);

test('A rule can make reads of orders fail', async () => {
  await play([{ match: { method: 'GET' }, times: 1, answer: { status: 500 } }]);

  expect((await fetch(`${desk.url}/v1/customers/${customer}/orders`)).status).toBe(500);
  expect((await fetch(`${desk.url}/v1/customers/${customer}/orders`)).status).toBe(200);
});

test('Deleting the script ends the scripted failures', async () => {
  await play([{ times: 'always', answer: 'cutBefore' }]);
  await fetch(`${desk.url}/desk/script`, { method: 'DELETE' });

  expect((await send()).status).toBe(201);
});

test('An invalid script is rejected with 400', async () => {
  const response = await fetch(`${desk.url}/desk/script`, { method: 'POST', body: '[{"times":1}]' });

  expect(response.status).toBe(400);
});

test('The desk records time, customer, content and outcome of every request', async () => {
  const before = Date.now();
  await send({ requestId: 'r-1' });
  await get(`/v1/customers/${customer}/orders`);

  const seen = await get<SeenRequest[]>('/desk/requests');
  expect(seen).toMatchObject([
    {
      method: 'POST',
      requestId: 'r-1',
      customer,
      billingCycle: 'monthly',
      offers: [offerId],
      outcome: 'created',
    },
    { method: 'GET', path: `/v1/customers/${customer}/orders`, outcome: 'listed' },
  ]);
  expect(seen[0]!.at).toBeGreaterThanOrEqual(before);

  await fetch(`${desk.url}/desk/requests`, { method: 'DELETE' });
  expect(await get('/desk/requests')).toEqual([]);
});

test('The scripts of two scopes apply next to each other, and each request uses up one rule', async () => {
  await play([{ times: 1, answer: { status: 503 } }], 'first');
  await play([{ times: 1, answer: { status: 429 } }], 'second');

  for (let n = 0; n < 3; n++) await send();

  expect(await outcomes()).toEqual(['503', '429', 'created']);
});

test('A new script of a scope replaces the rules of that scope only', async () => {
  await play([{ times: 'always', answer: { status: 503 } }], 'first');
  await play([{ times: 'always', answer: { status: 429 } }], 'second');

  await play([], 'first');
  await send();

  expect(await outcomes()).toEqual(['429']);
});
