/** Which error a line item with several errors reports, and how frozen line items count. */
import { describe, expect, it } from 'vitest';
import type { LineItem, LineItemDraft } from '../../shared/cart/lineItem.ts';
import { normalizeLineItems } from '../../shared/cart/normalizeLineItems.ts';
import { cartOf, HOUR, NOW, RULES } from '../support/samples.ts';
import { ADDON, addon, CATALOG, composed, errorCodes, participants, seats } from './samples.ts';

describe('precedence of errors', () => {
  const allErrors = addon({
    catalogItemId: 'NOTINCATALOG:0001:AVAILABILITY',
    participants,
    currencyCode: 'GBP',
    billingCycle: 'annual',
    termDuration: 'P1M',
    quantity: 30,
    attestationAccepted: false,
    promotionId: 'AUTUMN',
    customTermEndDate: new Date(NOW - HOUR).toISOString(),
  });
  /** Each step fixes the error that the previous step reports; the cart also has `bases` seats of the base product. */
  const STEPS: [code: number, fixed: Partial<LineItemDraft>, bases: number][] = [
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
    'Error %i is reported before those that follow in the documented order',
    (code, step) => {
      const fixed = Object.assign({}, allErrors, ...STEPS.slice(0, step + 1).map(([, more]) => more));
      const bases = STEPS[step]?.[2] ?? 0;

      const items = composed(bases > 0 ? [fixed, seats({ quantity: bases })] : [fixed], {
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

describe('line items of frozen groups', () => {
  const [frozen] = cartOf([seats({ quantity: 14 })]).lineItems as [LineItem];
  const compose = (drafts: LineItemDraft[]) =>
    normalizeLineItems(drafts, { rules: { ...RULES, catalog: CATALOG }, nowMs: NOW, frozen: [frozen] });

  it('Frozen line items are not validated, and count towards the maximum of their product', () => {
    const before = structuredClone(frozen);

    const items = compose([addon(), seats()]);

    expect(errorCodes(items)).toEqual([undefined, undefined, 10_015]);
    expect(items[0]).toEqual(frozen);
    expect(items[0]).not.toBe(frozen);
    expect(items[2]?.error?.additionalInformation).toEqual({ availableQuantity: 1 });
    expect(frozen).toEqual(before);
  });

  it('A frozen base line item removes the error of an add-on without a base', () => {
    const alone = composed([addon()]);

    expect(errorCodes(alone)).toEqual([400_041]);
    expect(compose(alone)[1]).not.toHaveProperty('error');
  });
});
