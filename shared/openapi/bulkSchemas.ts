/** Bulk orders and their items as the service answers them. The tests hold real answers against these. */
import * as z from 'zod';
import { ERROR_POLICIES, TRANSITIONS } from '../bulk/bulkOrder.ts';
import { REPEATS } from '../bulk/itemIdentity.ts';
import { ITEM_STATES } from '../bulk/readItems.ts';
import { attributes, link, timestamp } from './cartSchemas.ts';

const STATES = Object.keys(TRANSITIONS) as (keyof typeof TRANSITIONS)[];
const count = (meaning: string) => z.int().min(0).describe(meaning);

const rejectedItem = z
  .object({
    index: z.int().min(0),
    reference: z
      .string()
      .optional()
      .describe('The caller’s own name for the item, if it had a readable one.'),
    problems: z
      .array(z.object({ path: z.string(), message: z.string().describe('What is wrong with it.') }))
      .describe('What is wrong with the item.'),
  })
  .describe('An item that was not accepted.');

export const bulkOrder = z
  .object({
    id: z.guid().describe('The id of the bulk order.'),
    reference: z.string().optional(),
    state: z
      .enum(STATES)
      .describe(
        '`cancelling` and `stopping` wait for what runs; `stopped` is the end by `stopOnFirstError`.',
      ),
    errorPolicy: z.enum(ERROR_POLICIES),
    repeats: z.enum(REPEATS),
    label: z.string().optional(),
    createdTimestamp: timestamp,
    startedTimestamp: timestamp.describe('When it began, or began again.'),
    endedTimestamp: timestamp.optional().describe('When its last item ended.'),
    pausedUntilTimestamp: timestamp.optional(),
    counts: z
      .object({
        total: count('All items of the list.'),
        waiting: count('Not begun.'),
        running: count('In checkout.'),
        succeeded: count('With an order of every order group.'),
        alreadyOrdered: count('Ordered by an earlier bulk order, and skipped.'),
        failed: count('With a reason.'),
        cancelled: count('Never begun, and not to be.'),
        rejected: count('Malformed, and not accepted.'),
      })
      .describe('How many items are in which state.'),
    ratePerMinute: z.number().min(0).optional(),
    estimatedEndTimestamp: timestamp.optional(),
    rejected: z
      .array(rejectedItem)
      .optional()
      .describe('In the answer to the submission: what was not accepted.'),
    links: z.object({ self: link, items: link, csv: link, cancel: link, retry: link }),
    attributes: attributes('BulkOrder'),
  })
  .describe('A bulk order, and how far it is.');

export const bulkItem = z
  .object({
    index: z.int().min(0),
    reference: z.string().optional(),
    customerId: z.guid().optional(),
    cartId: z.guid().optional(),
    state: z.enum(ITEM_STATES).describe('How the item stands.'),
    orders: z
      .array(z.object({ id: z.string().describe('The id of the order.'), orderGroupId: z.string() }))
      .describe('The orders that were made; a failed item may have some.'),
    errors: z
      .array(
        z.object({
          code: z.string().describe('The code of the failure.'),
          description: z.string().describe('The failure as a sentence.'),
          orderGroupId: z.string().optional(),
          path: z.string().optional(),
        }),
      )
      .describe('Why it failed or was rejected.'),
    alreadyOrdered: z
      .literal(true)
      .optional()
      .describe('An earlier bulk order had ordered the item; it was skipped.'),
    firstOrderedTimestamp: timestamp.optional().describe('When the skipped item was ordered.'),
    startedTimestamp: timestamp.optional().describe('When it began.'),
    endedTimestamp: timestamp.optional().describe('When it ended.'),
    links: z.object({ cart: link.optional() }),
    attributes: attributes('BulkOrderItem'),
  })
  .describe('An item of a bulk order.');

const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.object({
    items: z.array(item),
    links: z.object({ self: link, next: link.optional() }),
    attributes: attributes('Collection'),
  });

export const bulkOrders = pageOf(bulkOrder).describe('A page of bulk orders.');
export const bulkItems = pageOf(bulkItem).describe('A page of items.');
