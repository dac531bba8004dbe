/** Bodies that create or change an order, as the SDKs and the documentation send them. */
import { describe, expect, it } from 'vitest';
import { newOrderReader, orderPatchReader } from '../../shared/http/orderRequest.ts';
import { withBillingCycle } from '../../shared/http/readOrderRequest.ts';
import type { BodyReader } from '../../shared/http/route.ts';
import { KEY, MODERN } from '../support/samples.ts';

const readWith = <Body>(reader: BodyReader<Body, unknown>, body: unknown) =>
  reader.read({
    bytes: new TextEncoder().encode(JSON.stringify(body)),
    contentType: 'application/json',
    query: {},
    queryText: '',
    caller: { tenant: KEY.tenant, app: 'a', principal: 'p', kind: 'app', roles: [] },
    identity: { tenant: KEY.tenant, app: 'a', requestId: 'r', correlationId: 'c', hasClientRequestId: true },
  });
const read = async (body: unknown) => {
  const result = await readWith(newOrderReader, body);
  return 'error' in result ? result.error : result.body.draft;
};
const patch = async (body: unknown) => {
  const result = await readWith(orderPatchReader, body);
  return 'error' in result ? result.error : result.body;
};

describe('a new order', () => {
  const LINE = { lineItemNumber: 0, offerId: MODERN, quantity: 2 };

  it('A new order is read as line items that have the members of the order', async () => {
    expect(
      await read({
        referenceCustomerId: KEY.customer,
        billingCycle: 'annual',
        currencyCode: 'eur',
        lineItems: [{ ...LINE, termDuration: 'P1Y', friendlyName: 'Seats', partnerIdOnRecord: '5357564' }],
      }),
    ).toEqual({
      lineItems: [
        {
          catalogItemId: MODERN,
          quantity: 2,
          billingCycle: 'annual',
          currencyCode: 'EUR',
          termDuration: 'P1Y',
          friendlyName: 'Seats',
          participants: [{ key: 'transaction_reseller', value: '5357564' }],
        },
      ],
    });
  });

  it.each([
    [
      '.NET',
      {
        ReferenceCustomerId: null,
        BillingCycle: 'unknown',
        LineItems: [{ LineItemNumber: 0, OfferId: MODERN, Quantity: 2, ParentSubscriptionId: null }],
      },
    ],
    [
      'PowerShell',
      {
        BillingCycle: 'Unknown',
        LineItems: [{ LineItemNumber: 0, OfferId: MODERN, Quantity: 2, ProvisioningContext: {} }],
      },
    ],
    [
      'Java',
      {
        totalPrice: 0.0,
        lineItems: [{ lineItemNumber: 0, offerId: MODERN, quantity: 2 }],
        attributes: { objectType: 'Order' },
      },
    ],
  ])('A new order of %s without a billing cycle is accepted', async (_, body) => {
    expect(await read(body)).toMatchObject({
      lineItems: [{ catalogItemId: MODERN, quantity: 2, billingCycle: 'unknown' }],
    });
  });

  it('A new order of an add-on names the subscription of its base', async () => {
    const body = { lineItems: [{ ...LINE, parentSubscriptionId: 's', provisioningContext: { A: '1' } }] };

    expect(await read(body)).toMatchObject({
      lineItems: [{ provisioningContext: { a: '1', parentSubscriptionId: 's' } }],
    });
  });

  it.each<[string, unknown, string, string]>([
    ['no lines', {}, 'invalidInput', 'lineItems'],
    ['an empty list', { lineItems: [] }, 'invalidInput', 'lineItems'],
    [
      'a line without an offer',
      { lineItems: [{ quantity: 1 }] },
      'catalogItemMissing',
      'lineItems[0].offerId',
    ],
    ['a quantity of 0', { lineItems: [{ ...LINE, quantity: 0 }] }, 'invalidInput', 'lineItems[0].quantity'],
    [
      'another billing cycle',
      { billingCycle: 'weekly', lineItems: [LINE] },
      'billingCycleInvalid',
      'billingCycle',
    ],
    ['a line that is no object', { lineItems: ['x'] }, 'invalidInput', 'lineItems[0]'],
    [
      'a currency of two letters',
      { currencyCode: 'us', lineItems: [LINE, LINE] },
      'invalidInput',
      'currencyCode',
    ],
    [
      'a reseller that is no PartnerID',
      { lineItems: [LINE, { ...LINE, PartnerIdOnRecord: 'contoso' }] },
      'invalidInput',
      'lineItems[1].partnerIdOnRecord',
    ],
    [
      'an additional reseller that is no PartnerID',
      { lineItems: [{ ...LINE, partnerIdOnRecord: 5, additionalPartnerIdsOnRecord: ['contoso'] }] },
      'invalidInput',
      'lineItems[0].additionalPartnerIdsOnRecord',
    ],
    [
      'a participant that is no PartnerID',
      {
        lineItems: [
          {
            ...LINE,
            partnerIdOnRecord: 5,
            participants: [{ key: 'consumption_reseller', value: 'contoso' }],
          },
        ],
      },
      'invalidInput',
      'lineItems[0].participants[0].value',
    ],
    [
      'a subscription of the base that is no text',
      { lineItems: [{ ...LINE, parentSubscriptionId: {} }] },
      'invalidInput',
      'lineItems[0].parentSubscriptionId',
    ],
    [
      'an add-on without a quantity',
      { lineItems: [{ ...LINE, addonItems: [{ offerId: MODERN }] }] },
      'invalidInput',
      'lineItems[0].addonItems[0].quantity',
    ],
  ])('A new order with %s is an error that names the member', async (_, body, name, path) => {
    expect(await read(body)).toMatchObject({
      name,
      description: expect.stringMatching(`^${path.replace(/[[\]]/g, '.')}: `),
      data: [{ path }],
    });
  });

  it('Naming a thousand problems of a large order takes about as long as naming twenty', async () => {
    const unknown = Object.fromEntries(Array.from({ length: 400 }, (_, n) => [`k${n}`, 1]));
    const participants = Array(20).fill({ key: 'transaction_reseller', value: {} });
    const naming = async (linesWithProblems: number) => {
      const line = { ...LINE, ...unknown };
      const lines = Array.from({ length: 200 }, (_, n) =>
        n < linesWithProblems ? { ...line, participants } : line,
      );
      const began = performance.now();
      const result = await read({ lineItems: lines });
      return { problems: 'data' in result && result.data?.length, tookMs: performance.now() - began };
    };

    const [few, many] = [await naming(1), await naming(200)];

    expect([few.problems, many.problems]).toEqual([20, 1_000]);
    expect(many.tookMs / few.tookMs).toBeLessThan(10); // reading the order once for each problem: fifty times
  });

  it('A new order with too many lines is an error about an order', async () => {
    expect(await read({ lineItems: Array(201).fill(LINE) })).toMatchObject({
      description: 'An order has at most 200 line items, add-ons included; this one has 201.',
    });
  });

  it('A line keeps its participants beside the reseller on record', async () => {
    const participants = { additional_transaction_reseller: '7' };

    expect(
      await read({ lineItems: [{ ...LINE, partnerIdOnRecord: 5, Participants: participants }] }),
    ).toMatchObject({
      lineItems: [
        {
          participants: [
            { key: 'transaction_reseller', value: '5' },
            { key: 'additional_transaction_reseller', value: '7' },
          ],
        },
      ],
    });
  });

  it('An add-on below a line is read as the line is, with the members of the order', async () => {
    const addOnItems = [{ offerId: 'x', quantity: '3' }];

    expect(await read({ billingCycle: 'annual', lineItems: [{ ...LINE, addOnItems }] })).toMatchObject({
      lineItems: [{ addonItems: [{ catalogItemId: 'x', quantity: 3, billingCycle: 'annual' }] }],
    });
  });
});

