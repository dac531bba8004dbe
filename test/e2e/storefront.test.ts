/**
 * A storefront with one base URL for everything: the samples of the SDKs from product to order, orders without a cart,
 * and cancellations, with the ledger and with Partner Center behind. Every link of every response is followed.
 */
import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { brokenLinks, followedLinks, linksIn } from '../support/linkRecorder.ts';
import { type Service, sharedService } from './running.ts';
import { FLOWS, filled, headersOf, ORDERS, replayFlow, valueAt } from './storefront.ts';

const STACKS = [
  ['the ledger', 'package'],
  ['Partner Center', 'bulk'],
] as const;

const MODERN_OFFICE = FLOWS.find(({ name }) => name === 'sample CreateCartModernOffice')!;
/** The flows that end in a cart. */
const CART_FLOWS = FLOWS.filter(({ steps }) => steps.at(-1)?.path.endsWith('/carts'));
/** Links that the responses of a storefront's day have. */
const KINDS_OF_LINKS = [
  /^GET \/products\/\w+\?country=US$/,
  /^GET \/products\/\w+\/skus\/\w+\?country=US$/,
  /^GET \/products\/\w+\/skus\/\w+\/availabilities\?country=US$/,
  /^GET \/products\/\w+\/skus\/\w+\/availabilities\/\w+\?country=US$/,
  /^GET \/customers\/\{guid\}\/carts\/\{guid\}$/,
  /^GET \/customers\/\{guid\}\/orders$/,
  /^GET \/customers\/\{guid\}\/orders\/\{id\}$/,
  /^PATCH \/customers\/\{guid\}\/orders\/\{id\}$/,
  /^GET \/customers\/\{guid\}\/orders\/\{id\}\/provisioningstatus$/,
  /^GET \/customers\/\{guid\}\/subscriptions\/\{guid\}$/,
];
const CATALOG_ITEM = 'CFQ7TTC0LH16:0001:CFQ7TTC0K971';

