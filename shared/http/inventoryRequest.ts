/** The body of an inventory check (docs/contract.md 24.9). */
import * as z from 'zod';
import { validate } from '../validation.ts';
import { canonicalize } from './canonicalize.ts';
import { MAX_BODY_BYTES, readJsonObject } from './json.ts';
import { type BodyReader, invalid } from './route.ts';

const MAX_ITEMS = 1_000;

export const inventoryRequest = z
  .object({
    targetItems: z
      .array(
        z
          .object({
            productId: z.string().describe('The `id` of a product.'),
            skuId: z.string().optional().describe('The `id` of a SKU; without it, all SKUs of the product.'),
          })
          .describe('What to check.'),
      )
      .max(MAX_ITEMS)
      .describe('The products and SKUs to check.'),
    inventoryContext: z
      .record(z.string(), z.unknown())
      .optional()
      .describe('The customer, subscription and region. The ledger needs none of them.'),
  })
  .describe('An inventory check. Member names are read in any letter case.');

export type InventoryRequest = z.output<typeof inventoryRequest>;

const SHAPE = {
  targetItems: [() => ({ productId: 'value', skuId: 'value' }) as const],
  inventoryContext: 'dictionary',
} satisfies Parameters<typeof canonicalize>[1];

/** Reads the body of an inventory check. */
export const inventoryReader: BodyReader<InventoryRequest, unknown> = {
  schema: inventoryRequest,
  isRequired: true,
  maxBytes: MAX_BODY_BYTES,
  async read({ bytes }) {
    const parsed = readJsonObject(bytes, 'an inventory check: a JSON object with targetItems');
    if ('error' in parsed) return parsed;
    const read = validate(inventoryRequest, canonicalize(parsed.json, SHAPE));
    return 'value' in read ? { body: read.value } : { error: invalid(read.problems) };
  },
};
