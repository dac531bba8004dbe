/**
 * The schemas of the wire by name. Requests are validated with the very schema that stands here; answers are
 * held against theirs by the tests, so that the reference says what the service does.
 */
import * as z from 'zod';
import { bulkItemRequest, bulkRequest, retryRequest } from '../http/bulkRequest.ts';
import { cartRequest } from '../http/cartRequest.ts';
import { bulkItem, bulkItems, bulkOrder, bulkOrders } from './bulkSchemas.ts';
import { addonItem, cart, lineItem, lineItemError, link } from './cartSchemas.ts';
import { checkoutProgress, checkoutResult, orderError } from './checkoutSchemas.ts';
import { order, orderLineItem, orders, provisioningStatus, provisioningStatuses } from './orderSchemas.ts';

const lineItemRequest = cartRequest.shape.lineItems.element;
const addonRequest = lineItemRequest.shape.addonItems.unwrap().element;

const error = z
  .object({
    code: z
      .string()
      .describe('The code, as the table of errors has it; of a refusal the ordering gateway’s own.'),
    description: z.string().max(1_024).describe('What is wrong, as a sentence.'),
    data: z
      .array(
        z.union([
          z.object({
            path: z.string().describe('The offending member, such as `lineItems[0].quantity`.'),
            message: z.string().describe('What is wrong with it.'),
          }),
          lineItemError.extend({ lineItemId: z.int().min(0) }),
        ]),
      )
      .describe('Every offending member or line item, where there are any.'),
    source: z.string().describe('Who says so.'),
    statusCode: z.int().optional().describe('The status once more, with 429 only.'),
    message: z.string().optional().describe('The description once more, with 429 only.'),
  })
  .describe('Why a request failed.');

const health = z
  .object({ status: z.literal('healthy').describe('Always so.') })
  .describe('This process answers.');
const readiness = z
  .object({ status: z.literal('ready').describe('Always so.') })
  .describe('Storage and broker answer.');

export const SCHEMAS = {
  CartRequest: cartRequest.describe(
    'What a caller says about a cart. Members are read in any case (`lineItems`, `LineItems`) and, as the documents also call it, `catalogId` for `catalogItemId`; enumerations in any spelling (`one_time`, `OneTime`, `one-time`, or the number). Null and `0001-01-01T00:00:00` mean absent. Members that the service owns or does not know are ignored.',
  ),
  LineItemRequest: lineItemRequest,
  AddonRequest: addonRequest,
  Cart: cart,
  LineItem: lineItem,
  AddonItem: addonItem,
  LineItemError: lineItemError,
  CheckoutResult: checkoutResult,
  CheckoutProgress: checkoutProgress,
  OrderError: orderError,
  Order: order,
  OrderLineItem: orderLineItem,
  Orders: orders,
  ProvisioningStatus: provisioningStatus,
  ProvisioningStatuses: provisioningStatuses,
  BulkRequest: bulkRequest.describe('Items to be ordered, and what is to happen when one fails.'),
  BulkItemRequest: bulkItemRequest,
  BulkRetryRequest: retryRequest.describe('Which items to do again; absent, the failed ones.'),
  BulkOrder: bulkOrder,
  BulkOrders: bulkOrders,
  BulkItem: bulkItem,
  BulkItems: bulkItems,
  Link: link,
  Error: error,
  Health: health,
  Readiness: readiness,
  JsonSchema: z.record(z.string(), z.unknown()).describe('A JSON Schema (2020-12).'),
  OpenApi: z.record(z.string(), z.unknown()).describe('An OpenAPI 3.1 document.'),
  Page: z.string().describe('An HTML page.'),
  Csv: z.string().describe('CSV, a line of names first.'),
} as const satisfies Record<string, z.ZodType>;

export type SchemaName = keyof typeof SCHEMAS;
