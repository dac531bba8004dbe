/** Attachments of an order with the ledger (docs/contract.md 13.20, 13.21), and methods that a path beside the cart does not have. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { routes } from '../../functions/http/routes.ts';
import { type KeyServer, startKeyServer } from '../identity/keyServer.ts';
import { type InProcess, openInProcess, pathOf, placeOrder, tokenOf } from '../support/inProcess.ts';
import { MODERN } from '../support/samples.ts';

const CART = { lineItems: [{ catalogItemId: MODERN, quantity: 1, billingCycle: 'monthly' }] };

let keys: KeyServer;
let token: string;
let service: InProcess;
let params: Record<string, string>;
let order: string;
beforeAll(async () => {
  keys = await startKeyServer();
  token = await tokenOf(keys, { user: randomUUID() });
  service = openInProcess(keys);
  params = await placeOrder(service, { token, body: CART });
  order = `/v1/customers/${params.customerId}/orders/${params.orderId}`;
});
afterAll(() => keys?.stop());

/** As the .NET SDK sends it. */
const FILE = {
  headers: { 'Content-Type': 'multipart/form-data; boundary=x' },
  body: Buffer.from(
    '--x\r\nContent-Disposition: form-data; name="pofiles"; filename="a.pdf"\r\n\r\n%PDF\r\n--x--\r\n',
  ),
};

it.each(['attachment', 'attachments', 'ATTACHMENT/'])(
  'An attachment that is sent to …/%s is rejected with the reason, and is not stored',
  async (path) => {
    const { status, body } = await service.ask('POST', `${order}/${path}`, { token, ...FILE });

    expect({ status, ...body }).toMatchObject({
      status: 400,
      code: '810022',
      data: [],
      source: 'Cartwright',
    });
    expect(body.description).toContain('The ledger keeps no attachments');
    expect((await service.ask('GET', `${order}/attachments`, { token })).body).toMatchObject({
      totalCount: 0,
      items: [],
      attributes: { objectType: 'Collection' },
    });
  },
);

it('An attachment of an unknown order is 404', async () => {
  const other = `/v1/customers/${params.customerId}/orders/ffffffffffff/attachment`;

  expect(await service.ask('POST', other, { token, ...FILE })).toMatchObject({
    status: 404,
    body: { code: '20000' },
  });
});

const besideCarts = routes.filter(({ isPartnerCenters }) => isPartnerCenters);
it.each(besideCarts.map((route) => [`${route.method} ${route.path}`, route] as const))(
  'A method that a path beside the cart does not have is an error that names those it has (%s)',
  async (_, route) => {
    const path = pathOf(route, params);

    const { status, headers, body } = await service.ask('DELETE', path, { token });

    expect([status, body.code]).toEqual([404, '1000']);
    expect(headers.Allow).toContain(route.method);
    expect(body.description).toBe(`There is no DELETE ${path}. The path has ${headers.Allow}.`);
  },
);
