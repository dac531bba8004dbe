/**
 * Report R12: the service reads any SDK's spelling, and the command line refused a `.json` file with `Items`. Both have the
 * same reader, so that one document means the same to both.
 */
import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { onSharedStack } from './orderFile.ts';

const stack = onSharedStack();
const OFFER = 'DG7GMGF0DWTL:0001:DG7GMGF0DSJB';
const LINE = { catalogItemId: OFFER, quantity: 2, billingCycle: 'one_time' };

it.each<[string, (customer: string) => object]>([
  [
    'PascalCase, as the .NET SDK',
    (CustomerId) => ({
      Items: [
        {
          Reference: 'a',
          CustomerId,
          Cart: { LineItems: [{ CatalogItemId: OFFER, Quantity: 2, BillingCycle: 'OneTime' }] },
        },
      ],
    }),
  ],
  [
    'text for numbers and catalogId, as PowerShell',
    (customerId) => ({
      items: [
        {
          reference: 'a',
          customerId: `{${customerId.toUpperCase()}}`,
          cart: { lineItems: [{ catalogId: OFFER, Quantity: '2', billingCycle: 'one-time' }] },
        },
      ],
    }),
  ],
  [
    'nulls and server-owned members, as an export',
    (customerId) => ({
      reference: null,
      items: [
        {
          reference: 'a',
          customerId,
          cart: {
            id: null,
            status: 'active',
            lineItems: [{ ...LINE, id: 0, friendlyName: null, addonItems: [] }],
          },
        },
      ],
    }),
  ],
  ['CAPITALS', (CUSTOMERID) => ({ ITEMS: [{ REFERENCE: 'a', CUSTOMERID, CART: { LINEITEMS: [LINE] } }] })],
])(
  'A document has the same meaning for the command line and for the service: %s (any SDK’s spelling)',
  async (_, documentOf) => {
    const customer = randomUUID();
    const document = documentOf(customer);
    const path = await stack.file(JSON.stringify(document), `${randomUUID()}.json`);

    const { code, out } = await stack.submit(path);
    const { body } = await stack
      .service()
      .call('POST', '/v1/bulkorders', { body: { ...document, repeats: 'skip', acceptValid: false } });

    expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining('1 item: 1 succeeded.') });
    expect(await stack.follow(String(body.id))).toMatchObject({ succeeded: 0, alreadyOrdered: 1 });
    expect(await stack.ordersOf(customer)).toBe(1);
  },
);

it('A list without an object around it is read from a file (any SDK’s spelling)', async () => {
  const customer = randomUUID();
  const path = await stack.file(
    JSON.stringify([{ Reference: 'a', CustomerId: customer, Cart: { LineItems: [LINE] } }]),
    `${customer}.json`,
  );

  expect((await stack.submit(path)).code).toBe(0);
  expect(await stack.ordersOf(customer)).toBe(1);
});
