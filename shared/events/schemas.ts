/**
 * The data of every event type, published as JSON Schemas under `/schemas/events/` (docs/contract.md 18.8). Consumers
 * ignore members that they do not know: a member can be added to a version, and none is removed.
 */
import * as z from 'zod';
import type { EventType } from './cloudEvent.ts';

const partner = { partnerTenantId: z.guid().describe('The partner tenant.') };
const truncated = z
  .literal(true)
  .optional()
  .describe('Present when lists were shortened because the event was too large.');
const cart = {
  ...partner,
  customerId: z.guid().describe('The customer of the cart.'),
  cartId: z.guid().describe('The cart.'),
};
const expirationTimestamp = z.iso.datetime().describe('When the cart expires or has expired.');

const checkout = z.object({
  ...cart,
  checkoutId: z.guid().describe('The checkout that ended.'),
  attempts: z.int().min(1).describe('How many attempts the checkout took.'),
  orders: z
    .array(
      z.object({
        id: z.string().min(1).describe('The order.'),
        orderGroupId: z.string().describe('The order group of the cart that became this order.'),
      }),
    )
    .describe('The orders that were placed.'),
  orderErrors: z
    .array(
      z.object({
        orderGroupId: z.string().describe('The order group without an order.'),
        code: z.int().describe('The error code; 0 when the ordering gateway’s code is not a number.'),
      }),
    )
    .describe('The order groups that were not ordered. Read the checkout for the descriptions.'),
  truncated,
});

const count = z.int().min(0);

export const EVENT_SCHEMAS = {
  'cart.expiring.v1': z
    .object({
      ...cart,
      threshold: z.iso.duration().describe('The configured time before expiry that was reached.'),
      remaining: z.iso.duration().describe('The time left at publication, in whole seconds.'),
      expirationTimestamp,
    })
    .describe('A cart expires soon.'),
  'cart.expired.v1': z
    .object({ ...cart, expirationTimestamp })
    .describe('A cart has expired. It cannot be checked out any more.'),
  'cart.ordered.v1': checkout.describe('A checkout has ordered every order group of the cart.'),
  'cart.checkoutFailed.v1': checkout.describe(
    'A checkout has ended, and at least one order group was not ordered.',
  ),
  'bulkorder.completed.v1': z
    .object({
      ...partner,
      bulkOrderId: z.guid().describe('The bulk order.'),
      state: z.enum(['completed', 'cancelled', 'stopped']).describe('How the bulk order ended.'),
      counts: z
        .object({
          total: count.describe('All items.'),
          waiting: count.describe('Items that have not started.'),
          running: count.describe('Items that run.'),
          succeeded: count.describe('Items that were ordered.'),
          alreadyOrdered: count.describe('Items that an earlier bulk order ordered.'),
          failed: count.describe('Items that failed.'),
          cancelled: count.describe('Items that were cancelled before they started.'),
          rejected: count.describe('Items that were malformed.'),
        })
        .describe('The number of items in each state.'),
    })
    .describe('A bulk order has ended. The end of each retry is a separate event.'),
  'webhook.test.v1': z
    .object({ ...partner, correlationId: z.guid().describe('The validation event that was requested.') })
    .describe('A validation event. It is sent to the webhook only, not to the topic.'),
  'webhook.disabled.v1': z
    .object({
      ...partner,
      reason: z
        .enum(['gone', 'failing'])
        .describe('`gone`: the receiver returned 410. `failing`: deliveries have failed for days.'),
      failingSince: z.iso.datetime().optional().describe('When the first of the failed deliveries failed.'),
      lastStatus: z.int().optional().describe('The last status of the receiver, if it responded.'),
    })
    .describe('A webhook was disabled. It is published to the topic only.'),
} as const satisfies Record<EventType, z.ZodObject>;

/** A CloudEvent of this service as a consumer receives it; the data is validated by the schema of its type. */
export const eventEnvelope = z.object({
  specversion: z.literal('1.0'),
  id: z.string().min(1),
  source: z.string().min(1),
  type: z.enum(Object.keys(EVENT_SCHEMAS) as [EventType, ...EventType[]]),
  subject: z.string().min(1),
  time: z.iso.datetime(),
  datacontenttype: z.literal('application/json'),
  partnertenantid: z.guid(),
  data: z.record(z.string(), z.unknown()),
});
