/** The responses of a cart and its checkout have exactly the documented members (docs/contract.md 6). */
import { describe, expect, it } from 'vitest';
import type { Cart } from '../../shared/cart/cart.ts';
import {
  cartBody,
  checkoutProgressBody,
  checkoutResultBody,
  type Dialect,
} from '../../shared/http/cartResponse.ts';
import { clientOf } from '../../shared/http/clients.ts';
import {
  cartOf,
  DAY,
  inCheckout,
  KEY,
  line,
  MINUTE,
  MODERN,
  NOW,
  placedOrder,
  REFUSAL,
  SECOND,
  TROUBLE,
} from '../support/samples.ts';

const DIALECT: Dialect = { client: clientOf(null), country: 'US' };
const JAVA: Dialect = { ...DIALECT, client: clientOf('Partner Center Java SDK') };
const ETAG = 'W/"1"';

/** A body after serialization to JSON. */
const wire = (body: unknown) => JSON.parse(JSON.stringify(body));
const bodyOf = (cart: Cart, dialect = DIALECT) => wire(cartBody({ cart, etag: ETAG }, dialect));

const RESERVATION = line({
  friendlyName: 'A_sample_Azure_RI',
  quantity: 2,
  billingCycle: 'one_time',
  provisioningContext: {
    subscriptionId: '3D5ECED6-1151-44C7-AEE6-70A4BB725666',
    scope: 'shared',
    duration: '1Year',
  },
});
const uri = `/customers/${KEY.customer}/carts/${KEY.cartId}`;

describe('The response of a cart', () => {
  it('A cart response has the members of the documentation sample, with expiry, status and ETag (docs/contract.md 7.1)', () => {
    expect(bodyOf(cartOf([RESERVATION]))).toEqual({
      id: KEY.cartId,
      creationTimestamp: '2026-03-15T17:15:02.3840000Z',
      lastModifiedTimestamp: '2026-03-15T17:15:02.3840000Z',
      expirationTimestamp: '2026-03-22T17:15:02.3840000Z',
      lastModifiedUser: '2713ccd7-ea3b-470a-9cfb-451d5d0482cc',
      status: 'Active',
      lineItems: [
        {
          id: 0,
          catalogItemId: MODERN,
          friendlyName: 'A_sample_Azure_RI',
          quantity: 2,
          currencyCode: 'USD',
          billingCycle: 'one_time',
          provisioningContext: RESERVATION.provisioningContext,
          orderGroup: '0',
        },
      ],
      links: { self: { uri, method: 'GET', headers: [] } },
      attributes: { objectType: 'Cart', etag: ETAG },
    });
  });

  it('A cart response has its members in the order of the documentation', () => {
    const body = bodyOf(cartOf([RESERVATION], { partnerOnRecordAttestationAccepted: true }));

    expect(Object.keys(body)).toEqual([
      'id',
      'creationTimestamp',
      'lastModifiedTimestamp',
      'expirationTimestamp',
      'lastModifiedUser',
      'status',
      'lineItems',
      'partnerOnRecordAttestationAccepted',
      'links',
      'attributes',
    ]);
    expect(Object.keys(body.lineItems[0]).slice(0, 3)).toEqual(['id', 'catalogItemId', 'friendlyName']);
  });

  it.each([
    ['ordered', 'Ordered'],
    ['running', 'Active'],
    ['partlyOrdered', 'Active'],
    ['failed', 'Active'],
  ] as const)('A cart whose checkout is %s has the status %s', (state, status) => {
    expect(bodyOf(inCheckout({ state })).status).toBe(status);
  });

  it('A line item has no null, no fraction and no member that is not part of the API', () => {
    const full = line({
      participants: [{ key: 'transaction_reseller', value: '5357564' }],
      renewsTo: { termDuration: 'P1Y' },
      promotionId: 'p',
      customTermEndDate: '2027-02-19T00:00:00Z',
      attestationAccepted: false,
      purchaseSystem: 'PI',
      purchaseCommitment: { amount: 1, currency: 'usd', grain: 'hourly' },
      scheduledNextTermInstructions: { quantity: 2 },
      addonItems: [line({ catalogItemId: 'nonsense' })],
    });

    const [item] = bodyOf(cartOf([full])).lineItems;

    expect(item).toMatchObject({ ...full, addonItems: [{ id: 1, error: { errorCode: 10_001 } }] });
    expect(JSON.stringify(item)).not.toMatch(/null|\d\.\d/);
    expect(typeof item.addonItems[0].error.errorCode).toBe('number');
  });
});

