/**
 * What a caller may say about a line item: every member, in every documented spelling and form, with what is
 * answered and what stands on the order. Data for the test of the members; it sends nothing.
 */
import { RESERVATION, SEATS } from './orders.ts';

export type Json = Record<string, unknown>;
/** A value as it is sent, and as it is answered when that is something else. */
type Form = [sent: unknown, answered?: unknown];

export interface Member {
  name: string;
  /** What the documents and SDKs call it besides the name in any case. */
  others?: string[];
  forms: Form[];
  /** What becomes of an answered value on the order line; nothing unless said. */
  ordered?: (answered: unknown) => Json;
}

/** A line item with all that it must have. */
export const LINE = { catalogItemId: SEATS.catalogItemId, quantity: 2, billingCycle: 'monthly' };
export const LEGACY = '031C9E47-4802-4248-838E-778FB1D2CC05';
const PROMOTION = '39NFJQT1PHSN:0008:39NFJQT1Q5J0';
const CONTEXT = { ParentSubscriptionId: 'A', scope: 'shared', Count: 3, isTrial: false, gone: null };
const NEXT_TERM = { product: { ProductId: 'x', skuId: null }, quantity: 2 };
const reseller = (value: string) => ({ key: 'transaction_reseller', value });
const more = (value: string) => ({ key: 'additional_transaction_reseller', value });
const same = (name: string) => (answered: unknown) => ({ [name]: answered });
const resellers = (answered: unknown) => {
  const valuesOf = (key: string) =>
    ((answered ?? []) as { key: string; value: string }[])
      .filter((one) => one.key === key)
      .map(({ value }) => value);
  const [partnerIdOnRecord] = valuesOf('transaction_reseller');
  const additional = valuesOf('additional_transaction_reseller');
  return { partnerIdOnRecord, additionalPartnerIdsOnRecord: additional.length > 0 ? additional : undefined };
};

export const MEMBERS: Member[] = [
  {
    name: 'catalogItemId',
    others: ['catalogId', 'CatalogId', 'CATALOGID'],
    forms: [[RESERVATION.catalogItemId], [LEGACY], ['MS-AZR-0145P']],
    ordered: same('offerId'),
  },
  {
    name: 'friendlyName',
    forms: [
      ['Mine', 'Mine'],
      [null, undefined],
      ['', undefined],
    ],
  },
  { name: 'quantity', forms: [[1], [2_147_483_647]], ordered: same('quantity') },
  { name: 'currencyCode', forms: [['EUR'], ['gbp', 'GBP'], [null, 'USD']] },
  {
    name: 'billingCycle',
    forms: [
      ...['monthly', 'annual', 'none', 'one_time', 'triennial', 'biennial'].map((cycle): Form => [cycle]),
      ...['Monthly', 'Annual', 'None'].map((cycle): Form => [cycle, cycle.toLowerCase()]),
      ['OneTime', 'one_time'],
      ['one-time', 'one_time'],
      [1, 'monthly'],
      [4, 'one_time'],
    ],
  },
  { name: 'termDuration', forms: [['P1M'], ['P1Y'], ['p3y', 'P3Y'], [null]], ordered: same('termDuration') },
  {
    name: 'participants',
    forms: [
      [[{ Key: 'TransactionReseller', Value: '5357564' }], [reseller('5357564')]],
      [
        [reseller('5357564'), { KEY: 'AdditionalTransactionReseller', VALUE: 517285 }],
        [reseller('5357564'), more('517285')],
      ],
      [{ transaction_reseller: '5357564' }, [reseller('5357564')]],
      [
        [
          { key: 'consumption_reseller', value: '1' },
          { key: 'unknown', value: '2' },
        ],
      ],
      [[]],
      [null],
    ],
    ordered: resellers,
  },
  {
    name: 'provisioningContext',
    forms: [
      [CONTEXT, { parentSubscriptionId: 'A', scope: 'shared', count: '3', isTrial: 'false' }],
      [{}],
      [null],
    ],
    ordered: same('provisioningContext'),
  },
  { name: 'purchaseSystem', forms: [['PI'], [null]] },
  {
    name: 'renewsTo',
    forms: [
      [{ TermDuration: 'P1Y' }, { termDuration: 'P1Y' }],
      [[{ termDuration: 'P1M' }], { termDuration: 'P1M' }],
      [null],
    ],
    ordered: same('renewsTo'),
  },
  { name: 'promotionId', forms: [[PROMOTION], [null]], ordered: same('promotionId') },
  {
    name: 'customTermEndDate',
    forms: [
      ['2027-02-19T00:00:00Z'],
      ['2027-02-19T00:00:00.1234567Z'],
      ['2027-02-19T00:00:00-08:00'],
      ['2027-02-19'],
      ['0001-01-01T00:00:00', undefined],
      ['0001-01-01T00:00:00Z', undefined],
      [null],
    ],
    ordered: same('customTermEndDate'),
  },
  { name: 'attestationAccepted', forms: [[true], [false], [null]], ordered: same('attestationAccepted') },
  {
    name: 'purchaseCommitment',
    forms: [
      [
        { Amount: 1.5, Currency: 'usd', Grain: 'hourly' },
        { amount: 1.5, currency: 'usd', grain: 'hourly' },
      ],
      [null],
    ],
    ordered: same('purchaseCommitment'),
  },
  { name: 'scheduledNextTermInstructions', forms: [[NEXT_TERM], [null]] },
];

/** A name as it is, in PascalCase, in capitals, and what else it is called. */
export const spellings = ({ name, others = [] }: Pick<Member, 'name' | 'others'>) => [
  name,
  name.charAt(0).toUpperCase() + name.slice(1),
  name.toUpperCase(),
  ...others,
];

export interface Case {
  title: string;
  sent: Json;
  answered: Json;
  ordered: Json;
}

/** Each form under each name, as a line item that its friendly name distinguishes from the others. */
export function casesOf(member: Member): Case[] {
  const { name, forms, ordered = () => ({}) } = member;
  const { [name as keyof typeof LINE]: _, ...rest } = LINE;
  return forms.flatMap((form) => {
    const [sent] = form;
    const answered = form.length === 1 ? (sent ?? undefined) : form[1];
    return spellings(member).map((spelling) => {
      const title = `${spelling}: ${JSON.stringify(sent)}`;
      const friendlyName = name === 'friendlyName' ? undefined : title;
      return {
        title,
        sent: { ...rest, ...(friendlyName && { friendlyName }), [spelling]: sent },
        answered: { ...rest, friendlyName, [name]: answered },
        ordered: {
          offerId: LINE.catalogItemId,
          quantity: LINE.quantity,
          friendlyName: friendlyName ?? answered,
          ...ordered(answered),
        },
      };
    });
  });
}