describe('an unknown billing cycle', () => {
  const draft = (billingCycle: 'unknown' | 'annual') => ({
    lineItems: [
      { catalogItemId: MODERN, quantity: 1, billingCycle },
      { catalogItemId: 'x', quantity: 1, billingCycle },
    ],
  });

  it('An unknown billing cycle becomes that of the first line, for every line', () => {
    const { lineItems } = withBillingCycle(draft('unknown'), (id) => (id === MODERN ? 'one_time' : 'annual'));

    expect(lineItems.map(({ billingCycle }) => billingCycle)).toEqual(['one_time', 'one_time']);
  });

  it('An add-on gets the billing cycle of its base', () => {
    const [base] = draft('unknown').lineItems;
    const addonItems = [{ catalogItemId: 'y', quantity: 1, billingCycle: 'unknown' as const }];
    const { lineItems } = withBillingCycle({ lineItems: [{ ...base!, addonItems }] }, () => 'annual');

    expect(lineItems).toMatchObject([{ billingCycle: 'annual', addonItems: [{ billingCycle: 'annual' }] }]);
  });

  it('Only an unknown billing cycle is replaced', () => {
    expect(withBillingCycle(draft('annual'), () => 'monthly')).toEqual(draft('annual'));
  });
});

describe('a change to an order', () => {
  it.each<[string, unknown, object]>([
    [
      '.NET',
      { Id: 'x', Status: 'cancelled', BillingCycle: 'unknown', LineItems: null },
      { status: 'cancelled', billingCycle: 'unknown' },
    ],
    [
      'PowerShell',
      { Id: 'x', Status: 'cancelled', BillingCycle: 'Unknown' },
      { status: 'cancelled', billingCycle: 'unknown' },
    ],
    ['Java', { id: 'x', status: 'cancelled', totalPrice: 0.0 }, { status: 'cancelled' }],
  ])('A change of %s cancels the order', async (_, body, expected) => {
    expect(await patch(body)).toEqual(expected);
  });

  it('A change may be the whole order', async () => {
    const whole = {
      id: 'x',
      billingCycle: 'monthly',
      lineItems: [{ lineItemNumber: 0, offerId: MODERN, quantity: '3', links: { self: {} } }],
      links: {},
    };

    expect(await patch(whole)).toEqual({
      billingCycle: 'monthly',
      lineItems: [{ lineItemNumber: 0, offerId: MODERN, quantity: 3 }],
    });
  });

  it('A change with a member that cannot be read is an error that names it', async () => {
    expect(await patch({ lineItems: [{ quantity: 'many' }] })).toMatchObject({
      name: 'invalidInput',
      data: [{ path: 'lineItems[0].quantity' }],
    });
    expect(await patch({ billingCycle: 'weekly' })).toMatchObject({ name: 'invalidInput' });
  });

  it('A change with many problems is an error that lists a thousand of them', async () => {
    const lineItems = Array(1_000).fill({ lineItemNumber: 'x', quantity: 'x' });

    expect(await patch({ lineItems })).toMatchObject({ name: 'invalidInput', data: { length: 1_000 } });
  });
});

describe.each([
  ['an order: a JSON object with lineItems', read],
  ['a change to an order: a JSON object', patch],
])('a body that must be %s', (what, reading) => {
  it.each([[[]], ['cancelled'], [null]])(
    `The body %j is an error that says that it must be ${what}`,
    async (body) => {
      expect(await reading(body)).toMatchObject({
        name: 'invalidInput',
        description: `The body must be ${what}.`,
      });
    },
  );
});
