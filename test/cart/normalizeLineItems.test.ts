/** The line items of a request are normalized to the line items of a cart. */
import { describe, expect, it } from 'vitest';
import { flatten, type LineItemDraft } from '../../shared/cart/lineItem.ts';
import { normalizeLineItems } from '../../shared/cart/normalizeLineItems.ts';
import { LEGACY, line, NOW, RULES } from '../support/samples.ts';

const compose = (drafts: LineItemDraft[]) => normalizeLineItems(drafts, { rules: RULES, nowMs: NOW });

describe('ids', () => {
  it('Ids number a base line item, its add-ons, then the next base line item', () => {
    const items = compose([line({ addonItems: [line(), line()] }), line(), line({ addonItems: [line()] })]);

    expect(items.map(({ id }) => id)).toEqual([0, 3, 4]);
    expect(items.map(({ addonItems }) => addonItems?.map(({ id }) => id))).toEqual([[1, 2], undefined, [5]]);
    expect(flatten(items).map(({ id }) => id)).toEqual([0, 1, 2, 3, 4, 5]);
  });
});

describe('currency', () => {
  it('A line item without a currency has the default currency', () => {
    expect(compose([line(), line({ currencyCode: 'EUR' })]).map((item) => item.currencyCode)).toEqual([
      'USD',
      'EUR',
    ]);
  });

  it('An add-on has the currency of its base line item, because they are ordered together', () => {
    const [item] = compose([
      line({ currencyCode: 'EUR', addonItems: [line(), line({ currencyCode: 'GBP' })] }),
    ]);

    expect(item?.addonItems?.map((addon) => addon.currencyCode)).toEqual(['EUR', 'EUR']);
  });
});

it('The term is stored only if the caller named it, so that an implied term is never returned as the caller’s', () => {
  const provisioningContext = { duration: '1Year' };

  expect(compose([line({ provisioningContext })])[0]).not.toHaveProperty('termDuration');
  expect(compose([line({ termDuration: 'P1M', provisioningContext })])[0]?.termDuration).toBe('P1M');
});

describe('errors of a line item', () => {
  it.each(['DG7GMGF0DWTL:0001:DG7GMGF0DSJB', 'dg7gmgf0dwtl:0001:dg7gmgf0dsjb', LEGACY, 'MS-AZR-0145P'])(
    'A line item with the catalog item id %s has no error',
    (catalogItemId) => {
      expect(compose([line({ catalogItemId })])[0]).not.toHaveProperty('error');
    },
  );

  it.each(['nonsense', 'DG7GMGF0DWTL:0001', 'DG7GMGF0DWTL:0001:DG7GMGF0DSJB:X', 'MS-AZR-', `${LEGACY}0`])(
    'A line item with the malformed catalog item id %s has error 10001',
    (catalogItemId) => {
      expect(compose([line({ catalogItemId })])[0]?.error).toEqual({
        errorCode: 10_001,
        errorDescription: expect.stringContaining(catalogItemId),
      });
    },
  );

  it('An invalid add-on has the error, and its base line item has none', () => {
    const [item] = compose([line({ addonItems: [line(), line({ catalogItemId: 'nonsense' })] })]);

    expect(item).not.toHaveProperty('error');
    expect(item?.addonItems?.map(({ error }) => error?.errorCode)).toEqual([undefined, 10_001]);
  });
});

it('Normalizing does not change the caller’s line items', () => {
  const draft = line({ addonItems: [line()], participants: [{ key: 'transaction_reseller', value: '1' }] });
  const before = structuredClone(draft);

  compose([draft]);

  expect(draft).toEqual(before);
});
