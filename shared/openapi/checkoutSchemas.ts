/** The result and the progress of a checkout as the service returns them. The tests compare real responses with these. */
import * as z from 'zod';
import { TRANSITIONS } from '../cart/checkoutState.ts';
import { attributes, link, timestamp } from './cartSchemas.ts';
import { order } from './orderSchemas.ts';

const STATES = Object.keys(TRANSITIONS) as (keyof typeof TRANSITIONS)[];

export const orderError = z
  .object({
    orderGroupId: z.string(),
    code: z.int().describe('The code of the refusal.'),
    description: z.string().describe('The refusal as a sentence.'),
  })
  .describe('Why an order group has no order.');

export const checkoutResult = z
  .object({
    orders: z.array(order),
    orderErrors: z.array(orderError),
    attributes: attributes('CartCheckoutResult'),
  })
  .describe('The orders that a checkout has made, and the order groups that have none.');

export const checkoutProgress = z
  .object({
    id: z.guid().describe('The id of the checkout.'),
    status: z
      .enum(STATES)
      .describe('`partlyOrdered` and `failed` leave the cart active; a later checkout does what is missing.'),
    cartStatus: z.enum(['Active', 'Ordered']),
    attempts: z.int().min(0),
    nextAttemptTimestamp: timestamp.optional(),
    startedTimestamp: timestamp,
    endedTimestamp: timestamp.optional(),
    lastError: z
      .object({
        code: z.string().describe('The code of the failure.'),
        description: z.string().describe('The failure as a sentence.'),
      })
      .optional(),
    orders: z.array(order),
    orderErrors: z.array(orderError),
    links: z.object({ self: link, cart: link.optional() }),
    attributes: attributes('CartCheckout'),
  })
  .describe('The progress of a checkout, or its outcome.');
