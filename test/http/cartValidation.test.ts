/** A structurally invalid cart is rejected, with the path of every invalid member. */
import { describe, expect, it } from 'vitest';
import { MAX_LINE_ITEMS, MAX_ORDER_GROUPS } from '../../shared/cart/limits.ts';
import type { ApiError } from '../../shared/errors.ts';
import { readCartRequest } from '../../shared/http/cartRequest.ts';
import { errorResponse } from '../../shared/http/response.ts';
import { MODERN } from '../support/samples.ts';

const LINE = { catalogItemId: MODERN, quantity: 1, billingCycle: 'monthly' };

function errorIn(json: unknown): ApiError {
  const read = readCartRequest(json);
  if (!('error' in read)) throw new Error('The request was read.');
  expect(errorResponse(read.error).status).toBe(400);
  return read.error;
}
const pathsIn = ({ data }: ApiError) => (data ?? []).map((problem) => (problem as { path: string }).path);
const lineError = (more: object) => errorIn({ lineItems: [{ ...LINE, ...more }] });
const lines = (count: number) => Array.from({ length: count }, () => LINE);

it.each([null, 'success', 5, true, [], [LINE]])(
  'The body %j is rejected because it is not a cart',
  (json) => {
    expect(errorIn(json).name).toBe('invalidInput');
  },
);

it.each([
  [{}, 'lineItems'],
  [{ lineItems: null }, 'lineItems'],
  [{ lineItems: [] }, 'lineItems'],
  [{ lineItems: {} }, 'lineItems'],
  [{ lineItems: 'x' }, 'lineItems'],
  [{ lineItems: [null] }, 'lineItems[0]'],
  [{ lineItems: [LINE, 'x'] }, 'lineItems[1]'],
  [{ lineItems: [LINE, [LINE]] }, 'lineItems[1]'],
  [{ lineItems: [LINE], partnerOnRecordAttestationAccepted: 'yes' }, 'partnerOnRecordAttestationAccepted'],
])('The cart %j is rejected at the path %s', (json, path) => {
  const error = errorIn(json);

  expect({ name: error.name, paths: pathsIn(error) }).toEqual({ name: 'invalidInput', paths: [path] });
});

