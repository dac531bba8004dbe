/**
 * Report R6: one request id for all calls (Azure/azure-sdk-for-java#687), such as the zero GUID that .NET sends by default.
 * The next purchase of the same content received the old, ordered cart. What is not a GUID, or is the zero GUID, identifies
 * no call.
 */
import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { RESERVATION } from '../e2e/orders.ts';
import { type Service, sharedService } from '../e2e/running.ts';

const ZERO = '00000000-0000-0000-0000-000000000000';

let service: Service;
beforeAll(async () => {
  service = await sharedService('default');
});

/** Buys the same content twice under one request id on every call; returns the responses to the purchases. */
async function buyTwice(requestId: string) {
  const carts = `/v1/customers/${randomUUID()}/carts`;
  const headers = { 'MS-RequestId': requestId };
  const call = (method: string, path: string, body?: unknown) =>
    service.call(method, path, { headers, body });
  const purchases = [];
  for (let n = 0; n < 2; n++) {
    const created = await call('POST', carts, { lineItems: [RESERVATION] });
    const path = `${carts}/${created.body.id}`;
    const replaced = await call('PUT', path, { lineItems: [{ ...RESERVATION, quantity: 3 + n }] });
    const ordered = await call('POST', `${path}/checkout`);
    purchases.push({ created, replaced, ordered });
  }
  return purchases;
}

describe('Request ids that every call sends (azure-sdk-for-java#687)', () => {
  it.each([ZERO, `{${ZERO}}`, '1', 'undefined', `${randomUUID()}-1`])(
    'Two purchases remain separate if all of their calls have the request id %s',
    async (requestId) => {
      const [first, second] = await buyTwice(requestId);

      expect(
        [first, second].map((one) => [one?.created.status, one?.replaced.status, one?.ordered.status]),
      ).toEqual([
        [201, 201, 201],
        [201, 201, 201],
      ]);
      expect(second?.created.body.id).not.toBe(first?.created.body.id);
      expect(second?.replaced.body.lineItems).toMatchObject([{ quantity: 4 }]);
      expect(second?.ordered.body.orders?.[0]?.id).not.toBe(first?.ordered.body.orders?.[0]?.id);
      expect(first?.created.headers.get('MS-RequestId')).not.toBe(requestId);
    },
  );
});

it('A call that is repeated under a unique request id returns the same cart (azure-sdk-for-java#687)', async () => {
  const carts = `/v1/customers/${randomUUID()}/carts`;
  const headers = { 'MS-RequestId': randomUUID() };
  const body = { lineItems: [RESERVATION] };

  const [first, second] = [
    await service.call('POST', carts, { headers, body }),
    await service.call('POST', carts, { headers, body }),
  ];

  expect([first.status, second.status]).toEqual([201, 201]);
  expect(second.body.id).toBe(first.body.id);
});

it('A bulk order that is submitted twice under a request id of all calls is two bulk orders (azure-sdk-for-java#687)', async () => {
  const body = {
    items: [{ reference: 'a', customerId: randomUUID(), cart: { lineItems: [RESERVATION] } }],
  };
  const submit = () => service.call('POST', '/v1/bulkorders', { headers: { 'MS-RequestId': ZERO }, body });

  const [first, second] = [await submit(), await submit()];

  expect([first.status, second.status]).toEqual([202, 202]);
  expect(second.body.id).not.toBe(first.body.id);
});
