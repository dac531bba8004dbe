/** Subscriptions of the ledger, and the empty collections below an order, as the service answers them. */
import * as z from 'zod';
import { BILLING_CYCLES } from '../catalog/billingCycles.ts';
import { attributes, link, timestamp } from './cartSchemas.ts';
import { collection } from './orderSchemas.ts';

export const subscription = z
  .object({
    id: z.guid().describe('The id of the subscription.'),
    orderId: z.string().describe('The order that provisioned it.'),
    offerId: z.string(),
    offerName: z.string().optional().describe('What was bought, as text.'),
    friendlyName: z.string().optional(),
    quantity: z.int().min(1),
    unitType: z.enum(['Licenses', 'Usage-based']).describe('What the quantity counts.'),
    creationDate: timestamp,
    effectiveStartDate: timestamp.describe('When it started.'),
    commitmentEndDate: z.string().describe('When its term ends; in the year 9999 when it has none.'),
    commitmentEndDateTime: z.string().describe('The same.'),
    status: z.enum(['active', 'deleted']).describe('`deleted` after its order was cancelled.'),
    autoRenewEnabled: z.literal(false).describe('The ledger renews nothing.'),
    isTrial: z.boolean().describe('Whether it is a trial.'),
    billingType: z.enum(['license', 'usage']).describe('How it is billed.'),
    billingCycle: z.enum(BILLING_CYCLES),
    termDuration: z.string().optional(),
    partnerId: z.string().optional().describe('The reseller.'),
    parentSubscriptionId: z.string().optional().describe('The subscription of its base, for an add-on.'),
    contractType: z.literal('subscription').describe('A constant.'),
    hasPurchasableAddons: z.literal(false).describe('A constant.'),
    links: z.object({
      self: link,
      product: link.optional(),
      sku: link.optional(),
      availability: link.optional(),
    }),
    attributes: attributes('Subscription'),
  })
  .describe('What a line of a recurring order has provisioned.');

export const subscriptions = collection(subscription).describe('The subscriptions of a customer.');

export const subscriptionProvisioning = z
  .object({
    status: z.enum(['success', 'failed']).describe('`failed` after its order was cancelled.'),
    quantity: z.int().min(1),
    endDate: z.string().describe('When its term ends; in the year 9999 when it has none.'),
    attributes: attributes('SubscriptionProvisioningStatus'),
  })
  .describe('Whether a subscription is provisioned.');

export const noEntries = collection(z.never()).describe('An empty collection.');