describe.each(STACKS)('with %s', (_, stack) => {
  let service: Service;
  beforeAll(async () => {
    service = await sharedService(stack);
  });

  it.each(CART_FLOWS.map((flow) => [`${flow.client}: ${flow.name}`, flow] as const))(
    'The sample runs to its end, and its cart is ordered (%s)',
    async (_name, flow) => {
      const { call } = service;

      const { customerId, answers } = await replayFlow(flow, call);

      for (const [n, { reads }] of flow.steps.entries()) {
        expect(answers[n]?.status, JSON.stringify(answers[n]?.body)).toBe(
          n < flow.steps.length - 1 ? 200 : 201,
        );
        for (const member of reads.filter((one) => !one.includes(' '))) {
          expect([member, valueAt(answers[n]?.body, member)]).not.toEqual([member, undefined]);
        }
      }
      const cart = answers.at(-1)?.body;
      expect(cart?.lineItems?.flatMap(({ error }) => error ?? [])).toEqual([]);
      const checkedOut = await call('POST', `/v1/customers/${customerId}/carts/${cart?.id}/checkout`, {
        headers: headersOf(flow.client),
        body: 'success',
      });
      expect([checkedOut.status, checkedOut.body.orderErrors]).toEqual([201, []]);
      const [order] = checkedOut.body.orders ?? [];
      const at = `/v1/customers/${customerId}/orders`;
      const listed = await call('GET', at);
      expect(listed.body.items?.map(({ id }) => id)).toContain(order?.id);
      expect(await call('GET', `${at}/${order?.id}`)).toMatchObject({ status: 200, body: { id: order?.id } });
      expect((await call('GET', `${at}/${order?.id}/provisioningstatus`)).body.items?.[0]).toMatchObject({
        status: 'fulfilled',
      });
    },
  );

  it('The sample of an inventory check reads a list in which every entry has restrictions', async () => {
    const flow = FLOWS.find(({ name }) => name === 'sample InventoryCheck')!;

    const { answers } = await replayFlow(flow, service.call);

    const items = answers[1]?.body as unknown as { isRestricted: boolean; restrictions: unknown[] }[];
    expect(items.length).toBeGreaterThan(1);
    for (const { isRestricted, restrictions } of items)
      expect([isRestricted, restrictions]).toEqual([false, []]);
  });

  const created = ORDERS.filter(({ method, operation }) => method === 'POST' && operation !== '');
  it.each(created.map((one) => [`${one.client}: ${one.operation}`, one] as const))(
    'An order is created without a cart, once however often the call is repeated (%s)',
    async (_name, { client, body }) => {
      const customerId = randomUUID();
      const known: Record<string, string> = {
        customerId,
        catalogItemId: client === 'powershell' ? CATALOG_ITEM : 'DG7GMGF0DVT9:000F:DG7GMGF0DQ7W',
      };
      const options = {
        body: filled(body, (name) => known[name]),
        headers: { ...headersOf(client), 'MS-RequestId': randomUUID() },
      };
      const { call } = service;
      const at = `/v1/customers/${customerId}/orders`;

      const first = await call('POST', at, options);
      const repeat = await call('POST', at, options);

      expect(first, JSON.stringify(first.body)).toMatchObject({ status: 201, body: { status: 'completed' } });
      expect([repeat.status, repeat.body.id]).toEqual([201, first.body.id]);
      expect((await call('GET', at)).body.items?.map(({ id }) => id)).toEqual([first.body.id]);
    },
  );

  it('Links of every kind are followed, from product to subscription', async () => {
    const { customerId, answers } = await replayFlow(MODERN_OFFICE, service.call);
    const carts = `/v1/customers/${customerId}/carts`;
    await service.call('POST', `${carts}/${answers.at(-1)?.body.id}/checkout`);
    await service.call('GET', `/v1/customers/${customerId}/orders`);

    expect(await brokenLinks()).toEqual([]);
    for (const kind of KINDS_OF_LINKS) expect(followedLinks()).toContainEqual(expect.stringMatching(kind));
  });

  const cancelled = ORDERS.filter(({ method }) => method === 'PATCH');
  it.each(cancelled.map((one) => [one.client, one] as const))(
    'An order is cancelled, and stays so (%s)',
    async (client, { body }) => {
      const customerId = randomUUID();
      const at = `/v1/customers/${customerId}/orders`;
      const line = { lineItemNumber: 0, offerId: CATALOG_ITEM, quantity: 1 };
      const { body: order } = await service.call('POST', at, {
        body: { billingCycle: 'monthly', currencyCode: 'USD', lineItems: [line] },
      });
      const known: Record<string, string> = { customerId, orderId: String(order.id) };
      const options = { body: filled(body, (name) => known[name]), headers: headersOf(client) };

      const answer = await service.call('PATCH', `${at}/${order.id}`, options);
      const again = await service.call('PATCH', `${at}/${order.id}`, options);

      expect(answer).toMatchObject({ status: 200, body: { id: order.id, status: 'cancelled' } });
      expect(again).toMatchObject({ status: 200, body: { status: 'cancelled' } });
      expect((await service.call('GET', `${at}/${order.id}`)).body.status).toBe('cancelled');
      const subscriptions = await service.call(
        'GET',
        `/v1/customers/${customerId}/subscriptions?order_id=${order.id}`,
      );
      expect(subscriptions.body.items).toMatchObject([{ orderId: order.id, status: 'deleted' }]);
    },
  );
});

it('Without a catalogue, products are an error that says how to configure one, and no link leads to them', async () => {
  const { call } = await sharedService('default');
  const customerId = randomUUID();

  const products = await call('GET', '/v1/products?country=US&targetView=Azure');
  const order = await call('POST', `/v1/customers/${customerId}/orders`, {
    body: { billingCycle: 'monthly', lineItems: [{ offerId: CATALOG_ITEM, quantity: 1 }] },
  });

  expect(products).toMatchObject({ status: 404, body: { code: '810021' } });
  expect(products.body.description).toContain('CATALOG_FILE');
  expect(order.status).toBe(201);
  expect(linksIn(order.body).filter(({ uri }) => uri.startsWith('/products'))).toEqual([]);
});
