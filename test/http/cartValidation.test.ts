/** What is structurally wrong with a cart is refused, every offending member by its path. */
import { describe, expect, it } from 'vitest';
import { MAX_LINE_ITEMS, MAX_ORDER_GROUPS } from '../../shared/cart/limits.ts';
import type { ApiError } from '../../shared/errors.ts';
import { readCartRequest } from '../../shared/http/cartRequest.ts';
import { errorResponse } from '../../shared/http/response.ts';
import { MODERN } from '../support/samples.ts';

const LINE = { catalogItemId: MODERN, quantity: 1, billingCycle: 'monthly' };

function faultIn(json: unknown): ApiError {
  const read = readCartRequest(json);
  if (!('error' in read)) throw new Error('The request was read.');
  expect(errorResponse(read.error).status).toBe(400);
  return read.error;
}
const pathsIn = ({ data }: ApiError) => (data ?? []).map((problem) => (problem as { path: string }).path);
const lineFault = (more: object) => faultIn({ lineItems: [{ ...LINE, ...more }] });
const lines = (count: number) => Array.from({ length: count }, () => LINE);

it.each([null, 'success', 5, true, [], [LINE]])('refuses a body that is no cart: %j', (json) => {
  expect(faultIn(json).name).toBe('invalidInput');
});

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
])('refuses %j at %s', (json, path) => {
  const error = faultIn(json);

  expect([error.name, pathsIn(error)]).toEqual(['invalidInput', [path]]);
});

describe('a line item', () => {
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
  ])('with %s %j is %s', (member, value, name) => {
    const error = lineFault({ [member]: value });

    expect(error.name).toBe(name);
    expect(pathsIn(error).every((path) => path.startsWith(`lineItems[0].${member}`))).toBe(true);
    expect(pathsIn(error).length).toBeGreaterThan(0);
  });

  it.each([
    [{ participants: [{ key: 'nobody', value: '1' }] }, 'enumInvalid', 'lineItems[0].participants[0].key'],
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
  ])('names the member inside: %j', (more, name, path) => {
    const error = lineFault(more);

    expect([error.name, pathsIn(error)]).toEqual([name, [path]]);
  });

  it('has one reseller, because an order has room for one', () => {
    const two = ['1', '2'].map((value) => ({ key: 'transaction_reseller', value }));

    expect(lineFault({ participants: two }).data).toEqual([
      { path: 'lineItems[0].participants', message: 'must have at most one transaction_reseller' },
    ]);
  });

  it('has each additional reseller once, however they are given', () => {
    expect(pathsIn(lineFault({ additionalPartnerIdsOnRecord: ['1', 1] }))).toEqual([
      'lineItems[0].participants',
    ]);
  });

  it('has ids for additional resellers, not something else', () => {
    expect(pathsIn(lineFault({ additionalPartnerIdsOnRecord: { a: 1 } }))).toEqual([
      'lineItems[0].participants[0].value',
    ]);
  });

  it('has at most five additional resellers, however they are given', () => {
    const six = Array.from({ length: 6 }, (_, n) => ({
      key: 'additional_transaction_reseller',
      value: String(n),
    }));
    const crowded = { ...LINE, participants: six };

    expect(pathsIn(lineFault(crowded))).toEqual(['lineItems[0].participants']);
    expect(pathsIn(lineFault({ additionalPartnerIdsOnRecord: '1,2,3,4,5,6' }))).toEqual([
      'lineItems[0].participants',
    ]);
    expect(pathsIn(faultIn({ lineItems: [{ ...LINE, addonItems: [LINE, crowded] }, crowded] }))).toEqual([
      'lineItems[0].addonItems[1].participants',
      'lineItems[1].participants',
    ]);
    expect(readCartRequest({ lineItems: [{ ...LINE, participants: six.slice(1) }] })).toHaveProperty('draft');
  });
});

describe('many errors', () => {
  it('are all reported, under the code for errors of several kinds', () => {
    const error = faultIn({
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

  it('of one kind keep its code', () => {
    const error = faultIn({
      lineItems: [
        { ...LINE, billingCycle: 'x' },
        { ...LINE, billingCycle: 'y' },
      ],
    });

    expect([error.name, pathsIn(error).length]).toEqual(['billingCycleInvalid', 2]);
  });

  it('fit an answer, whatever a hostile body holds', () => {
    const error = faultIn({
      lineItems: Array(MAX_LINE_ITEMS).fill({ addonItems: 5, renewsTo: 5, participants: 5, quantity: 'x' }),
    });

    expect(error.data?.length).toBeLessThanOrEqual(1_000);
    expect((errorResponse(error).body as { description: string }).description.length).toBeLessThanOrEqual(
      1_024,
    );
  });
});

describe('limits', () => {
  it('takes so many line items, add-ons included, and not one more', () => {
    const withAddons = [{ ...LINE, addonItems: lines(50) }, ...lines(MAX_LINE_ITEMS - 51)];

    expect(readCartRequest({ lineItems: withAddons })).toHaveProperty('draft');
    expect(pathsIn(faultIn({ lineItems: [...withAddons, LINE] }))).toEqual(['lineItems']);
  });

  it('does not look at each of a hundred thousand', () => {
    const before = process.cpuUsage();

    const error = faultIn({ lineItems: Array.from({ length: 100_000 }, () => ({})) });

    expect(pathsIn(error)).toEqual(['lineItems']);
    expect(process.cpuUsage(before).user / 1_000).toBeLessThan(3_000);
  });

  it('takes so many order groups as one transaction can record, and not one more', () => {
    const currencies = Array.from(
      { length: MAX_ORDER_GROUPS + 1 },
      (_, n) => `A${String.fromCharCode(65 + n / 26, 65 + (n % 26))}`,
    );
    const cart = (count: number) => ({
      lineItems: currencies.slice(0, count).map((currencyCode) => ({ ...LINE, currencyCode })),
    });

    expect(readCartRequest(cart(MAX_ORDER_GROUPS))).toHaveProperty('draft');
    expect(pathsIn(faultIn(cart(MAX_ORDER_GROUPS + 1)))).toEqual(['lineItems']);
  });
});