describe('Validation of a line item', () => {
  it.each([
    ['catalogItemId', undefined, 'catalogItemMissing'],
    ['catalogItemId', '  ', 'catalogItemMissing'],
    ['catalogItemId', '', 'catalogItemMissing'],
    ['billingCycle', undefined, 'billingCycleInvalid'],
    ['billingCycle', 'unknown', 'billingCycleInvalid'],
    ['billingCycle', 0, 'billingCycleInvalid'],
    ['billingCycle', 'weekly', 'billingCycleInvalid'],
    ['billingCycle', 7, 'billingCycleInvalid'],
    ['billingCycle', -1, 'billingCycleInvalid'],
    ['billingCycle', ['monthly'], 'billingCycleInvalid'],
    ['billingCycle', { name: 'monthly' }, 'billingCycleInvalid'],
    ['billingCycle', { toString: null }, 'billingCycleInvalid'],
    ['billingCycle', true, 'billingCycleInvalid'],
    ['quantity', undefined, 'invalidInput'],
    ['quantity', 0, 'invalidInput'],
    ['quantity', -1, 'invalidInput'],
    ['quantity', 1.5, 'invalidInput'],
    ['quantity', '2.0', 'invalidInput'],
    ['quantity', 2_147_483_648, 'invalidInput'],
    ['friendlyName', 5, 'invalidInput'],
    ['friendlyName', 'x'.repeat(1_025), 'invalidInput'],
    ['currencyCode', 'EURO', 'invalidInput'],
    ['currencyCode', '€', 'invalidInput'],
    ['termDuration', '1 year', 'invalidInput'],
    ['termDuration', 'P1Y1M', 'invalidInput'],
    ['customTermEndDate', 'soon', 'invalidInput'],
    ['customTermEndDate', 'Fri, 19 Feb 2027 00:00:00 GMT', 'invalidInput'],
    ['customTermEndDate', '2027-02-30T00:00:00Z', 'invalidInput'],
    ['customTermEndDate', 1803081600000, 'invalidInput'],
    ['attestationAccepted', 'true', 'invalidInput'],
    ['renewsTo', 'P1Y', 'invalidInput'],
    ['provisioningContext', 'shared', 'invalidInput'],
    [
      'provisioningContext',
      Object.fromEntries(Array.from({ length: 51 }, (_, n) => [n, []])),
      'invalidInput',
    ],
    ['purchaseCommitment', [], 'invalidInput'],
    ['participants', 'x'.repeat(5), 'invalidInput'],
    ['participants', 5, 'invalidInput'],
    ['participants', Array(21).fill({ key: 'unknown', value: '1' }), 'invalidInput'],
    ['addonItems', {}, 'invalidInput'],
    ['scheduledNextTermInstructions', 'x', 'invalidInput'],
  ])('A line item with the %s %j is rejected with %s', (member, value, name) => {
    const error = lineError({ [member]: value });

    expect(error.name).toBe(name);
    expect(pathsIn(error).every((path) => path.startsWith(`lineItems[0].${member}`))).toBe(true);
    expect(pathsIn(error).length).toBeGreaterThan(0);
  });

  it.each<[object, string, string]>([
    [{ quantity: '2.0' }, 'quantity', 'must be an integer'],
    [{ quantity: '1e3' }, 'quantity', 'must be an integer'],
    [{ quantity: true }, 'quantity', 'must be an integer'],
    [{ quantity: 1.5 }, 'quantity', 'must be an integer'],
    [{ quantity: '' }, 'quantity', 'is required'],
    [{ participants: [{ key: 'unknown' }] }, 'participants[0].value', 'is required'],
    [{ provisioningContext: 'x'.repeat(100) }, 'provisioningContext', 'must be an object'],
  ])('The message about a line item with %j says what is wrong with it', (member, path, message) => {
    expect(lineError(member).data).toEqual([{ path: `lineItems[0].${path}`, message }]);
  });

  it.each([
    [{ participants: [{ key: 'contoso', value: '1' }] }, 'enumInvalid', 'lineItems[0].participants[0].key'],
    [
      { participants: [{ key: 'unknown', value: null }] },
      'invalidInput',
      'lineItems[0].participants[0].value',
    ],
    [
      { participants: [{ key: 'transaction_reseller', value: 'Contoso' }] },
      'invalidInput',
      'lineItems[0].participants[0].value',
    ],
    [
      { participants: [{ key: 'transaction_reseller', value: -1 }] },
      'invalidInput',
      'lineItems[0].participants[0].value',
    ],
    [{ provisioningContext: { scope: {} } }, 'invalidInput', 'lineItems[0].provisioningContext.scope'],
    [{ provisioningContext: { key: {} } }, 'invalidInput', 'lineItems[0].provisioningContext.key'],
    [
      { provisioningContext: { billingCycle: [] } },
      'invalidInput',
      'lineItems[0].provisioningContext.billingCycle',
    ],
    [
      { provisioningContext: { constructor: [] } },
      'invalidInput',
      'lineItems[0].provisioningContext.constructor',
    ],
    [{ renewsTo: { termDuration: 5 } }, 'invalidInput', 'lineItems[0].renewsTo.termDuration'],
    [
      { purchaseCommitment: { amount: '1', currency: 'usd', grain: 'hourly' } },
      'invalidInput',
      'lineItems[0].purchaseCommitment.amount',
    ],
    [{ addonItems: [LINE, { ...LINE, quantity: 0 }] }, 'invalidInput', 'lineItems[0].addonItems[1].quantity'],
    [
      { addonItems: [{ ...LINE, addonItems: [LINE] }] },
      'invalidInput',
      'lineItems[0].addonItems[0].addonItems',
    ],
    [{ addonItems: [null] }, 'invalidInput', 'lineItems[0].addonItems[0]'],
  ])('The path of an invalid member inside a line item is complete: %j', (more, name, path) => {
    const error = lineError(more);

    expect({ name: error.name, paths: pathsIn(error) }).toEqual({ name, paths: [path] });
  });

  it('A line item has at most one reseller, because an order has room for one', () => {
    const two = ['1', '2'].map((value) => ({ key: 'transaction_reseller', value }));

    expect(lineError({ participants: two }).data).toEqual([
      { path: 'lineItems[0].participants', message: 'must have at most one transaction_reseller' },
    ]);
  });

  it('An additional reseller that is named twice is rejected, in either notation', () => {
    expect(pathsIn(lineError({ additionalPartnerIdsOnRecord: ['1', 1] }))).toEqual([
      'lineItems[0].participants',
    ]);
  });

  it('An additional reseller that is not an id is rejected', () => {
    expect(pathsIn(lineError({ additionalPartnerIdsOnRecord: { a: 1 } }))).toEqual([
      'lineItems[0].participants[0].value',
    ]);
  });

  it('A line item has at most five additional resellers, in either notation', () => {
    const six = Array.from({ length: 6 }, (_, n) => ({
      key: 'additional_transaction_reseller',
      value: String(n),
    }));
    const crowded = { ...LINE, participants: six };

    expect(pathsIn(lineError(crowded))).toEqual(['lineItems[0].participants']);
    expect(pathsIn(lineError({ additionalPartnerIdsOnRecord: '1,2,3,4,5,6' }))).toEqual([
      'lineItems[0].participants',
    ]);
    expect(pathsIn(errorIn({ lineItems: [{ ...LINE, addonItems: [LINE, crowded] }, crowded] }))).toEqual([
      'lineItems[0].addonItems[1].participants',
      'lineItems[1].participants',
    ]);
    expect(readCartRequest({ lineItems: [{ ...LINE, participants: six.slice(1) }] })).toHaveProperty('draft');
  });
});

