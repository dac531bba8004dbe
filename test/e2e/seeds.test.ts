/**
 * The requests of the documents that the service implements, sent as they are printed there, malformed bodies
 * and all: only the token, the cart's id and the length are exchanged.
 */
import { readFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Answer, type Service, sharedService } from './running.ts';

let service: Service;
let token: string;
beforeAll(async () => {
  service = await sharedService('package');
  token = await service.token();
});

const PRINTED_CART = '65faf57b-0205-47ee-92b3-08dcf233ea73';

/** Sends a printed request; `Expect: 100-continue` and all. */
function send(seed: 'create' | 'update' | 'checkout', cartId = PRINTED_CART): Promise<Answer> {
  const text = readFileSync(new URL(`../fixtures/seeds/${seed}.txt`, import.meta.url), 'utf8');
  const [head = '', ...rest] = text.split('\n\n');
  const [line = '', ...fields] = head.replaceAll(PRINTED_CART, cartId).split('\n');
  const [method, path] = line.split(' ');
  const body = rest.join('\n\n');
  const headers = Object.fromEntries(
    fields.map((field) => field.split(/:\s*/, 2)).filter(([name]) => name !== 'Host'),
  );
  headers.Authorization = `Bearer ${token}`;
  headers['Content-Length'] = String(Buffer.byteLength(body));
  return new Promise((resolve, reject) => {
    const request = httpRequest(`${service.url}${path}`, { method, headers }, async (response) => {
      const answer = Buffer.concat(await Array.fromAsync(response)).toString();
      const answerHeaders = new Headers(response.headers as Record<string, string>);
      resolve({ status: response.statusCode ?? 0, headers: answerHeaders, body: JSON.parse(answer) });
    });
    request.on('error', reject).on('continue', () => request.end(body));
    request.flushHeaders();
  });
}

describe('The samples of the documentation, from create to checkout', () => {
  let created: Answer;
  let updated: Answer;
  let checkedOut: Answer;
  beforeAll(async () => {
    created = await send('create');
    updated = await send('update', String(created.body.id));
    checkedOut = await send('checkout', String(created.body.id));
  });

  it('A create responds as the sample of "Create a cart" does', () => {
    const { id } = created.body;
    expect(created.status).toBe(201);
    expect(created.body).toMatchObject({
      creationTimestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z$/),
      lastModifiedTimestamp: created.body.creationTimestamp,
      lineItems: [
        {
          id: 0,
          catalogItemId: 'DG7GMGF0DWTL:0001:DG7GMGF0DSJB',
          friendlyName: 'A_sample_Azure_RI',
          quantity: 2,
          currencyCode: 'USD',
          billingCycle: 'one_time',
          provisioningContext: {
            subscriptionId: '3D5ECED6-1151-44C7-AEE6-70A4BB725666',
            scope: 'shared',
            duration: '1Year',
          },
          orderGroup: '0',
        },
      ],
      links: {
        self: {
          uri: `/customers/d6bf25b7-e0a8-4f2d-a31b-97b55cfc774d/carts/${id}`,
          method: 'GET',
          headers: [],
        },
      },
      attributes: { objectType: 'Cart' },
    });
  });

  it('A response has the headers of the sample of "Create a cart" (docs/contract.md 2.1)', () => {
    expect(Object.fromEntries(created.headers)).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'ms-correlationid': '0e93c70c-977a-4a88-9580-7cf084c73286',
      'ms-requestid': '4fa6dad6-a89f-4875-8247-8294a10ae1cf',
      'ms-cv': expect.stringMatching(/^[\w+/]{16}\.0$/),
      'ms-serverid': expect.stringMatching(/^\w{6,9}$/),
      'x-locale': 'en-US',
    });
  });

  it('A cart expires seven days after its creation, to the millisecond', () => {
    const { creationTimestamp, expirationTimestamp } = created.body;
    expect(Date.parse(String(expirationTimestamp)) - Date.parse(String(creationTimestamp))).toBe(604_800_000);
  });

  it('A replace updates the cart of the path, whatever id the body names (docs/contract.md 1.12)', () => {
    expect(updated.status).toBe(201);
    expect(updated.body).toMatchObject({
      id: created.body.id,
      creationTimestamp: created.body.creationTimestamp,
      expirationTimestamp: created.body.expirationTimestamp,
      lineItems: [
        {
          id: 0,
          quantity: 2,
          provisioningContext: { subscriptionId: '3D5ECED6-1151-44C7-AEE6-70A4BB725666' },
        },
      ],
    });
  });

  it('A checkout orders the stored cart, not the one in the body (docs/contract.md 12.1)', () => {
    expect(checkedOut.status).toBe(201);
    expect(checkedOut.body).toMatchObject({
      orders: [
        {
          referenceCustomerId: 'd6bf25b7-e0a8-4f2d-a31b-97b55cfc774d',
          billingCycle: 'one_time',
          currencyCode: 'USD',
          lineItems: [
            {
              lineItemNumber: 0,
              offerId: 'DG7GMGF0DWTL:0001:DG7GMGF0DSJB',
              friendlyName: 'A_sample_Azure_RI',
              quantity: 2,
              links: {
                sku: { uri: '/products/DG7GMGF0DWTL/skus/0001?country=US', method: 'GET', headers: [] },
              },
            },
          ],
          status: 'completed',
          attributes: { objectType: 'Order' },
        },
      ],
      attributes: { objectType: 'CartCheckoutResult' },
    });
  });

  it('The links of a cart and of an order resolve as each SDK builds them', async () => {
    const order = checkedOut.body.orders?.[0];
    const links = order?.links as Record<string, { uri: string }>;
    const self = String(links.self?.uri);

    for (const prefix of ['/v1', '/v1/', '']) {
      const got = await service.call('GET', `${prefix}${self}`);
      expect([got.status, got.body.id]).toEqual([200, order?.id]);
    }
    const status = await service.call('GET', `/v1${links.provisioningStatus?.uri}`);
    expect(status.body).toMatchObject({ totalCount: 1, items: [{ lineItemNumber: 0, status: 'fulfilled' }] });
    const listed = await service.call('GET', '/v1/customers/d6bf25b7-e0a8-4f2d-a31b-97b55cfc774d/orders');
    expect(listed.body.items?.map(({ id }) => id)).toContain(order?.id);
  });
});
