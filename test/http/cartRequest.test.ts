/** The request of a cart, in every documented spelling. */
import { describe, expect, it } from 'vitest';
import type { LineItemDraft } from '../../shared/cart/lineItem.ts';
import { readCartRequest } from '../../shared/http/cartRequest.ts';
import { LEGACY, MODERN } from '../support/samples.ts';

/** The draft in this JSON value; throws if it is invalid. */
function draftOf(json: unknown) {
  const read = readCartRequest(json);
  if ('error' in read) throw new Error(JSON.stringify(read.error));
  return read.draft;
}
const LINE = { catalogItemId: MODERN, quantity: 1, billingCycle: 'monthly' };
/** The draft of a cart of one line item with these members. */
const lineOf = (more: object): LineItemDraft | undefined =>
  draftOf({ lineItems: [{ ...LINE, ...more }] }).lineItems[0];

describe('Spellings of members and values', () => {
  it('catalogId is read as catalogItemId, which takes precedence if both are present', () => {
    const { catalogItemId: _, ...rest } = LINE;

    expect(draftOf({ LineItems: [{ ...rest, CatalogId: LEGACY }] }).lineItems[0]?.catalogItemId).toBe(LEGACY);
    expect(lineOf({ catalogId: LEGACY })?.catalogItemId).toBe(MODERN);
  });

  it.each([
    ['OneTime', 'one_time'],
    ['one_time', 'one_time'],
    ['ONE-TIME', 'one_time'],
    ['one time', 'one_time'],
    ['Monthly', 'monthly'],
    ['annual', 'annual'],
    ['None', 'none'],
    ['Triennial', 'triennial'],
    ['biennial', 'biennial'],
    [1, 'monthly'],
    [2, 'annual'],
    [3, 'none'],
    [4, 'one_time'],
    [5, 'triennial'],
    [6, 'biennial'],
  ])('The billing cycle %j is read as %s', (sent, cycle) => {
    expect(lineOf({ billingCycle: sent })?.billingCycle).toBe(cycle);
  });

  it.each([
    ['TransactionReseller', 'transaction_reseller'],
    ['transaction_reseller', 'transaction_reseller'],
    ['additionalTransactionReseller', 'additional_transaction_reseller'],
    ['consumption_reseller', 'consumption_reseller'],
    [0, 'unknown'],
    [1, 'transaction_reseller'],
    [2, 'consumption_reseller'],
    [3, 'additional_transaction_reseller'],
  ])('The participant key %j is read as %s', (sent, key) => {
    expect(lineOf({ participants: [{ Key: sent, Value: 5357564 }] })?.participants).toEqual([
      { key, value: '5357564' },
    ]);
  });

  it('Participants can be a dictionary', () => {
    expect(
      lineOf({ Participants: { TransactionReseller: '1', additional_transaction_reseller: 2 } })
        ?.participants,
    ).toEqual([
      { key: 'transaction_reseller', value: '1' },
      { key: 'additional_transaction_reseller', value: '2' },
    ]);
  });

  it.each([
    ['5357564;5357563, 5', ['5357564', '5357563', '5']],
    [
      ['5357564', 5357563],
      ['5357564', '5357563'],
    ],
    [517285, ['517285']],
    ['', []],
    [[], []],
  ])('The additional partners on record %j are read as participants', (sent, ids) => {
    const participants = lineOf({ AdditionalPartnerIdsOnRecord: sent })?.participants ?? [];

    expect(participants).toEqual(ids.map((value) => ({ key: 'additional_transaction_reseller', value })));
  });

  it.each([[[{ key: 'transaction_reseller', value: '1' }]], [{ transaction_reseller: '1' }]])(
    'Additional partners on record are added after the participants %j',
    (participants) => {
      expect(lineOf({ participants, additionalPartnerIdsOnRecord: '2' })?.participants).toEqual([
        { key: 'transaction_reseller', value: '1' },
        { key: 'additional_transaction_reseller', value: '2' },
      ]);
    },
  );

  it.each([
    [{ TermDuration: 'P1Y' }, { termDuration: 'P1Y' }],
    [[{ TermDuration: 'P1Y' }, { TermDuration: 'P1M' }], { termDuration: 'P1Y' }],
    [[], undefined],
    [null, undefined],
  ])('The renewsTo %j is read as %j', (sent, renewsTo) => {
    expect(lineOf({ RenewsTo: sent })?.renewsTo).toEqual(renewsTo);
  });

  it.each(['addonItems', 'addOnItems', 'AddonItems', 'AddOnItems'])('Add-ons can be named %s', (name) => {
    expect(
      lineOf({
        [name]: [
          { ...LINE, CatalogItemId: LEGACY },
          { ...LINE, addOnItems: [] },
        ],
      })?.addonItems,
    ).toHaveLength(2);
  });

  it('Currency and term are read in any letter case', () => {
    expect(lineOf({ currencyCode: 'eur', termDuration: 'p1y' })).toMatchObject({
      currencyCode: 'EUR',
      termDuration: 'P1Y',
    });
  });

  it('Values of the provisioning context are read as text, and its keys begin with a lower-case letter', () => {
    expect(
      lineOf({ ProvisioningContext: { ParentSubscriptionId: 'a', Count: 3, Shared: true } })
        ?.provisioningContext,
    ).toEqual({
      parentSubscriptionId: 'a',
      count: '3',
      shared: 'true',
    });
  });

  it('Every other member is read unchanged', () => {
    const rest = {
      friendlyName: 'Mine',
      promotionId: '39NFJQT1PHSN:0008:39NFJQT1Q5J0',
      customTermEndDate: '2027-02-19T00:00:00Z',
      attestationAccepted: true,
      purchaseSystem: 'PI',
      purchaseCommitment: { amount: 1.5, currency: 'usd', grain: 'hourly' },
      scheduledNextTermInstructions: { product: { productId: 'x' }, quantity: 2 },
    };

    expect(lineOf(rest)).toEqual({ ...LINE, ...rest });
  });
});

