/** The errors of line items that are not purchasable, by error code. */
import { describe, expect, it } from 'vitest';
import type { LineItemDraft } from '../../shared/cart/lineItem.ts';
import type { LineItemRules } from '../../shared/cart/lineRules.ts';
import { DAY, HOUR, line, NOW } from '../support/samples.ts';
import {
  ADDON,
  addon,
  composed,
  errorCodes,
  OFFER,
  OTHER_AVAILABILITY,
  offer,
  participants,
  SCHOOL,
  SOFTWARE,
  seats,
} from './samples.ts';

const at = (ms: number) => new Date(ms).toISOString();
const withSubscription = { provisioningContext: { parentSubscriptionId: 'c8c8…' } };
/** A calendar year from `NOW`, in milliseconds: until 15 March 2027. */
const YEAR = 365 * DAY;

describe('purchasable line items', () => {
  const PURCHASABLE: [string, LineItemDraft[], Partial<LineItemRules>?][] = [
    ['a product of the catalog', [seats()]],
    [
      'another availability of a product, in lower case',
      [seats({ catalogItemId: 'aaaaaaaaaaaa:0001:availableas2' })],
    ],
    ['an offer in upper case', [offer({ catalogItemId: OFFER.toUpperCase() })]],
    ['another currency of the market', [seats({ currencyCode: 'EUR' })]],
    ['no term, although the billing cycle has terms', [seats({ billingCycle: 'annual' })]],
    ['no term of a product without terms', [line({ catalogItemId: SOFTWARE, billingCycle: 'one_time' })]],
    ['the minimum and the maximum quantity', [seats({ quantity: 2 }), seats({ quantity: 10 })]],
    ['a promotion of the product', [seats({ promotionId: 'SPRING' })]],
    ['an accepted attestation', [line({ catalogItemId: SCHOOL, attestationAccepted: true })]],
    ['participants of an indirect provider', [seats({ participants })]],
    [
      'no participants, of a partner that is not an indirect provider',
      [seats({ participants: [] })],
      { isIndirectProvider: false },
    ],
    ['an add-on within its base line item', [seats({ addonItems: [addon()] })]],
    ['an add-on next to its base line item', [addon(), seats()]],
    [
      'an add-on next to two bases with enough seats together',
      [addon(), seats({ quantity: 3 }), offer({ quantity: 2 })],
    ],
    ['an add-on of a subscription that the customer has', [addon(withSubscription)]],
    [
      'an end date at the end of the first term',
      [seats({ termDuration: 'P1Y', customTermEndDate: at(NOW + YEAR) })],
    ],
    [
      'an end date one millisecond from now',
      [seats({ termDuration: 'P1M', customTermEndDate: at(NOW + 1) })],
    ],
    ['an end date without a time', [seats({ termDuration: 'P1M', customTermEndDate: '2026-04-01' })]],
  ];

  it.each(PURCHASABLE)('A cart with %s has no errors', (_, drafts, rules) => {
    expect(errorCodes(composed(drafts, rules)).filter(Boolean)).toEqual([]);
  });
});

