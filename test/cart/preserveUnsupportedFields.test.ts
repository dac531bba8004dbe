/** What a client cannot say of a line item stays as it was. */
import { describe, expect, it } from 'vitest';
import { decideReplace } from '../../shared/cart/decideReplace.ts';
import { preserveUnsupportedFields } from '../../shared/cart/preserveUnsupportedFields.ts';
import { cartOf, LEGACY, line, NOW, RULES } from '../support/samples.ts';

const PROMOTED = { promotionId: 'promotion', attestationAccepted: true };
const UNSAID = ['promotionId', 'attestationAccepted', 'purchaseCommitment'] as const;
const itemsOf = (...drafts: Parameters<typeof cartOf>[0] & object) => cartOf(drafts).lineItems;

describe('a line item that comes back', () => {
  it('keeps what its sender cannot say, and nothing else', () => {
    const was = itemsOf(line({ ...PROMOTED, friendlyName: 'Mine', termDuration: 'P1Y' }));

    expect(preserveUnsupportedFields([line({ quantity: 9 })], was, UNSAID)).toEqual([
      line({ quantity: 9, ...PROMOTED }),
    ]);
    expect(preserveUnsupportedFields([line()], was, [])).toEqual([line()]);
  });

  it('takes what its sender says all the same', () => {
    const said = line({ promotionId: 'another', attestationAccepted: false });

    expect(preserveUnsupportedFields([said], itemsOf(line(PROMOTED)), UNSAID)).toEqual([said]);
  });

  it('is known by its catalogue item, the first for the first', () => {
    const was = itemsOf(
      line({ promotionId: 'a' }),
      line({ promotionId: 'b' }),
      line({ catalogItemId: LEGACY }),
    );
    const drafts = [line({ catalogItemId: LEGACY }), line(), line(), line()];

    expect(preserveUnsupportedFields(drafts, was, UNSAID).map(({ promotionId }) => promotionId)).toEqual([
      undefined,
      'a',
      'b',
      undefined,
    ]);
  });

  it('is known by its id first, so that it keeps its own when another has gone', () => {
    const was = itemsOf(
      line({ promotionId: 'a' }),
      line({ promotionId: 'b' }),
      line({ catalogItemId: LEGACY }),
    );
    const promotions = (...drafts: Parameters<typeof preserveUnsupportedFields>[0]) =>
      preserveUnsupportedFields(drafts, was, UNSAID).map(({ promotionId }) => promotionId);

    expect(promotions(line({ id: 1 }))).toEqual(['b']);
    expect(promotions(line(), line({ id: 0 }))).toEqual(['b', 'a']);
    expect(promotions(line({ id: 0 }), line({ id: 0 }))).toEqual(['a', 'b']);
    expect(promotions(line({ id: 2 }))).toEqual(['a']);
  });

  it('keeps what came back empty', () => {
    const context = { subscriptionId: 's', duration: '1Year' };
    const was = itemsOf(line({ provisioningContext: context }));
    const kept = (draft: Parameters<typeof line>[0]) =>
      preserveUnsupportedFields([line(draft)], was, ['provisioningContext'])[0]?.provisioningContext;

    expect(kept({ provisioningContext: {} })).toEqual(context);
    expect(kept({})).toEqual(context);
    expect(kept({ provisioningContext: { scope: 'shared' } })).toEqual({ scope: 'shared' });
  });

  it('brings its add-ons', () => {
    const was = itemsOf(line({ addonItems: [line({ promotionId: 'a' })] }), line({ promotionId: 'b' }));
    const drafts = [line({ addonItems: [line(), line()] }), line({ addonItems: [line()] })];

    expect(preserveUnsupportedFields(drafts, was, UNSAID)).toEqual([
      line({ addonItems: [line({ promotionId: 'a' }), line()] }),
      line({ addonItems: [line()], promotionId: 'b' }),
    ]);
  });
});

it('a replace carries over for a client that cannot say, and for no other', () => {
  const cart = cartOf([line(PROMOTED)]);
  const replaced = (unsupportedFields?: typeof UNSAID) => {
    const context = { nowMs: NOW, etag: 'W/"1"', rules: RULES, modifiedBy: 'me', unsupportedFields };
    const decision = decideReplace(cart, { lineItems: [line()] }, context);
    return decision.kind === 'write' ? decision.cart.lineItems[0]?.promotionId : decision;
  };

  expect(replaced(UNSAID)).toBe('promotion');
  expect(replaced()).toBeUndefined();
});
