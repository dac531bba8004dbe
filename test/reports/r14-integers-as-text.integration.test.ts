/**
 * Report R14: PowerShell's `Import-Csv` makes every value text, and `"Quantity":"25"` was rejected although Partner Center's
 * .NET models read it. A number is read from text where the text is exactly an integer.
 */
import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { RESERVATION } from '../e2e/orders.ts';
import { type Service, sharedService } from '../e2e/running.ts';
import { item } from './orderFile.ts';

let service: Service;
let carts: string;
beforeAll(async () => {
  service = await sharedService('default');
  carts = `/v1/customers/${randomUUID()}/carts`;
});

const cartOf = (quantity: unknown) => ({ lineItems: [{ ...RESERVATION, quantity }] });
const create = (quantity: unknown) => service.call('POST', carts, { body: cartOf(quantity) });

describe('Integers as text (Import-Csv of PowerShell)', () => {
  it.each(['25', '1', '1000'])('The quantity of a new cart may be the text %j', async (quantity) => {
    const { status, body } = await create(quantity);

    expect({ status, lineItems: body.lineItems }).toMatchObject({
      status: 201,
      lineItems: [{ quantity: Number(quantity) }],
    });
  });

  it('The quantity and the id of a replaced line may be text, under the member names of PowerShell', async () => {
    const { body: cart } = await create(1);
    const LineItems = [{ ...RESERVATION, Id: '0', quantity: undefined, Quantity: '7' }];

    const { status, body } = await service.call('PUT', `${carts}/${cart.id}`, { body: { LineItems } });

    expect({ status, lineItems: body.lineItems }).toMatchObject({
      status: 201,
      lineItems: [{ id: 0, quantity: 7 }],
    });
  });

  it('The quantity of an item of a bulk order may be text', async () => {
    const body = { items: [item('a', randomUUID(), '25')] };

    expect(await service.call('POST', '/v1/bulkorders', { body })).toMatchObject({
      status: 202,
      body: { counts: { total: 1, rejected: 0 } },
    });
  });
});

describe('Text that is not an integer (Import-Csv of PowerShell)', () => {
  it.each([
    '25.0',
    '2,5',
    '1.000',
    '1e3',
    ' 25',
    '25 ',
    '',
    'two',
    '0x10',
    '٢٥',
    '2147483648',
    '-1',
    'NaN',
    '2_5',
  ])('A quantity as other text is rejected with its path: %j', async (quantity) => {
    const { status, body } = await create(quantity);

    expect({ status, code: body.code, data: body.data }).toMatchObject({
      status: 400,
      code: '800002',
      data: [{ path: 'lineItems[0].quantity' }],
    });
  });
});
