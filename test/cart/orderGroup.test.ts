/** Order groups, as in the samples on Partner Center's cart pages (docs/contract.md 10.1). */
import { describe, expect, it } from 'vitest';
import type { LineItemDraft } from '../../shared/cart/lineItem.ts';
import { normalizeLineItems } from '../../shared/cart/normalizeLineItems.ts';
import { groupKey, isLegacy, labelGroups, orderGroups } from '../../shared/cart/orderGroup.ts';
import { cartOf, LEGACY, line, MODERN, NOW, RULES } from '../support/samples.ts';

const AZURE = 'MS-AZR-0145P';
const PARTNER = (value: string) => [{ key: 'transaction_reseller' as const, value }];
const addon = (more: Partial<LineItemDraft> = {}) => line({ catalogItemId: LEGACY, ...more });

const SAMPLES: { sample: string; lines: LineItemDraft[]; labels: string[]; orders: string[] }[] = [
  {
    sample: 'create and checkout, 2019',
    lines: [
      line({ catalogItemId: AZURE, billingCycle: 'monthly', termDuration: 'P1Y' }),
      line({ billingCycle: 'one_time', termDuration: 'P1Y' }),
      line({ billingCycle: 'one_time', termDuration: 'P3Y' }),
      line({ billingCycle: 'one_time' }),
      line({ billingCycle: 'monthly', termDuration: 'P1M' }),
      line({ billingCycle: 'none', termDuration: 'P1M' }),
    ],
    labels: ['OMS-0', '0', '0', '0', '1', '2'],
    orders: ['OMS-0', '0', '1', '2'],
  },
  {
    sample: 'create, 2021: terms and participants differ',
    lines: [
      line({ termDuration: 'P1M', participants: PARTNER('5357564') }),
      line({ termDuration: 'P1Y', participants: PARTNER('517285') }),
    ],
    labels: ['0', '0'],
    orders: ['0'],
  },
  {
    sample: 'add-ons, 2018: a legacy base and two of them',
    lines: [line({ catalogItemId: LEGACY, addonItems: [addon(), addon()] })],
    labels: ['OMS-0', 'OMS-0', 'OMS-0'],
    orders: ['OMS-0'],
  },
  {
    sample: 'new commerce base and add-on, both ordinary line items',
    lines: [line(), line({ catalogItemId: 'CFQ7TTC0LH0Z:0001:CFQ7TTC0K18P' })],
    labels: ['0', '0'],
    orders: ['0'],
  },
  {
    sample: 'Create, Update and Check out a cart: one reservation',
    lines: [line({ billingCycle: 'one_time' })],
    labels: ['0'],
    orders: ['0'],
  },
  {
    sample: 'different currencies, because an order has one',
    lines: [line(), line({ currencyCode: 'EUR' }), line({ currencyCode: 'USD' })],
    labels: ['0', '1', '0'],
    orders: ['0', '1'],
  },
  {
    sample: 'legacy after modern: labelled separately, and legacy orders come first',
    lines: [
      line(),
      line({ catalogItemId: LEGACY }),
      line({ billingCycle: 'annual' }),
      line({ catalogItemId: AZURE, billingCycle: 'annual' }),
    ],
    labels: ['0', 'OMS-0', '1', 'OMS-1'],
    orders: ['OMS-0', 'OMS-1', '0', '1'],
  },
  {
    sample: 'an add-on of another billing cycle is ordered with its base',
    lines: [line({ addonItems: [line({ billingCycle: 'annual' })] }), line({ billingCycle: 'annual' })],
    labels: ['0', '0', '1'],
    orders: ['0', '1'],
  },
];

describe.each(SAMPLES)('the sample “$sample”', ({ sample, lines, labels, orders }) => {
  const { lineItems } = cartOf(lines);

  it(`Line items are labelled by the first appearance of their group: ${sample}`, () => {
    const all = lineItems.flatMap((item) => [item, ...(item.addonItems ?? [])]);

    expect(all.map(({ orderGroup }) => orderGroup)).toEqual(labels);
  });

  it(`Each group becomes one order, with its line items in cart order and add-ons after their base: ${sample}`, () => {
    const groups = orderGroups(lineItems);

    expect(groups.map(({ label }) => label)).toEqual(orders);
    for (const group of groups) {
      const ids = group.lineItems.map(({ id }) => id);
      expect(ids).toEqual(ids.toSorted((a, b) => a - b));
      expect(group.lineItems.every(({ orderGroup }) => orderGroup === group.label)).toBe(true);
    }
    expect(groups.flatMap((group) => group.lineItems)).toHaveLength(labels.length);
  });
});

it.each([
  [MODERN, false],
  ['DG7GMGF0DWTL:0001', false],
  [LEGACY, true],
  [AZURE, true],
  ['a:b:c:d', true],
  ['::', true],
  ['nonsense', true],
])('The catalog item id %s is legacy: %s', (catalogItemId, legacy) => {
  expect(isLegacy(catalogItemId)).toBe(legacy);
});

it('The key of a group stays the same when the other line items of the cart change', () => {
  const draft = line({ billingCycle: 'one_time' });
  const [alone] = normalizeLineItems([draft], { rules: RULES, nowMs: NOW });
  const [, second] = normalizeLineItems([line(), draft], { rules: RULES, nowMs: NOW });

  expect({ alone: alone?.orderGroup, second: second?.orderGroup }).toEqual({ alone: '0', second: '1' });
  expect(alone && groupKey(alone)).toBe(second && groupKey(second));
});

it('A key that appears several times has one label', () => {
  const labels = labelGroups(['modern|a|X', 'legacy|a|X', 'modern|a|X', 'modern|b|X']);

  expect([...labels]).toEqual([
    ['modern|a|X', '0'],
    ['legacy|a|X', 'OMS-0'],
    ['modern|b|X', '1'],
  ]);
});
