/**
 * A cart and its line items as the service answers them. The tests hold every real answer against these
 * schemas; members mean what `members.ts` says, except where a schema says it better.
 */
import * as z from 'zod';
import { PARTICIPANT_KEYS } from '../cart/lineItem.ts';
import { BILLING_CYCLES } from '../catalog/billingCycles.ts';

/** `2018-03-15T17:15:02.3840000Z`: UTC, seven digits. */
export const timestamp = z
  .string()
  .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z$/)
  .meta({ format: 'date-time' });

export const link = z
  .object({
    uri: z.string(),
    method: z.enum(['GET', 'PATCH', 'POST']),
    headers: z.array(z.object({ key: z.string(), value: z.string() })),
  })
  .describe('A link. Its `uri` is relative and goes after `/v1`.');

/** The `attributes` of an answer of this type. */
export const attributes = <const Type extends string>(objectType: Type) =>
  z.object({ objectType: z.literal(objectType) });

export const lineItemError = z
  .object({
    errorCode: z.int().describe('What is wrong, as a number.'),
    errorDescription: z.string().describe('What is wrong, as a sentence.'),
    additionalInformation: z
      .record(z.string(), z.unknown())
      .optional()
      .describe('Figures, such as the available quantity.'),
  })
  .describe(
    'Why a line item cannot be bought as it stands. A cart with one is kept; its checkout is refused.',
  );

/** Members that a line item of a cart and one of an order share. */
export const lineItemTerms = z.object({
  friendlyName: z.string().optional(),
  quantity: z.int().min(1),
  termDuration: z.string().optional(),
  provisioningContext: z.record(z.string(), z.string()).optional(),
  renewsTo: z.object({ termDuration: z.string().optional() }).optional(),
  promotionId: z.string().optional(),
  customTermEndDate: z.string().optional(),
  attestationAccepted: z.boolean().optional(),
  purchaseCommitment: z.object({ amount: z.number(), currency: z.string(), grain: z.string() }).optional(),
});

export const addonItem = z
  .object({
    id: z.int().min(0).describe('Its number in the cart, add-ons included.'),
    catalogItemId: z.string(),
    ...lineItemTerms.shape,
    currencyCode: z.string(),
    billingCycle: z.enum(BILLING_CYCLES),
    participants: z.array(z.object({ key: z.enum(PARTICIPANT_KEYS), value: z.string() })).optional(),
    orderGroup: z.string(),
    purchaseSystem: z.string().optional(),
    scheduledNextTermInstructions: z.record(z.string(), z.unknown()).optional(),
    error: lineItemError.optional(),
  })
  .describe('An add-on of a line item: a line item without further add-ons.');

export const lineItem = addonItem
  .extend({ addonItems: z.array(addonItem).optional(), addOnItems: z.array(addonItem).optional() })
  .describe('A line item of a cart, numbered, grouped and checked.');

export const cart = z
  .object({
    id: z.guid().describe('The id of the cart.'),
    creationTimestamp: timestamp,
    lastModifiedTimestamp: timestamp,
    expirationTimestamp: timestamp,
    lastModifiedUser: z.string(),
    status: z.enum(['Active', 'Ordered']).describe('`Ordered` once every order group has its order.'),
    lineItems: z.array(lineItem).min(1),
    partnerOnRecordAttestationAccepted: z.boolean().optional(),
    links: z.object({ self: link }),
    attributes: attributes('Cart').extend({ etag: z.string() }),
  })
  .describe('A cart as it stands.');
