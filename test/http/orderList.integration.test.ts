/** The list of a customer's orders: filter and pages. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { localCaller } from '../../local/issuer/claims.ts';
import { runAttempt } from '../../shared/checkout/runAttempt.ts';
import type { Order } from '../../shared/orders/order.ts';
import { type KeyServer, startKeyServer } from '../identity/keyServer.ts';
import { openInProcess, tokenOf } from '../support/inProcess.ts';
import { line, MODERN, NOW } from '../support/samples.ts';

let keys: KeyServer;
beforeAll(async () => {
  keys = await startKeyServer();
});
afterAll(() => keys?.stop());

it('The order list can be filtered by billing cycle, in the spelling of any SDK', async () => {
  const { ask, policies, world } = openInProcess(keys);
  const token = await tokenOf(keys);
  const customer = `/v1/customers/${randomUUID()}`;
  const lineItems = [line({ billingCycle: 'monthly' }), line({ billingCycle: 'one_time' })];
  const { body: cart } = await ask('POST', `${customer}/carts`, { token, body: { lineItems } });
  await ask('POST', `${customer}/carts/${cart.id}/checkout`, { token });
  await runAttempt(world.ports, world.sent[0]!.message, policies.attemptPolicy);

  const cyclesOf = async (query: string) => {
    const { body } = await ask('GET', `${customer}/orders${query}`, { token });
    return (body.items as { billingCycle: string }[]).map(({ billingCycle }) => billingCycle).sort();
  };

  expect(await cyclesOf('')).toEqual(['monthly', 'one_time']);
  expect(await cyclesOf('?billingType=')).toEqual(['monthly', 'one_time']);
  expect(await cyclesOf('?billingType=OneTime')).toEqual(['one_time']);
  expect(await cyclesOf('?billingType=onetime&include_price=true')).toEqual(['one_time']);
  expect(await cyclesOf('?billingType=Annual')).toEqual([]);
  expect(await ask('GET', `${customer}/orders?billingType=weekly`, { token })).toMatchObject({
    status: 400,
    body: { code: '900126', data: [{ path: 'billingType' }] },
  });
});

describe('Pages of the order list', () => {
  const TENANT = localCaller.tenant;
  /** A customer with this many orders, each with a name of this many characters. */
  async function customerWith(count: number, chars = 1) {
    const { ask, world } = openInProcess(keys);
    const token = await tokenOf(keys);
    const customer = randomUUID();
    const order: Order = {
      tenant: TENANT,
      referenceCustomerId: customer,
      cartId: randomUUID(),
      orderId: '',
      alternateId: '',
      billingCycle: 'monthly',
      currencyCode: 'USD',
      isLegacy: false,
      status: 'completed',
      placedMs: NOW,
      subscriptionIds: [],
      lineItems: [{ lineItemNumber: 0, offerId: MODERN, quantity: 1, transactionType: 'New' }],
    };
    for (let n = 0; n < count; n++) {
      const orderId = `order${String((n * 7_919) % 100_003).padStart(6, '0')}`;
      const lineItems = order.lineItems.map((item) => ({ ...item, friendlyName: 'x'.repeat(chars) }));
      const billingCycle = n % 10 === 0 ? 'annual' : order.billingCycle;
      world.orders.set(`${TENANT}_${customer}_${orderId}`, { ...order, orderId, lineItems, billingCycle });
    }
    const get = async (uri: string) => {
      const { status, body } = await ask('GET', `/v1${uri}`, { token });
      const { items, links, totalCount } = body as {
        items: { id: string; billingCycle: string }[];
        links: { next?: { uri: string } };
        totalCount: number;
      };
      return { status, ids: items?.map(({ id }) => id), items, next: links?.next?.uri, totalCount };
    };
    const all = async (query: string) => {
      const pages: Awaited<ReturnType<typeof get>>[] = [];
      for (
        let uri: string | undefined = `/customers/${customer}/orders${query}`;
        uri;
        uri = pages.at(-1)?.next
      ) {
        pages.push(await get(uri));
      }
      return pages;
    };
    return { get, all, world };
  }

  it('Pages have the requested size and list every order once, in a stable order', async () => {
    const { all } = await customerWith(45);

    const pages = await all('?size=20');
    const repeated = await all('?size=20');

    expect(pages.map(({ totalCount }) => totalCount)).toEqual([20, 20, 5]);
    const ids = pages.flatMap((page) => page.ids);
    expect(new Set(ids).size).toBe(45);
    expect(repeated.flatMap((page) => page.ids)).toEqual(ids);
  });

  it('The page with the last order has no link to a next page', async () => {
    const { all } = await customerWith(40);

    expect((await all('?size=20')).map(({ totalCount }) => totalCount)).toEqual([20, 20]);
  });

  it('Pages with a billing cycle filter are filled with matching orders', async () => {
    const { all } = await customerWith(100);

    const pages = await all('?billingType=annual&size=4');

    expect(pages.map(({ totalCount }) => totalCount)).toEqual([4, 4, 2]);
    expect(new Set(pages.flatMap(({ items }) => items.map((item) => item.billingCycle)))).toEqual(
      new Set(['annual']),
    );
  });

  it('A page has 1,000 orders by default, because SDKs do not follow links', async () => {
    const { all } = await customerWith(1_500);

    expect((await all('')).map(({ totalCount }) => totalCount)).toEqual([1_000, 500]);
  });

  it('A page has at most 8 MiB', async () => {
    const { all } = await customerWith(18, 500_000);

    const pages = await all('');

    expect(pages.map(({ totalCount }) => totalCount)).toEqual([16, 2]);
    expect(new Set(pages.flatMap(({ ids }) => ids)).size).toBe(18);
  });

  it('A page costs one query of its size, however many orders the customer has', async () => {
    const { get, world } = await customerWith(10_000);
    const [id] = world.orders.values();

    await get(`/customers/${id?.referenceCustomerId}/orders?size=20`);

    expect(world.effects.map(({ name, args }) => ({ name, options: args[2] }))).toEqual([
      { name: 'orders.page', options: { after: undefined, most: 20 } },
    ]);
  });

  it.each(['size=0', 'size=1001', 'size=1.5', 'size=', 'size=all', 'after=%00', 'after='])(
    'An order list with the query %s is rejected',
    async (query) => {
      const { get } = await customerWith(1);

      expect(await get(`/customers/${randomUUID()}/orders?${query}`)).toMatchObject({ status: 400 });
    },
  );
});
