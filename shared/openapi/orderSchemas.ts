/** Orders, and how far their line items are provisioned, as the service answers them. The tests hold real answers against these. */
import * as z from 'zod';
import { BILLING_CYCLES } from '../catalog/billingCycles.ts';
import { attributes, lineItemTerms, link, timestamp } from './cartSchemas.ts';

export const orderLineItem = z
  .object({
    lineItemNumber: z.int().min(0),
    offerId: z.string(),
    subscriptionId: z.string().optional(),
    transactionType: z.literal('New').describe('What the line item does.'),
    ...lineItemTerms.shape,
    partnerIdOnRecord: z.string().optional(),
    additionalPartnerIdsOnRecord: z.array(z.string()).optional(),
    links: z.object({
      subscription: link.optional(),
      product: link.optional(),
      sku: link.optional(),
      availability: link.optional(),
    }),
  })
  .describe('A line item of an order.');

export const order = z
  .object({
    id: z.string().describe('The id of the order.'),
    alternateId: z.string(),
    referenceCustomerId: z.guid(),
    billingCycle: z.enum(BILLING_CYCLES),
    currencyCode: z.string(),
    currencySymbol: z.string().optional(),
    lineItems: z.array(orderLineItem).min(1),
    creationDate: timestamp,
    status: z.string().describe('`pending`, `completed`, `cancelled`, or another word of Partner Center’s.'),
    transactionType: z.literal('UserPurchase').describe('Who made the order.'),
    links: z.object({ self: link, provisioningStatus: link.optional(), patchOperation: link }),
    client: z.object({}),
    attributes: attributes('Order'),
  })
  .describe('An order that a checkout has made of one order group.');

/** A collection of these items. */
export const collection = <Item extends z.ZodType>(item: Item) =>
  z.object({
    totalCount: z.int().min(0),
    items: z.array(item),
    links: z.object({ self: link }),
    attributes: attributes('Collection'),
  });

export const orders = collection(order).describe('The orders of a customer.');

const provisioned = z.enum(['fulfilled', 'unfulfilled']).describe('Whether it is provisioned.');

export const provisioningStatus = z
  .object({
    orderLineItemId: z.int().min(0),
    lineItemNumber: z.int().min(0),
    status: provisioned,
    quantityProvisioningInformation: z.array(z.object({ quantity: z.int().min(1), status: provisioned })),
  })
  .describe('How far a line item of an order is provisioned.');

export const provisioningStatuses = collection(provisioningStatus).describe(
  'How far the line items of an order are provisioned.',
);
