/**
 * The schemas of the wire by name. Requests are validated with exactly these schemas; the tests hold responses against
 * theirs.
 */
import * as z from 'zod';
import { bulkItemRequest, bulkRequest } from '../http/bulkRequest.ts';
import { cartRequest } from '../http/cartRequest.ts';
import { inventoryRequest } from '../http/inventoryRequest.ts';
import { newOrderRequest, orderPatch } from '../http/orderRequest.ts';
import { retryRequest } from '../http/retryRequest.ts';
import { webhookRequest } from '../http/webhookRequest.ts';
import { bulkItem, bulkItems, bulkOrder, bulkOrders } from './bulkSchemas.ts';
import { addonItem, cart, lineItem, lineItemError, link } from './cartSchemas.ts';
import { availabilities, availability, inventory, product, products, sku, skus } from './catalogSchemas.ts';
import { checkoutProgress, checkoutResult, orderError } from './checkoutSchemas.ts';
import { erasure, keySet } from './erasureSchemas.ts';
import { order, orderLineItem, orders, provisioningStatus, provisioningStatuses } from './orderSchemas.ts';
import { noEntries, subscription, subscriptionProvisioning, subscriptions } from './subscriptionSchemas.ts';
import {
  deliveries,
  delivery,
  validationEvent,
  validationRequested,
  webhook,
  webhookEventNames,
} from './webhookSchemas.ts';

const lineItemRequest = cartRequest.shape.lineItems.element;
const addonRequest = lineItemRequest.shape.addonItems.unwrap().element;

const error = z
  .object({
    code: z
      .string()
      .describe('The error code. A rejection by the ordering gateway keeps the gateway’s own code.'),
    description: z.string().max(1_024).describe('What is wrong, as text.'),
    data: z
      .array(
        z.union([
          z.object({
            path: z.string().describe('The offending member, such as `lineItems[0].quantity`.'),
            message: z.string().describe('What is wrong with the member.'),
          }),
          lineItemError.extend({ lineItemId: z.int().min(0) }),
        ]),
      )
      .describe('Every offending member or line item, if there are any.'),
    source: z.string().describe('The service that returned the error.'),
    statusCode: z.int().optional().describe('The status, with 429 only.'),
    message: z.string().optional().describe('The description, with 429 only.'),
  })
  .describe('Why a request failed.');

const health = z
  .object({ status: z.literal('healthy').describe('A constant.') })
  .describe('The process responds.');
const readiness = z
  .object({ status: z.literal('ready').describe('A constant.') })
  .describe('Storage and the message broker respond.');

export const SCHEMAS = {
  CartRequest: cartRequest,
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
  NewOrderRequest: newOrderRequest,
  OrderPatch: orderPatch,
  NoEntries: noEntries,
  Subscription: subscription,
  Subscriptions: subscriptions,
  SubscriptionProvisioning: subscriptionProvisioning,
  Product: product,
  Products: products,
  Sku: sku,
  Skus: skus,
  Availability: availability,
  Availabilities: availabilities,
  InventoryRequest: inventoryRequest,
  Inventory: inventory,
  BulkRequest: bulkRequest,
  BulkItemRequest: bulkItemRequest,
  BulkRetryRequest: retryRequest,
  BulkOrder: bulkOrder,
  BulkOrders: bulkOrders,
  BulkItem: bulkItem,
  BulkItems: bulkItems,
  WebhookRequest: webhookRequest,
  Webhook: webhook,
  WebhookEventNames: webhookEventNames,
  ValidationRequested: validationRequested,
  ValidationEvent: validationEvent,
  Delivery: delivery,
  Deliveries: deliveries,
  Erasure: erasure,
  KeySet: keySet,
  Link: link,
  Error: error,
  Health: health,
  Readiness: readiness,
  JsonSchema: z.record(z.string(), z.unknown()).describe('A JSON Schema (2020-12).'),
  OpenApi: z.record(z.string(), z.unknown()).describe('An OpenAPI 3.1 document.'),
  Page: z.string().describe('Text of another media type.'),
  Csv: z.string().describe('CSV with a header line.'),
} as const satisfies Record<string, z.ZodType>;

export type SchemaName = keyof typeof SCHEMAS;

/** The name of a schema of this table. */
export function schemaName(schema: z.ZodType): SchemaName {
  const found = Object.entries(SCHEMAS).find(([, one]) => one === schema);
  if (!found) throw new Error('The schema of the body has no name in the table of schemas.');
  return found[0] as SchemaName;
}