describe('Integers as text (PowerShell, Import-Csv)', () => {
  it('A quantity as text is read when the text is exactly an integer', () => {
    expect(lineOf({ quantity: '25' })).toEqual({ ...LINE, quantity: 25 });
  });

  it.each(['25.0', ' 25', '25 ', '+25', '025', '0x19', '2e1', '', '1e400'])(
    'A quantity as text is rejected when it is not exactly an integer: %j',
    (quantity) => {
      expect(readCartRequest({ lineItems: [{ ...LINE, quantity }] })).toMatchObject({
        error: { data: [{ path: 'lineItems[0].quantity' }] },
      });
    },
  );
});

describe('Text that storage and queues cannot carry', () => {
  it.each(['a\ud83d', '\ude00', 'a\0b', 'a\uffff', '\ufffe'])(
    'Text with an unpaired surrogate, a NUL or a noncharacter is rejected with its path: %j',
    (text) => {
      const bad = {
        ...LINE,
        friendlyName: text,
        scheduledNextTermInstructions: { a: [{ [text]: 1 }, text] },
      };

      expect(readCartRequest({ lineItems: [LINE, bad] })).toMatchObject({
        error: {
          name: 'invalidInput',
          data: [
            { path: 'lineItems[1].friendlyName' },
            { path: 'lineItems[1].scheduledNextTermInstructions.a[0]' },
            { path: 'lineItems[1].scheduledNextTermInstructions.a[1]' },
          ],
        },
      });
    },
  );

  it('Text with surrogate pairs or line separators is accepted', () => {
    const friendlyName = 'Contoso 😀\u2028\u2029';

    expect(lineOf({ friendlyName })).toEqual({ ...LINE, friendlyName });
  });
});

describe('The id of a line item', () => {
  it('The id of a line item is an integer, also as text, and any other value is ignored', () => {
    expect(lineOf({ Id: 7 })).toEqual({ ...LINE, id: 7 });
    expect(lineOf({ Id: '7' })).toEqual({ ...LINE, id: 7 });
    for (const id of ['7.0', 1.5, {}, '00000000-0000-0000-0000-000000000000']) {
      expect(lineOf({ id })).toEqual(LINE);
    }
  });
});

describe('Read-only members', () => {
  it('Members that only the service sets are ignored', () => {
    const sent = {
      orderGroup: '5',
      error: { errorCode: 1 },
      pricing: { price: 1 },
      AudienceClaimHeader: 'x',
    };

    expect(lineOf(sent)).toEqual(LINE);
    expect(
      draftOf({
        id: 'x',
        status: 'Ordered',
        creationTimeStamp: 'soon',
        links: {},
        attributes: {},
        lineItems: [LINE],
      }),
    ).toEqual({ lineItems: [LINE] });
  });

  it('Members cannot be set through __proto__', () => {
    const json =
      JSON.parse(`{"__proto__":{"status":"Ordered"},"lineItems":[{"__proto__":{"error":{}},"catalogItemId":"${MODERN}",
      "quantity":1,"billingCycle":"monthly","provisioningContext":{"__proto__":{"a":1},"constructor":"b"}}]}`);

    const draft = draftOf(json);

    expect(draft.lineItems).toEqual([{ ...LINE, provisioningContext: { constructor: 'b' } }]);
    expect({}).not.toHaveProperty('a');
  });
});

it('The attestation is read if it is present, and stays absent otherwise', () => {
  expect(draftOf({ lineItems: [LINE], PartnerOnRecordAttestationAccepted: true })).toMatchObject({
    partnerOnRecordAttestationAccepted: true,
  });
  expect(draftOf({ lineItems: [LINE], PartnerOnRecordAttestationAccepted: null })).toEqual({
    lineItems: [LINE],
  });
});