describe('a line item that is not purchasable', () => {
  const NOT_PURCHASABLE: [number, string, LineItemDraft[], RegExp, Partial<LineItemRules>?][] = [
    [10001, 'an id that is not in the catalog', [line()], /no item with ID DG7GMGF0DWTL:0001/],
    [10001, 'a SKU without an availability', [seats({ catalogItemId: 'AAAAAAAAAAAA:0001' })], /is not valid/],
    [
      10001,
      'another availability of a product that is sold in one only',
      [addon({ catalogItemId: `${ADDON.slice(0, -1)}2` })],
      /no item/,
    ],
    [
      10004,
      'participants of a partner that is not an indirect provider',
      [seats({ participants })],
      /not supported/,
      { isIndirectProvider: false },
    ],
    [
      10000,
      'a currency of another market',
      [seats({ currencyCode: 'GBP' })],
      /^GBP is not supported in market US; supported: USD, EUR\.$/,
    ],
    [
      400041,
      'an add-on without a base',
      [addon()],
      /^The add-on is not purchasable without a compatible base product\.$/,
    ],
    [
      400041,
      'an add-on next to an incompatible product',
      [addon(), line({ catalogItemId: SCHOOL, attestationAccepted: true })],
      /base/,
    ],
    [
      10013,
      'a billing cycle that the product does not have',
      [seats({ billingCycle: 'triennial' })],
      /^Billing cycle triennial is not supported; supported: monthly, annual\.$/,
    ],
    [
      10013,
      'a term that the billing cycle does not have',
      [seats({ billingCycle: 'annual', termDuration: 'P1M' })],
      /^Term P1M is not supported with billing cycle annual; supported: P1Y\.$/,
    ],
    [
      10013,
      'a term of a product without terms',
      [line({ catalogItemId: SOFTWARE, billingCycle: 'one_time', termDuration: 'P1Y' })],
      /supported: no term/,
    ],
    [
      10018,
      'an add-on with too few seats of its base',
      [addon(), seats({ quantity: 4 })],
      /needs 5 seats .* has 4/,
    ],
    [10019, 'too few seats of an add-on', [addon({ quantity: 2 }), seats()], /2 is below the minimum 3/],
    [
      10019,
      'too few seats of an add-on of a subscription',
      [addon({ quantity: 2, ...withSubscription })],
      /2 is below the minimum 3/,
    ],
    [10010, 'a quantity below the minimum', [seats({ quantity: 1 })], /1 is below the minimum 2/],
    [
      10015,
      'a quantity above the maximum',
      [seats({ quantity: 11 })],
      /11 exceeds the available quantity 10/,
    ],
    [
      10012,
      'an attestation that is not accepted',
      [line({ catalogItemId: SCHOOL, attestationAccepted: false })],
      /attestation/,
    ],
    [10012, 'an absent attestation', [line({ catalogItemId: SCHOOL })], /attestation/],
    [10014, 'a promotion of another product', [seats({ promotionId: 'AUTUMN' })], /AUTUMN/],
    [
      10016,
      'an end date for a product that allows none',
      [offer({ termDuration: 'P1Y', customTermEndDate: at(NOW + DAY) })],
      /not supported/,
    ],
    [
      10016,
      'an end date without a term',
      [seats({ customTermEndDate: at(NOW + DAY) })],
      /requires .* a term/,
    ],
    [
      10017,
      'an end date in the past',
      [seats({ termDuration: 'P1M', customTermEndDate: at(NOW) })],
      /not within/,
    ],
    [
      10017,
      'an end date beyond the first term',
      [seats({ termDuration: 'P1Y', customTermEndDate: at(NOW + YEAR + 1) })],
      /not within .* P1Y/,
    ],
  ];

  it.each(NOT_PURCHASABLE)('A line item has error %i for %s', (errorCode, _, drafts, description, rules) => {
    const [first] = composed(drafts, rules);

    expect(first?.error).toMatchObject({ errorCode, errorDescription: expect.stringMatching(description) });
    expect(
      errorCodes(composed(drafts, rules)).slice(1).filter(Boolean),
      'the other line items have no error',
    ).toEqual([]);
  });

  it('A quantity above the maximum is reported with the available quantity', () => {
    const [first] = composed([seats({ quantity: 11 })]);

    expect(first?.error?.additionalInformation).toEqual({ availableQuantity: 10 });
  });

  it('The maximum of a product counts all its line items in the cart, in their order', () => {
    const drafts = [
      seats({ quantity: 8 }),
      seats({ quantity: 8, catalogItemId: OTHER_AVAILABILITY }),
      seats(),
    ];

    const items = composed(drafts);

    expect(errorCodes(items)).toEqual([undefined, 10_015, 10_015]);
    expect(items.map(({ error }) => error?.additionalInformation?.availableQuantity)).toEqual([
      undefined,
      7,
      0,
    ]);
  });

  it('The error of an add-on is reported on the add-on and not on its base line item', () => {
    const items = composed([
      seats({ addonItems: [addon({ quantity: 1 })] }),
      offer({ addonItems: [seats()] }),
    ]);

    expect(errorCodes(items)).toEqual([undefined, 10_019, undefined, undefined]);
  });

  it('An add-on within a line item needs that line item as its base, whatever else is in the cart', () => {
    const school = line({ catalogItemId: SCHOOL, attestationAccepted: true, addonItems: [addon()] });

    expect(errorCodes(composed([school, seats()]))).toEqual([undefined, 400_041, undefined]);
  });
});

describe('without a catalog', () => {
  it('Without a catalog, every well-formed line item is accepted with any conditions', () => {
    const drafts = [
      addon({ currencyCode: 'GBP', promotionId: 'AUTUMN', customTermEndDate: at(NOW - HOUR) }),
      line(),
    ];

    expect(errorCodes(composed(drafts, { catalog: undefined }))).toEqual([undefined, undefined]);
  });

  it('Without a catalog, participants are still accepted from indirect providers only', () => {
    const rules = { catalog: undefined, isIndirectProvider: false };

    expect(errorCodes(composed([seats({ participants })], rules))).toEqual([10_004]);
  });
});
