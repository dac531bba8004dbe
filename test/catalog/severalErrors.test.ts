/** Which error a line item tells when it has several, and what is made of line items that have been bought. */
import { describe, expect, it } from 'vitest';
import type { LineItem, LineItemDraft } from '../../shared/cart/lineItem.ts';
import { normalizeLineItems } from '../../shared/cart/normalizeLineItems.ts';
import { cartOf, HOUR, NOW, RULES } from '../support/samples.ts';
import { ADDON, addon, CATALOG, composed, errorCodes, participants, seats } from './samples.ts';

describe('several errors at once', () => {
  const everything = addon({
    catalogItemId: 'NOTHINGOFOUR:0001:AVAILABILITY',
    participants,
    currencyCode: 'GBP',
    billingCycle: 'annual',
    termDuration: 'P1M',
    quantity: 30,
    attestationAccepted: false,
    promotionId: 'AUTUMN',
    customTermEndDate: new Date(NOW - HOUR).toISOString(),
  });
  /** Each step mends what the one before told; bases are the cart's others, so many seats of them. */
  const STEPS: [code: number, mended: Partial<LineItemDraft>, bases: number][] = [
    [10001, {}, 0],
    [10004, { catalogItemId: ADDON }, 0],
    [10000, { participants: undefined }, 0],
    [400041, { currencyCode: 'USD' }, 0],
    [10013, {}, 2],
    [10018, { billingCycle: 'monthly' }, 2],
    [10015, {}, 5],
    [10019, { quantity: 2 }, 5],
    [10012, { quantity: 3 }, 5],
    [10014, { attestationAccepted: true }, 5],
    [10016, { promotionId: undefined }, 5],
  ];

  it.each(STEPS.map(([code], step) => [code, step]))(
    'The error %i is reported before those that follow',
    (code, step) => {
      const mended = Object.assign({}, everything, ...STEPS.slice(0, step + 1).map(([, more]) => more));
      const bases = STEPS[step]?.[2] ?? 0;

      const items = composed(bases > 0 ? [mended, seats({ quantity: bases })] : [mended], {
        isIndirectProvider: false,
      });

      expect(errorCodes(items)[0]).toBe(code);
    },
  );

  it('An exhausted inventory is reported before a quantity below the minimum', () => {
    const items = composed([seats({ quantity: 10 }), seats({ quantity: 5 }), seats({ quantity: 1 })]);

    expect(errorCodes(items)).toEqual([undefined, undefined, 10_015]);
  });
});

describe('beside line items that have been bought', () => {
  const [bought] = cartOf([seats({ quantity: 14 })]).lineItems as [LineItem];
  const compose = (drafts: LineItemDraft[]) =>
    normalizeLineItems(drafts, { rules: { ...RULES, catalog: CATALOG }, nowMs: NOW, frozen: [bought] });

  it('those are left alone, and counted', () => {
    const before = structuredClone(bought);

    const items = compose([addon(), seats()]);

    expect(errorCodes(items)).toEqual([undefined, undefined, 10_015]);
    expect(items[0]).toEqual(bought);
    expect(items[0]).not.toBe(bought);
    expect(items[2]?.error?.additionalInformation).toEqual({ availableQuantity: 1 });
    expect(bought).toEqual(before);
  });

  it('an error that a line item had without them is gone', () => {
    const alone = composed([addon()]);

    expect(errorCodes(alone)).toEqual([400_041]);
    expect(compose(alone)[1]).not.toHaveProperty('error');
  });
});
