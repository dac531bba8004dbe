/** What a caller may say about a cart, in every documented spelling. */
import { describe, expect, it } from 'vitest';
import type { LineItemDraft } from '../../shared/cart/lineItem.ts';
import { readCartRequest } from '../../shared/http/cartRequest.ts';
import { LEGACY, MODERN } from '../support/samples.ts';

/** The draft in a body of this JSON value or text; throws where there is an error. */
function draftOf(json: unknown) {
  const read = readCartRequest(json);
  if ('error' in read) throw new Error(JSON.stringify(read.error));
  return read.draft;
}
const LINE = { catalogItemId: MODERN, quantity: 1, billingCycle: 'monthly' };
/** The draft of a cart of one line item with these members. */
const lineOf = (more: object): LineItemDraft | undefined =>
  draftOf({ lineItems: [{ ...LINE, ...more }] }).lineItems[0];

describe('spellings', () => {
  it('catalogId is what the tables call catalogItemId, which wins if there are both', () => {
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
  ])('billing cycle %j is %s', (sent, cycle) => {
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
  ])('participant key %j is %s', (sent, key) => {
    expect(lineOf({ participants: [{ Key: sent, Value: 5357564 }] })?.participants).toEqual([
      { key, value: '5357564' },
    ]);
  });

  it('participants may be a dictionary', () => {
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
  ])('additional partners on record %j are participants', (sent, ids) => {
    const participants = lineOf({ AdditionalPartnerIdsOnRecord: sent })?.participants ?? [];

    expect(participants).toEqual(ids.map((value) => ({ key: 'additional_transaction_reseller', value })));
  });

  it.each([[[{ key: 'transaction_reseller', value: '1' }]], [{ transaction_reseller: '1' }]])(
    'additional partners on record come after the participants that are there: %j',
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
  ])('renewsTo %j is %j', (sent, renewsTo) => {
    expect(lineOf({ RenewsTo: sent })?.renewsTo).toEqual(renewsTo);
  });

  it.each(['addonItems', 'addOnItems', 'AddonItems', 'AddOnItems'])('add-ons come as %s', (name) => {
    expect(
      lineOf({
        [name]: [
          { ...LINE, CatalogItemId: LEGACY },
          { ...LINE, addOnItems: [] },
        ],
      })?.addonItems,
    ).toHaveLength(2);
  });

  it('currency and term are read in any case', () => {
    expect(lineOf({ currencyCode: 'eur', termDuration: 'p1y' })).toMatchObject({
      currencyCode: 'EUR',
      termDuration: 'P1Y',
    });
  });

  it('values of the provisioning context are text, its keys begin with a small letter', () => {
    expect(
      lineOf({ ProvisioningContext: { ParentSubscriptionId: 'a', Count: 3, Shared: true } })
        ?.provisioningContext,
    ).toEqual({
      parentSubscriptionId: 'a',
      count: '3',
      shared: 'true',
    });
  });

  it('every other member is read as it is', () => {
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

describe('an integer as text (PowerShell, Import-Csv)', () => {
  it('is read when the text is exactly an integer', () => {
    expect(lineOf({ quantity: '25' })).toEqual({ ...LINE, quantity: 25 });
  });

  it.each(['25.0', ' 25', '25 ', '+25', '025', '0x19', '2e1', '', '1e400'])('is rejected: %j', (quantity) => {
    expect(readCartRequest({ lineItems: [{ ...LINE, quantity }] })).toMatchObject({
      error: { data: [{ path: 'lineItems[0].quantity' }] },
    });
  });
});

describe('text that storage and queues cannot carry', () => {
  it.each(['a\ud83d', '\ude00', 'a\0b', 'a\uffff', '\ufffe'])('is rejected with its path: %j', (text) => {
    const bad = { ...LINE, friendlyName: text, scheduledNextTermInstructions: { a: [{ [text]: 1 }, text] } };

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
  });

  it('is not confused with whole characters outside the basic plane, or with line separators', () => {
    const friendlyName = 'Contoso 😀\u2028\u2029';

    expect(lineOf({ friendlyName })).toEqual({ ...LINE, friendlyName });
  });
});

describe('the id of a line item', () => {
  it('is an integer, also as text, and any other value is ignored', () => {
    expect(lineOf({ Id: 7 })).toEqual({ ...LINE, id: 7 });
    expect(lineOf({ Id: '7' })).toEqual({ ...LINE, id: 7 });
    for (const id of ['7.0', 1.5, {}, '00000000-0000-0000-0000-000000000000']) {
      expect(lineOf({ id })).toEqual(LINE);
    }
  });
});

describe('what is the service’s to say', () => {
  it('is not read', () => {
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

  it('does not come in through names that every object has', () => {
    const json =
      JSON.parse(`{"__proto__":{"status":"Ordered"},"lineItems":[{"__proto__":{"error":{}},"catalogItemId":"${MODERN}",
      "quantity":1,"billingCycle":"monthly","provisioningContext":{"__proto__":{"a":1},"constructor":"b"}}]}`);

    const draft = draftOf(json);

    expect(draft.lineItems).toEqual([{ ...LINE, provisioningContext: { constructor: 'b' } }]);
    expect({}).not.toHaveProperty('a');
  });
});

it('reads whether the attestation was accepted, and nothing where it was not said', () => {
  expect(draftOf({ lineItems: [LINE], PartnerOnRecordAttestationAccepted: true })).toMatchObject({
    partnerOnRecordAttestationAccepted: true,
  });
  expect(draftOf({ lineItems: [LINE], PartnerOnRecordAttestationAccepted: null })).toEqual({
    lineItems: [LINE],
  });
});
