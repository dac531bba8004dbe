/** The bodies of requests that create or change an order: their schemas, and readers that load what reads them. */
import * as z from 'zod';
import type { CartDraft } from '../cart/cart.ts';
import { BILLING_CYCLES } from '../catalog/billingCycles.ts';
import type { OrderPatch } from '../orders/cancelOrder.ts';
import { exactInteger, lenientEnum } from './canonicalize.ts';
import { MAX_BODY_BYTES } from './json.ts';
import type { BodyReader } from './route.ts';

const text = z.string().max(1_024);
const cycle = lenientEnum(BILLING_CYCLES);

const lineRequest = z
  .looseObject({
    lineItemNumber: exactInteger(z.int()).optional().describe('Ignored: lines are numbered in their order.'),
    offerId: text,
    quantity: exactInteger(z.int()),
    friendlyName: text.optional(),
    termDuration: text.optional(),
    partnerIdOnRecord: text.optional(),
    parentSubscriptionId: text.optional().describe('The subscription of the base, for an add-on.'),
  })
  .describe('A line. The other properties of a line item of a cart are accepted as well.');

/** The body of a new order, as the reference describes it; it is validated as a cart. */
export const newOrderRequest = z
  .object({
    referenceCustomerId: text.optional(),
    billingCycle: cycle
      .optional()
      .describe(
        'The billing cycle; absent or `unknown`, one that the catalogue offers: monthly, else one-time, else its first.',
      ),
    currencyCode: text.optional(),
    partnerOnRecordAttestationAccepted: z.boolean().optional(),
    lineItems: z.array(lineRequest),
  })
  .describe('An order: lines of one purchase system, billing cycle and currency.');

export interface NewOrder {
  /** Line items whose billing cycle may be `unknown`. */
  draft: CartDraft;
  digest: string;
}

const reading = () => import('./readOrderRequest.ts');

/** Reads the body of a new order. */
export const newOrderReader: BodyReader<NewOrder, unknown> = {
  schema: newOrderRequest,
  isRequired: true,
  maxBytes: MAX_BODY_BYTES,
  read: async ({ bytes }) => (await reading()).readNewOrder(bytes),
};

/** The body of a change to an order. */
export const orderPatch = z
  .object({
    status: text.optional().describe('`cancelled` cancels the order.'),
    billingCycle: cycle.optional(),
    lineItems: z
      .array(
        z
          .object({
            lineItemNumber: exactInteger(z.int()).optional(),
            offerId: text.optional(),
            quantity: exactInteger(z.int()).optional(),
            subscriptionId: text.optional(),
            parentSubscriptionId: text.optional().describe('The subscription of the base, for an add-on.'),
          })
          .describe('A line as it is to be.'),
      )
      .max(1_000)
      .optional(),
  })
  .describe(
    'The order as it is to be. A client may send the whole order back; what is equal changes nothing.',
  );

/** Reads the body of a change to an order. */
export const orderPatchReader: BodyReader<OrderPatch, unknown> = {
  schema: orderPatch,
  isRequired: true,
  maxBytes: MAX_BODY_BYTES,
  read: async ({ bytes }) => (await reading()).readOrderPatch(bytes),
};
