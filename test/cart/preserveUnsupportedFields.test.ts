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

    const edited = line({ quantity: 9, friendlyName: 'Mine', termDuration: 'P1Y' });

    expect(preserveUnsupportedFields([edited], was, UNSAID)).toEqual([{ ...edited, ...PROMOTED }]);
    expect(preserveUnsupportedFields([edited], was, [])).toEqual([edited]);
  });

  it('takes what its sender says all the same', () => {
    const said = line({ promotionId: 'another', attestationAccepted: true });

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

describe('a new line item with the catalog item of an old one', () => {
  const HIDDEN = {
    provisioningContext: { subscriptionId: 's' },
    promotionId: 'a',
    attestationAccepted: true,
  };
  const POWERSHELL = ['provisioningContext', 'promotionId', 'attestationAccepted', 'renewsTo'] as const;
  const OLD = line({ ...HIDDEN, termDuration: 'P1Y', friendlyName: 'Old', currencyCode: 'EUR' });
  const EDIT = line({ id: 0, termDuration: 'P1Y', friendlyName: 'Old', currencyCode: 'EUR' });
  const preserved = (draft: ReturnType<typeof line>) =>
    preserveUnsupportedFields([draft], itemsOf(OLD), POWERSHELL, 'USD')[0];

  it.each<Parameters<typeof line>[0]>([
    { termDuration: 'P3Y' },
    { termDuration: undefined },
    { billingCycle: 'annual' },
    { friendlyName: 'New' },
    { friendlyName: undefined },
    { currencyCode: 'USD' },
    { currencyCode: undefined },
    { participants: [{ key: 'transaction_reseller', value: '1' }] },
    { customTermEndDate: '2027-01-01' },
    { purchaseSystem: 'other' },
    { provisioningContext: { subscriptionId: 'another' } },
    { renewsTo: { termDuration: 'P1M' } },
  ])('inherits nothing when it differs in %j', (difference) => {
    const draft = { ...EDIT, ...difference };

    expect(preserved(draft)).toEqual(draft);
  });

  it.each<Parameters<typeof line>[0]>([
    { quantity: 25 },
    { id: undefined },
    { provisioningContext: {} },
    { attestationAccepted: undefined, participants: [] },
    { addonItems: [line()] },
  ])('is an edit of the old one when it differs in %j only', (difference) => {
    const draft = { ...EDIT, ...difference };

    expect(preserved(draft)).toEqual({ ...draft, ...HIDDEN });
  });

  it('recognizes a date that its client writes in another format', () => {
    const was = itemsOf(line({ promotionId: 'a', customTermEndDate: '2027-01-01' }));
    const draft = line({ customTermEndDate: '2027-01-01T00:00:00.0000000Z' });

    expect(preserveUnsupportedFields([draft], was, ['promotionId'], 'USD')[0]?.promotionId).toBe('a');
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
