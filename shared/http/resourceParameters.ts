/** The parameters of what is not a cart: orders, subscriptions, bulk orders, webhooks. They load with the first request. */
import * as z from 'zod';
import { BILLING_CYCLES } from '../catalog/billingCycles.ts';
import { isDeliveryId } from '../webhooks/delivery.ts';
import { lenientEnum } from './canonicalize.ts';
import { customerId, errors, guidParameter } from './parameters.ts';

/** Whether a text can be the id of an order, which is the ordering gateway's to choose. */
const isOrderId = (text: string): boolean => text !== '' && text.length <= 256;

/** An order of a customer. */
export const orderPath = z.object({
  customerId,
  orderId: z
    .string()
    .refine(isOrderId)
    .meta({ description: 'The `id` of the order.', example: 'f76c6b7f449d' })
    .register(errors, { name: 'orderNotFound', description: (sent) => `Order ${sent} was not found.` }),
});

/** A line of an order. */
export const orderLinePath = orderPath.extend({
  lineItemNumber: z.string().meta({ description: 'The `lineItemNumber` of a line.', example: '0' }),
});

/** A subscription of a customer. An id that is not a GUID is the id of no subscription. */
export const subscriptionPath = z.object({
  customerId,
  subscriptionId: guidParameter(
    {
      description: 'The `id` of the subscription, in any letter case, with or without braces.',
      example: 'f76c6b7f-449d-8000-8a5c-1f4e8d2b9c07',
    },
    { name: 'subscriptionNotFound', description: (sent) => `Subscription ${sent} was not found.` },
  ),
});

/** A bulk order of the caller's partner. */
export const bulkOrderPath = z.object({
  bulkOrderId: guidParameter(
    { description: 'The `id` of the bulk order.', example: '1c2f4a66-0d9e-8b1a-b7a3-5e2d90c4f811' },
    { name: 'bulkOrderNotFound', description: (sent) => `Bulk order ${sent} was not found.` },
  ),
});

/** A validation event of the partner's webhook. */
export const validationEventPath = z.object({
  correlationId: guidParameter(
    {
      description: 'The `correlationId` of the validation event.',
      example: '019d0c4e-7a31-7f55-9d0e-2b64c8a1f307',
    },
    { name: 'deliveryNotFound', description: (sent) => `Validation event ${sent} was not found.` },
  ),
});

/** A delivery of the partner's webhook. */
export const deliveryPath = z.object({
  deliveryId: z
    .string()
    .toLowerCase()
    .refine(isDeliveryId)
    .meta({
      description: 'The `id` of the delivery.',
      example: '06866423400000-5f0d8c1e2b3a49687756c4d1',
    })
    .register(errors, { name: 'deliveryNotFound', description: (sent) => `Delivery ${sent} was not found.` }),
});

/** The schema of an event type, by the name of its file. */
export const eventSchemaPath = z.object({
  file: z.string().meta({ description: 'The event type, and `.json`.', example: 'cart.expired.v1.json' }),
});

/** A billing cycle in the spelling of any SDK (docs/contract.md 13.9). */
export const billingType = lenientEnum(BILLING_CYCLES)
  .meta({
    description: 'Only orders of this billing cycle, in any spelling, such as `OneTime` or `onetime`.',
    example: 'one_time',
  })
  .register(errors, { name: 'enumInvalid' });
