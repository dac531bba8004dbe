/** From what a caller said to what stands in the cart. */
import { describe, expect, it } from 'vitest';
import { flatten, type LineItemDraft } from '../../shared/cart/lineItem.ts';
import { normalizeLineItems } from '../../shared/cart/normalizeLineItems.ts';
import { LEGACY, line, NOW, RULES } from '../support/samples.ts';

const compose = (drafts: LineItemDraft[]) => normalizeLineItems(drafts, { rules: RULES, nowMs: NOW });

describe('ids', () => {
  it('numbers a base, its add-ons, then the next base', () => {
    const items = compose([line({ addonItems: [line(), line()] }), line(), line({ addonItems: [line()] })]);

    expect(items.map(({ id }) => id)).toEqual([0, 3, 4]);
    expect(items.map(({ addonItems }) => addonItems?.map(({ id }) => id))).toEqual([[1, 2], undefined, [5]]);
    expect(flatten(items).map(({ id }) => id)).toEqual([0, 1, 2, 3, 4, 5]);
  });
});

describe('currency', () => {
  it('is the default where the line item names none', () => {
    expect(compose([line(), line({ currencyCode: 'EUR' })]).map((item) => item.currencyCode)).toEqual([
      'USD',
      'EUR',
    ]);
  });

  it('of an add-on is its base’s, because they are ordered together', () => {
    const [item] = compose([
      line({ currencyCode: 'EUR', addonItems: [line(), line({ currencyCode: 'GBP' })] }),
    ]);

    expect(item?.addonItems?.map((addon) => addon.currencyCode)).toEqual(['EUR', 'EUR']);
  });
});

it('leaves the term to what the caller said: one that is implied would come back as the caller’s own', () => {
  const provisioningContext = { duration: '1Year' };

  expect(compose([line({ provisioningContext })])[0]).not.toHaveProperty('termDuration');
  expect(compose([line({ termDuration: 'P1M', provisioningContext })])[0]?.termDuration).toBe('P1M');
});

describe('errors on the line', () => {
  it.each(['DG7GMGF0DWTL:0001:DG7GMGF0DSJB', 'dg7gmgf0dwtl:0001:dg7gmgf0dsjb', LEGACY, 'MS-AZR-0145P'])(
    'has none for %s',
    (catalogItemId) => {
      expect(compose([line({ catalogItemId })])[0]).not.toHaveProperty('error');
    },
  );

  it.each(['nonsense', 'DG7GMGF0DWTL:0001', 'DG7GMGF0DWTL:0001:DG7GMGF0DSJB:X', 'MS-AZR-', `${LEGACY}0`])(
    'has 10001, a number, for %s',
    (catalogItemId) => {
      expect(compose([line({ catalogItemId })])[0]?.error).toEqual({
        errorCode: 10_001,
        errorDescription: expect.stringContaining(catalogItemId),
      });
    },
  );

  it('marks the add-on that is wrong, not its base', () => {
    const [item] = compose([line({ addonItems: [line(), line({ catalogItemId: 'nonsense' })] })]);

    expect(item).not.toHaveProperty('error');
    expect(item?.addonItems?.map(({ error }) => error?.errorCode)).toEqual([undefined, 10_001]);
  });
});

it('leaves what the caller said as it was', () => {
  const draft = line({ addonItems: [line()], participants: [{ key: 'transaction_reseller', value: '1' }] });
  const before = structuredClone(draft);

  compose([draft]);

  expect(draft).toEqual(before);
});
