/** The requests that three real SDKs were recorded sending, in their order, as recorded: only token and ids are exchanged. */
import { beforeAll, describe, expect, it } from 'vitest';
import dotnet from '../fixtures/wire/dotnet.json' with { type: 'json' };
import java from '../fixtures/wire/java.json' with { type: 'json' };
import psdk from '../fixtures/wire/psdk.json' with { type: 'json' };
import { createCart, SEATS } from './orders.ts';
import { type Answer, type Service, sharedService } from './running.ts';

let service: Service;
beforeAll(async () => {
  service = await sharedService('default');
});

const RECORDED_CART = /\bc1\b/g;
const NOT_OURS = ['content-length', 'authorization'];

/** Sends a recording; every request after the first is about the cart that the first one made. */
async function replay(recording: typeof java): Promise<Answer[]> {
  const answers: Answer[] = [];
  let cartId = 'c1';
  for (const { method, url, headers, body } of recording.requests) {
    const own = headers.filter(([name = '']) => !NOT_OURS.includes(name.toLowerCase()));
    const answer = await service.call(method, url.replace(RECORDED_CART, cartId), {
      headers: Object.fromEntries(own),
      ...(body === '' ? {} : { body: body.replace(RECORDED_CART, cartId) }),
    });
    if (method === 'POST' && answer.body.id) cartId = answer.body.id;
    answers.push(answer);
  }
  return answers;
}

describe.each([
  ['.NET SDK', dotnet, 'addonItems'],
  ['Java SDK', java, 'addOnItems'],
  ['PowerShell', psdk, 'addonItems'],
] as const)('the recording of the %s', (_, recording, addons) => {
  let answers: Answer[];
  beforeAll(async () => {
    answers = await replay(recording as typeof java);
  });

  it('The SDK receives the status codes of Partner Center for create, get, replace, checkout and an unknown cart', () => {
    const statuses = answers.map(({ status }) => status);
    expect(statuses.slice(0, 5)).toEqual([201, 200, 201, 201, 404]);
    expect(new Set(statuses.slice(4)), 'the Java SDK asks five times').toEqual(new Set([404]));
  });

  it('The SDK receives its cart in canonical names, with add-ons under the name that it reads', () => {
    const [base, seats] = answers[1]?.body.lineItems ?? [];

    expect(base).toMatchObject({
      id: 0,
      catalogItemId: 'DG7GMGF0DWTL:0001:DG7GMGF0DSJB',
      billingCycle: 'one_time',
      currencyCode: 'USD',
      participants: [{ key: 'transaction_reseller', value: '5357564' }],
      provisioningContext: { scope: 'shared', duration: '1Year' },
      orderGroup: '0',
    });
    expect(seats).toMatchObject({
      id: 1,
      billingCycle: 'monthly',
      renewsTo: { termDuration: 'P1Y' },
      orderGroup: '1',
    });
    expect(seats?.[addons]).toMatchObject([{ id: 2, quantity: 1, orderGroup: '1' }]);
    expect(Object.keys(seats ?? {}).filter((name) => name.toLowerCase() === 'addonitems')).toEqual([addons]);
  });

  it('A replace stores the body, and keeps the expiry of the creation', () => {
    expect(answers[2]?.body.lineItems?.[0]?.quantity).toBe(3);
    expect(answers[2]?.body.expirationTimestamp).toBe(answers[0]?.body.expirationTimestamp);
  });

  it('The SDK receives one order per order group', () => {
    const orders = answers[3]?.body.orders ?? [];
    expect(orders.map(({ billingCycle, lineItems }) => [billingCycle, lineItems.length])).toEqual([
      ['one_time', 1],
      ['monthly', 2],
    ]);
    expect(answers[3]?.body.orderErrors).toEqual([]);
  });

  it('The SDK receives an error that it can parse for an unknown cart', () => {
    expect(answers[4]?.body).toMatchObject({ code: '800008', data: [] });
    expect(answers[4]?.body.description).toBeTruthy();
  });

  it('The SDK receives its own request ids, and no null', () => {
    const sent = recording.requests.map(
      ({ headers }) => headers.find(([name]) => name === 'MS-RequestId')?.[1],
    );
    expect(answers.map(({ headers }) => headers.get('MS-RequestId'))).toEqual(sent);
    expect(JSON.stringify(answers.map(({ body }) => body))).not.toContain('null');
  });
});

describe('Members that an SDK cannot send', () => {
  const NEWER = { promotionId: '39NFJQT1PHSN:0008:39NFJQT1Q5J0', attestationAccepted: true };
  const NEWEST = { purchaseCommitment: { amount: 1.5, currency: 'usd', grain: 'hourly' } };

  it.each([
    ['Partner Center .NET SDK', NEWEST],
    ['Partner Center Java SDK', { ...NEWER, ...NEWEST }],
    ['Partner Center Open .NET SDK', { ...NEWER, ...NEWEST }],
    ['curl', {}],
  ])('Members that %s cannot send are preserved when it replaces the cart', async (client, kept) => {
    const { path } = await createCart(service.call, [{ ...SEATS, ...NEWER, ...NEWEST }]);

    const put = await service.call('PUT', path, {
      body: { lineItems: [{ ...SEATS, quantity: 7 }] },
      headers: { 'MS-PartnerCenter-Client': client },
    });

    expect(put.body.lineItems).toEqual([
      { id: 0, ...SEATS, quantity: 7, currencyCode: 'USD', orderGroup: '0', ...kept },
    ]);
  });
});
