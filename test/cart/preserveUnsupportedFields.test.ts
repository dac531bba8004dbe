/** A replace preserves the fields of a line item that its client does not support. */
import { describe, expect, it } from 'vitest';
import { decideReplace } from '../../shared/cart/decideReplace.ts';
import { preserveUnsupportedFields } from '../../shared/cart/preserveUnsupportedFields.ts';
import { cartOf, LEGACY, line, NOW, RULES } from '../support/samples.ts';

const PROMOTED = { promotionId: 'promotion', attestationAccepted: true };
const UNSUPPORTED = ['promotionId', 'attestationAccepted', 'purchaseCommitment'] as const;
const itemsOf = (...drafts: Parameters<typeof cartOf>[0] & object) => cartOf(drafts).lineItems;

describe('matching line items', () => {
  it('A line item keeps the unsupported fields of its client, and no other omitted field', () => {
    const was = itemsOf(line({ ...PROMOTED, friendlyName: 'Mine', termDuration: 'P1Y' }));

    const edited = line({ quantity: 9, friendlyName: 'Mine', termDuration: 'P1Y' });

    expect(preserveUnsupportedFields([edited], was, UNSUPPORTED)).toEqual([{ ...edited, ...PROMOTED }]);
    expect(preserveUnsupportedFields([edited], was, [])).toEqual([edited]);
  });

  it('A line item takes a value that the client sends in an unsupported field', () => {
    const sent = line({ promotionId: 'another', attestationAccepted: true });

    expect(preserveUnsupportedFields([sent], itemsOf(line(PROMOTED)), UNSUPPORTED)).toEqual([sent]);
  });

  it('Line items without an id are matched by their catalog item id, in cart order', () => {
    const was = itemsOf(
      line({ promotionId: 'a' }),
      line({ promotionId: 'b' }),
      line({ catalogItemId: LEGACY }),
    );
    const drafts = [line({ catalogItemId: LEGACY }), line(), line(), line()];

    expect(preserveUnsupportedFields(drafts, was, UNSUPPORTED).map(({ promotionId }) => promotionId)).toEqual(
      [undefined, 'a', 'b', undefined],
    );
  });

  it('A line item with an id is matched first, so that it keeps its fields when another line item was removed', () => {
    const was = itemsOf(
      line({ promotionId: 'a' }),
      line({ promotionId: 'b' }),
      line({ catalogItemId: LEGACY }),
    );
    const promotions = (...drafts: Parameters<typeof preserveUnsupportedFields>[0]) =>
      preserveUnsupportedFields(drafts, was, UNSUPPORTED).map(({ promotionId }) => promotionId);

    expect(promotions(line({ id: 1 }))).toEqual(['b']);
    expect(promotions(line(), line({ id: 0 }))).toEqual(['b', 'a']);
    expect(promotions(line({ id: 0 }), line({ id: 0 }))).toEqual(['a', 'b']);
    expect(promotions(line({ id: 2 }))).toEqual(['a']);
  });

  it('Line items of one catalog item are recognized by their quantity when the client sends no ids of theirs', () => {
    const was = itemsOf(
      line({ quantity: 5, promotionId: 'a' }),
      line({ quantity: 10, promotionId: 'b' }),
      line({ quantity: 20, promotionId: 'c' }),
    );
    const promotions = (...drafts: Parameters<typeof preserveUnsupportedFields>[0]) =>
      preserveUnsupportedFields(drafts, was, UNSUPPORTED).map(({ promotionId }) => promotionId);

    expect(promotions(line({ quantity: 20 }), line({ quantity: 10 }))).toEqual(['c', 'b']);
    expect(promotions(line({ id: 0, quantity: 10 }), line({ id: 0, quantity: 5 }))).toEqual(['b', 'a']);
    expect(promotions(line({ id: 0, quantity: 20 }), line({ id: 0, quantity: 7 }))).toEqual(['c', 'a']);
    expect(promotions(line({ quantity: 10 }), line({ id: 1, quantity: 12 }))).toEqual(['a', 'b']);
  });

  it('A line item keeps an unsupported field that is sent as an empty object', () => {
    const context = { subscriptionId: 's', duration: '1Year' };
    const was = itemsOf(line({ provisioningContext: context }));
    const kept = (draft: Parameters<typeof line>[0]) =>
      preserveUnsupportedFields([line(draft)], was, ['provisioningContext'])[0]?.provisioningContext;

    expect(kept({ provisioningContext: {} })).toEqual(context);
    expect(kept({})).toEqual(context);
    expect(kept({ provisioningContext: { scope: 'shared' } })).toEqual({ scope: 'shared' });
  });

  it('The add-ons of a line item are matched with the add-ons of the same base', () => {
    const was = itemsOf(line({ addonItems: [line({ promotionId: 'a' })] }), line({ promotionId: 'b' }));
    const drafts = [line({ addonItems: [line(), line()] }), line({ addonItems: [line()] })];

    expect(preserveUnsupportedFields(drafts, was, UNSUPPORTED)).toEqual([
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
  ])(
    'A new line item inherits nothing from one with the same catalog item when it differs in %j',
    (difference) => {
      const draft = { ...EDIT, ...difference };

      expect(preserved(draft)).toEqual(draft);
    },
  );

  it.each<Parameters<typeof line>[0]>([
    { quantity: 25 },
    { id: undefined },
    { provisioningContext: {} },
    { attestationAccepted: undefined, participants: [] },
    { addonItems: [line()] },
  ])(
    'A line item is an edit of the one with the same catalog item when it differs in %j only',
    (difference) => {
      const draft = { ...EDIT, ...difference };

      expect(preserved(draft)).toEqual({ ...draft, ...HIDDEN });
    },
  );

  it('A line item is matched when its client writes the same date in another format', () => {
    const was = itemsOf(line({ promotionId: 'a', customTermEndDate: '2027-01-01' }));
    const draft = line({ customTermEndDate: '2027-01-01T00:00:00.0000000Z' });

    expect(preserveUnsupportedFields([draft], was, ['promotionId'], 'USD')[0]?.promotionId).toBe('a');
  });
});

it('A replace preserves unsupported fields only for a client that does not support them', () => {
  const cart = cartOf([line(PROMOTED)]);
  const replaced = (unsupportedFields?: typeof UNSUPPORTED) => {
    const context = { nowMs: NOW, etag: 'W/"1"', rules: RULES, modifiedBy: 'me', unsupportedFields };
    const decision = decideReplace(cart, { lineItems: [line()] }, context);
    return decision.kind === 'write' ? decision.cart.lineItems[0]?.promotionId : decision;
  };

  expect(replaced(UNSUPPORTED)).toBe('promotion');
  expect(replaced()).toBeUndefined();
});