describe('Add-ons in responses', () => {
  const cart = cartOf([line({ addonItems: [line(), line()] }), line()]);

  it.each([
    [DIALECT, 'addonItems', 'addOnItems'],
    [JAVA, 'addOnItems', 'addonItems'],
  ])('Add-ons have exactly one name, which depends on the client: %j', (dialect, name, other) => {
    const [withAddons, without] = bodyOf(cart, dialect).lineItems;

    expect(withAddons[name].map(({ id }: { id: number }) => id)).toEqual([1, 2]);
    expect(withAddons).not.toHaveProperty(other);
    expect(without).not.toHaveProperty(name);
  });
});

describe('The result of a checkout', () => {
  const partly = inCheckout({ state: 'partlyOrdered', endedMs: NOW + SECOND });
  const [monthly, oneTime] = partly.checkout.groups;
  const groups = [
    { ...monthly!, state: 'placed' as const, order: placedOrder({ subscriptionIds: ['s'] }) },
    { ...oneTime!, state: 'refused' as const, problem: REFUSAL },
  ];
  const result = (checkout: Partial<typeof partly.checkout>) =>
    wire(checkoutResultBody(partly, { ...partly.checkout, groups, ...checkout }, DIALECT));

  it('A checkout result has the placed orders, and an error for each order group that was not placed', () => {
    expect(result({})).toEqual({
      orders: [expect.objectContaining({ id: 'f76c6b7f449d' })],
      orderErrors: [{ orderGroupId: '1', code: 800_010, description: 'There is no inventory.' }],
      attributes: { objectType: 'CartCheckoutResult' },
    });
  });

  it('A checkout result has both lists, even if they are empty', () => {
    expect(result({ groups: [] })).toMatchObject({ orders: [], orderErrors: [] });
  });

  it('A checkout result has no errors while the checkout runs, and none for a group that was placed after a failure', () => {
    const placed = groups.map((group) => ({ ...group, state: 'placed' as const, problem: TROUBLE }));

    expect(result({ state: 'running' }).orderErrors).toEqual([]);
    expect(result({ groups: placed }).orderErrors).toEqual([]);
  });

  it.each([
    ['800010', 800_010],
    ['NoFunds', 0],
    ['', 0],
    ['-1', 0],
    ['12.5', 0],
    ['1e3', 0],
    ['99999999999', 0],
  ])('In a checkout result, the gateway’s error code %j becomes the number %i', (code, number) => {
    const odd = [{ ...groups[1]!, problem: { ...REFUSAL, code } }];

    expect(result({ groups: odd }).orderErrors[0].code).toBe(number);
  });

  it('A checkout result is the same each time it is built', () => {
    expect(result({})).toEqual(result({}));
  });
});

describe('The progress of a checkout', () => {
  const progress = (checkout: Partial<ReturnType<typeof inCheckout>['checkout']>, nowMs = NOW) => {
    const cart = inCheckout(checkout);
    return wire(checkoutProgressBody(cart, cart.checkout, { ...DIALECT, nowMs }));
  };

  it('The progress of a checkout shows the number of the running attempt', () => {
    expect(progress({})).toMatchObject({
      status: 'running',
      cartStatus: 'Active',
      attempts: 1,
      startedTimestamp: '2026-03-15T17:15:02.3840000Z',
      orders: [],
      orderErrors: [],
      links: { self: { uri: `${uri}/checkout` }, cart: { uri } },
    });
    for (const name of ['nextAttemptTimestamp', 'endedTimestamp', 'lastError']) {
      expect(progress({})).not.toHaveProperty(name);
    }
  });

  it('The progress of a checkout shows the time of the next attempt and the error of the last one', () => {
    expect(progress({ attempt: 3, dueMs: NOW + MINUTE, lastProblem: TROUBLE })).toMatchObject({
      attempts: 2,
      nextAttemptTimestamp: '2026-03-15T17:16:02.3840000Z',
      lastError: { code: '800005', description: 'The gateway is busy.' },
    });
    expect(progress({ attempt: 3, dueMs: NOW + MINUTE }, NOW + MINUTE)).toMatchObject({ attempts: 3 });
  });

  it('The progress of a checkout does not link to a cart that has expired', () => {
    const late = NOW + 8 * DAY;

    expect(progress({ state: 'failed', endedMs: NOW + SECOND }, late).links).toEqual({
      self: { uri: `${uri}/checkout`, method: 'GET', headers: [] },
    });
  });

  it('The progress of a checkout shows when and how it ended', () => {
    expect(progress({ state: 'ordered', endedMs: NOW + SECOND })).toMatchObject({
      status: 'ordered',
      cartStatus: 'Ordered',
      endedTimestamp: '2026-03-15T17:15:03.3840000Z',
    });
  });
});