describe('Several errors', () => {
  it('Errors of different kinds are all reported, under the code of invalid input', () => {
    const error = errorIn({
      lineItems: [{}, { ...LINE, quantity: 0, addonItems: [{ ...LINE, billingCycle: 'x' }] }],
    });

    expect(error.name).toBe('invalidInput');
    expect(pathsIn(error).sort()).toEqual([
      'lineItems[0].billingCycle',
      'lineItems[0].catalogItemId',
      'lineItems[0].quantity',
      'lineItems[1].addonItems[0].billingCycle',
      'lineItems[1].quantity',
    ]);
  });

  it('Errors of one kind are reported under the code of that kind', () => {
    const error = errorIn({
      lineItems: [
        { ...LINE, billingCycle: 'x' },
        { ...LINE, billingCycle: 'y' },
      ],
    });

    expect(error.name).toBe('billingCycleInvalid');
    expect(pathsIn(error)).toHaveLength(2);
  });

  it('The number of reported errors and the length of the description are limited', () => {
    const error = errorIn({
      lineItems: Array(MAX_LINE_ITEMS).fill({ addonItems: 5, renewsTo: 5, participants: 5, quantity: 'x' }),
    });

    expect(error.data?.length).toBeLessThanOrEqual(1_000);
    expect((errorResponse(error).body as { description: string }).description.length).toBeLessThanOrEqual(
      1_024,
    );
  });
});

describe('Limits of a cart', () => {
  it('A cart has at most the maximum number of line items, add-ons included', () => {
    const withAddons = [{ ...LINE, addonItems: lines(50) }, ...lines(MAX_LINE_ITEMS - 51)];

    expect(readCartRequest({ lineItems: withAddons })).toHaveProperty('draft');
    expect(pathsIn(errorIn({ lineItems: [...withAddons, LINE] }))).toEqual(['lineItems']);
  });

  it('A cart with 100,000 line items is rejected without validating each of them', () => {
    const before = process.cpuUsage();

    const error = errorIn({ lineItems: Array.from({ length: 100_000 }, () => ({})) });

    expect(pathsIn(error)).toEqual(['lineItems']);
    expect(process.cpuUsage(before).user / 1_000).toBeLessThan(3_000);
  });

  it('A cart has at most as many order groups as one transaction can store', () => {
    const currencies = Array.from(
      { length: MAX_ORDER_GROUPS + 1 },
      (_, n) => `A${String.fromCharCode(65 + n / 26, 65 + (n % 26))}`,
    );
    const cart = (count: number) => ({
      lineItems: currencies.slice(0, count).map((currencyCode) => ({ ...LINE, currencyCode })),
    });

    expect(readCartRequest(cart(MAX_ORDER_GROUPS))).toHaveProperty('draft');
    expect(pathsIn(errorIn(cart(MAX_ORDER_GROUPS + 1)))).toEqual(['lineItems']);
  });
});
