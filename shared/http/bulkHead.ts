/** What a bulk order says of itself, besides its items. */
import * as z from 'zod';
import { ERROR_POLICIES } from '../bulk/bulkOrder.ts';
import { REPEATS } from '../bulk/itemIdentity.ts';
import { isCarriable, UNCARRIABLE } from '../validation.ts';
import { lenientName, type Shape } from './canonicalize.ts';

/** The id of the item's cart is a hash of the reference, so the reference has to have one form in UTF-8. */
export const reference = z.string().trim().min(1).max(128).refine(isCarriable, UNCARRIABLE);

/** What the bulk order says of itself: members of a JSON body, or the query where the body is NDJSON. */
export const bulkQuery = z.object({
  reference: reference
    .meta({ description: 'Your own name for the bulk order.', example: 'March renewals' })
    .optional(),
  errorPolicy: lenientName(ERROR_POLICIES).default('continue').meta({
    description: 'With `stopOnFirstError`, no further item starts once one has failed.',
    example: 'continue',
  }),
  acceptValid: z.preprocess(flagOf, z.boolean().default(false)).meta({
    description: 'Whether valid items are accepted when others are malformed.',
    example: 'false',
  }),
  repeats: lenientName(REPEATS).default('order').meta({
    description:
      'With `skip`, an item that an earlier bulk order with `skip` has ordered is not ordered again.',
    example: 'order',
  }),
  label: reference
    .meta({
      description: 'Distinguishes a deliberate second order of the same content when repeats are skipped.',
      example: 'May',
    })
    .optional(),
});
export type BulkHead = z.output<typeof bulkQuery>;

function flagOf(value: unknown): unknown {
  return value === 'true' || (value === 'false' ? false : value);
}
/** Names in a body, in any letter case. */
export const HEAD_SHAPE: Shape = {
  ...{ reference: 'value', errorPolicy: 'value', acceptValid: 'value', repeats: 'value', label: 'value' },
  items: 'value',
};
