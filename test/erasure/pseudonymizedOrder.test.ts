/** What is left of an order that an erasure keeps under a pseudonym: what the invoice needs, and nothing that was written by hand. */
import { expect, it } from 'vitest';
import { pseudonymizedOrder } from '../../shared/erasure/erasure.ts';
import type { Order } from '../../shared/orders/order.ts';
import { KEY, NOW } from '../support/samples.ts';

const PSEUDONYM = '9c1185a5-0000-8000-8000-000000000001';
const ORDER: Order = {
  tenant: KEY.tenant,
  cartId: KEY.cartId,
  orderId: 'f76c6b7f449d',
  alternateId: 'f76c6b7f449d',
  status: 'completed',
  placedMs: NOW,
  subscriptionIds: ['f76c6b7f-449d-8000-8a5c-1f4e8d2b9c07'],
  referenceCustomerId: KEY.customer,
  billingCycle: 'monthly',
  currencyCode: 'USD',
  isLegacy: false,
  lineItems: [
    {
      lineItemNumber: 0,
      offerId: 'CFQ7TTC0LH18:0001:CFQ7TTC0K971',
      subscriptionId: 'f76c6b7f-449d-8000-8a5c-1f4e8d2b9c07',
      termDuration: 'P1M',
      transactionType: 'New',
      friendlyName: 'For Ms Rivera',
      quantity: 3,
      provisioningContext: { subscriptionName: 'Ms Rivera', domain: 'rivera.example' },
    },
  ],
};

it('A pseudonymized order keeps its ids, amounts and dates, and nothing that names the customer', () => {
  const pseudonymized = pseudonymizedOrder(ORDER, PSEUDONYM);

  const [line] = ORDER.lineItems;
  const { friendlyName: _, provisioningContext: __, ...kept } = line ?? {};
  expect(pseudonymized).toEqual({ ...ORDER, referenceCustomerId: PSEUDONYM, lineItems: [kept] });
  expect(JSON.stringify(pseudonymized)).not.toMatch(new RegExp(`rivera|${KEY.customer}`, 'i'));
});
