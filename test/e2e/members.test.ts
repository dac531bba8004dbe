/**
 * Every member of a cart and its line items, in every documented spelling and form, from the create through a
 * get, a replace and the checkout to the order: kept, and answered in the one canonical way.
 */
import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { casesOf, type Json, LEGACY, LINE, MEMBERS, spellings } from './cartMembers.ts';
import { createCart } from './orders.ts';
import { type Answer, type OrderBody, type Service, sharedService } from './running.ts';

let service: Service;
let call: Service['call'];
beforeAll(async () => {
  service = await sharedService('default');
  call = service.call;
});

/** The line items of a cart as the orders have them: in cart order within their order group. */
function orderLinesOf(lineItems: readonly Json[], orders: readonly OrderBody[] = []): Json[] {
  const left = orders.map((order) => ({ ...order, lineItems: [...order.lineItems] as Json[] }));
  return lineItems.map((item) => {
    const group = left.find(({ lineItems: [next], ...order }) => {
      const { billingCycle, currencyCode }: Json = order;
      const isOfGroup = billingCycle === item.billingCycle && currencyCode === item.currencyCode;
      return isOfGroup && next?.offerId === item.catalogItemId;
    });
    return group?.lineItems.shift() ?? {};
  });
}

/** A cart that is created, got, put back as it was got, and checked out. */
async function livesOf(lineItems: readonly Json[], more: Json = {}) {
  const carts = `/v1/customers/${randomUUID()}/carts`;
  const created = await call('POST', carts, { body: { lineItems, ...more } });
  const path = `${carts}/${created.body.id}`;
  const got = await call('GET', path);
  const replaced = await call('PUT', path, { body: got.body });
  const checkedOut = await call('POST', `${path}/checkout`);
  expect([created, got, replaced, checkedOut].map(({ status }) => status)).toEqual([201, 200, 201, 201]);
  return { answers: { created, got, replaced }, orders: checkedOut.body.orders };
}

describe.each(MEMBERS)('$name', (member) => {
  const cases = casesOf(member);
  let answers: Record<string, Answer>;
  let orderLines: Json[];
  beforeAll(async () => {
    const attested = { partnerOnRecordAttestationAccepted: true };
    const lives = await livesOf(
      cases.map(({ sent }) => sent),
      attested,
    );
    answers = lives.answers;
    orderLines = orderLinesOf(lives.answers.replaced.body.lineItems ?? [], lives.orders);
  });

  it.each(cases.map((one, n) => ({ ...one, n })))('$title', ({ n, answered, ordered }) => {
    for (const [how, { body }] of Object.entries(answers)) {
      const { id, orderGroup, currencyCode, ...item } = (body.lineItems?.[n] ?? {}) as Json;
      const { currencyCode: expected = 'USD', ...own } = answered;
      expect([how, id, currencyCode, item]).toEqual([how, n, expected, own]);
      expect(orderGroup).toMatch(/^(OMS-)?\d+$/);
    }
    const { lineItemNumber, transactionType, subscriptionId: _, links: __, ...line } = orderLines[n] ?? {};
    expect([typeof lineItemNumber, transactionType]).toEqual(['number', 'New']);
    expect(line).toEqual(ordered);
  });
});

describe('addonItems', () => {
  const addon = { CatalogItemId: LEGACY, Quantity: 3, BillingCycle: 'Monthly', FriendlyName: 'An add-on' };
  const names = spellings({ name: 'addonItems', others: ['addOnItems', 'AddOnItems'] });

  it.each(names)('Add-on items sent as %s stay with their base item, up to the order', async (name) => {
    const sent = { ...LINE, catalogItemId: LEGACY, [name]: [{ ...addon, Id: 9 }, addon] };
    const { answers, orders } = await livesOf([sent, { ...LINE, [name]: null }, { ...LINE, [name]: [] }]);

    for (const { body } of Object.values(answers)) {
      const [base, none] = body.lineItems ?? [];
      const answered = {
        catalogItemId: LEGACY,
        friendlyName: 'An add-on',
        quantity: 3,
        billingCycle: 'monthly',
      };
      expect(base?.addonItems).toEqual(
        [1, 2].map((id) => ({ id, ...answered, currencyCode: 'USD', orderGroup: 'OMS-0' })),
      );
      expect(none).not.toHaveProperty('addonItems');
    }
    expect(orders?.[0]?.lineItems).toMatchObject([
      { lineItemNumber: 0, quantity: 2 },
      { lineItemNumber: 1, quantity: 3, friendlyName: 'An add-on' },
      { lineItemNumber: 2, quantity: 3 },
    ]);
  });
});

describe('Members of a cart', () => {
  const attestation = 'partnerOnRecordAttestationAccepted';

  it.each(
    spellings({ name: attestation }).flatMap((name) => [true, false, null].map((sent) => [name, sent])),
  )('A cart with %s: %s reports it at the member that was sent', async (name, sent) => {
    const { answers } = await livesOf([LINE], { [String(name)]: sent });

    for (const { body } of Object.values(answers)) expect(body[attestation]).toBe(sent ?? undefined);
  });

  it.each(spellings({ name: 'lineItems' }))('A cart accepts its line items as %s', async (name) => {
    const created = await call('POST', `/v1/customers/${randomUUID()}/carts`, { body: { [name]: [LINE] } });

    expect(created.body.lineItems).toMatchObject([LINE]);
  });

  it('A cart ignores members that only the service sets, in every spelling', async () => {
    const attempts = {
      ...named('id', randomUUID()),
      ...named('status', 'Ordered'),
      ...named('creationTimestamp', '2000-01-01T00:00:00Z'),
      ...named('creationTimeStamp', '2000-01-01T00:00:00Z'),
      ...named('lastModifiedTimeStamp', '2000-01-01T00:00:00Z'),
      ...named('expirationTimestamp', '2100-01-01T00:00:00Z'),
      ...named('lastModifiedUser', 'nobody'),
      ...named('links', { self: { uri: '/x' } }),
      ...named('attributes', { etag: 'x', objectType: 'Order' }),
    };
    const line = {
      ...LINE,
      ...named('id', 'no number'),
      ...named('orderGroup', 'OMS-7'),
      ...named('error', { errorCode: 10_001, errorDescription: 'x' }),
      ...named('pricing', { listPrice: 0 }),
      ...named('title', 'x'),
      AudienceClaimHeader: 'x',
      TargetId: 'x',
    };
    const { path, created } = await createCart(call, [line]);
    const replaced = await call('PUT', path, { body: { ...attempts, lineItems: [line] } });

    expect(created.body.lineItems).toEqual([{ id: 0, ...LINE, currencyCode: 'USD', orderGroup: '0' }]);
    const { lastModifiedTimestamp: _, attributes, ...cart } = replaced.body;
    const { lastModifiedTimestamp: __, attributes: ___, ...before } = created.body;
    expect(cart).toEqual(before);
    expect(attributes).toEqual({ objectType: 'Cart', etag: replaced.headers.get('ETag') });
  });
});

const named = (name: string, value: unknown): Json =>
  Object.fromEntries(spellings({ name }).map((spelling) => [spelling, value]));
