/** The desk playing its script: every way to fail on demand, and what it tells of it. */
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
const { send, sendInVain, play, get, outcomes } = callerOf(() => desk.url);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'desk-'));
  ledgerFile = join(folder, 'ledger.jsonl');
  desk = await startDesk({ ledgerFile });
});

afterEach(async () => {
  await desk.close();
  await rm(folder, { recursive: true });
});

test('a refusal is answered as scripted, and the repeat makes the order', async () => {
  await play([
    { times: 1, answer: { status: 503, code: '800005', description: 'Later.', retryAfterSeconds: 7 } },
  ]);

  const refused = await send({ requestId: 'r-1' });
  const made = await send({ requestId: 'r-1' });

  expect(refused.status).toBe(503);
  expect(refused.headers.get('retry-after')).toBe('7');
  expect(await refused.json()).toMatchObject({ code: '800005', description: 'Later.' });
  expect(made.status).toBe(201);
  expect(await outcomes()).toEqual(['503', 'created']);
});

test('throttling has the shape of the gateway in front of Partner Center', async () => {
  await play([{ times: 1, answer: { status: 429, retryAfterSeconds: 1 } }]);

  expect(await (await send()).json()).toEqual({ statusCode: 429, message: expect.any(String) });
});

test.each(['hang', 'cutBefore'] as const)('after %s nothing was made', async (answer) => {
  await play([{ times: 1, answer }]);

  await sendInVain('r-1', answer);

  expect(await readLedger(ledgerFile)).toEqual([]);
});

test.each(['acceptThenCut', 'acceptThenHang'] as const)(
  'after %s the order is made and unheard of',
  async (answer) => {
    await play([{ times: 1, answer }]);

    await sendInVain('r-1', answer);
    const [line] = await readLedger(ledgerFile);
    const repeated = (await (await send({ requestId: 'r-1' })).json()) as { id: string };

    expect(repeated.id).toBe(line?.orderId);
    expect(await readLedger(ledgerFile)).toHaveLength(1);
    expect(await outcomes()).toEqual([answer, 'repeated']);
  },
);

test('look-ups can be made to fail too', async () => {
  await play([{ match: { method: 'GET' }, times: 1, answer: { status: 500 } }]);

  expect((await fetch(`${desk.url}/v1/customers/${customer}/orders`)).status).toBe(500);
  expect((await fetch(`${desk.url}/v1/customers/${customer}/orders`)).status).toBe(200);
});

test('clearing the script ends the play', async () => {
  await play([{ times: 'always', answer: 'cutBefore' }]);
  await fetch(`${desk.url}/desk/script`, { method: 'DELETE' });

  expect((await send()).status).toBe(201);
});

test('a script that is none is refused', async () => {
  const response = await fetch(`${desk.url}/desk/script`, { method: 'POST', body: '[{"times":1}]' });

  expect(response.status).toBe(400);
});

test('the desk tells what it saw: when, who, what, and how it ended', async () => {
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
