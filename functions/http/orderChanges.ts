/** Change an order, and read what belongs to it: activation links and attachments (docs/contract.md 13.14 to 13.16, 13.20, 13.21). */
import { apiError } from '../../shared/errors.ts';
import { dialectOf } from '../../shared/http/dialect.ts';
import { orderPatchReader } from '../../shared/http/orderRequest.ts';
import { collectionBody, orderBody } from '../../shared/http/orderResponse.ts';
import { clientHeader } from '../../shared/http/parameters.ts';
import { orderLinePath, orderPath } from '../../shared/http/resourceParameters.ts';
import { defineRoute, type Outcome, type Route } from '../../shared/http/route.ts';
import type { Order } from '../../shared/orders/order.ts';
import { findOrder } from './orders.ts';

const ORDER = 'customers/{customerId}/orders/{orderId}';
const errors = ['customerIdInvalid', 'orderNotFound'] as const;

/** A collection below an order that the ledger leaves empty. */
const emptyBelowOrder = (name: string, path: string, what: string, why: string): Route =>
  defineRoute({
    name,
    method: 'GET',
    path: `${ORDER}/${path}`,
    access: 'read',
    isPartnerCenters: true,
    params: orderPath,
    async endpoint({ params, caller }, ports) {
      const order = await findOrder(ports, caller.tenant, params);
      return 'error' in order ? order : none(order, path);
    },
    docs: {
      tag: 'Orders',
      summary: `List the ${what} of an order`,
      description: `Always empty: ${why}.`,
      answers: { 200: { when: `No ${what}.`, schema: 'NoEntries' } },
      errors,
    },
  });

/** A path to which SDKs and documentation send the attachment of an order: the ledger keeps none. */
const refusedAttachment = (name: string, path: string): Route =>
  defineRoute({
    name,
    method: 'POST',
    path: `${ORDER}/${path}`,
    access: 'write',
    isPartnerCenters: true,
    params: orderPath,
    async endpoint({ params, caller }, ports) {
      const order = await findOrder(ports, caller.tenant, params);
      if ('error' in order) return order;
      const description = `The ledger keeps no attachments: order ${order.orderId} waits for no purchase order, and nothing was stored.`;
      return { error: apiError('attachmentsNotKept', description) };
    },
    docs: {
      tag: 'Orders',
      summary: 'Add an attachment to an order',
      description: `Always rejected: the ledger keeps no attachments, because ${NO_UPLOAD}.`,
      answers: {},
      errors: [...errors, 'attachmentsNotKept'],
    },
  });

const NO_UPLOAD = 'no order waits for a purchase order';
const NO_ACTIVATION = 'nothing that the ledger sells needs an activation';

/** An empty collection below an order: the ledger has no such things. */
const none = ({ referenceCustomerId, orderId }: Order, path: string): Outcome => ({
  status: 200,
  body: collectionBody([], `/customers/${referenceCustomerId}/orders/${encodeURIComponent(orderId)}/${path}`),
});

export const orderChangeRoutes: Route[] = [
  defineRoute({
    name: 'patchOrder',
    method: 'PATCH',
    path: ORDER,
    access: 'write',
    isPartnerCenters: true,
    params: orderPath,
    headers: clientHeader,
    body: orderPatchReader,
    async endpoint({ params, headers, body, caller, policies }, ports) {
      const key = { tenant: caller.tenant, customer: params.customerId, orderId: params.orderId };
      const { patchOrder } = await import('../../shared/orders/cancelOrder.ts');
      const order = await patchOrder(ports, key, body, policies);
      if ('error' in order) return order;
      const dialect = dialectOf(headers, policies);
      return { status: 200, body: orderBody(order, dialect) };
    },
    docs: {
      tag: 'Orders',
      summary: 'Cancel an order',
      description:
        'With `status` `cancelled`, within seven days after the order was placed. A repeat returns the cancelled order. The ledger changes nothing else of an order: another change is 400 with the reason, and a body that changes nothing returns the order.',
      answers: { 200: { when: 'The order as it is then.', schema: 'Order' } },
      errors: [
        ...errors,
        'invalidInput',
        'orderNotChangeable',
        'suspendInstead',
        'cancelWindowOver',
        'orderBusy',
      ],
    },
  }),
  emptyBelowOrder('listActivationLinks', 'activationlinks', 'activation links', NO_ACTIVATION),
  defineRoute({
    name: 'listLineActivationLinks',
    method: 'GET',
    path: `${ORDER}/lineitems/{lineItemNumber}/activationlinks`,
    access: 'read',
    isPartnerCenters: true,
    params: orderLinePath,
    async endpoint({ params, caller }, ports) {
      const order = await findOrder(ports, caller.tenant, params);
      if ('error' in order) return order;
      const { lineItemNumber } = params;
      const line = order.lineItems.find((one) => String(one.lineItemNumber) === lineItemNumber);
      if (line) return none(order, `lineitems/${line.lineItemNumber}/activationlinks`);
      return {
        error: apiError('orderLineNotFound', `Order ${order.orderId} has no line ${lineItemNumber}.`),
      };
    },
    docs: {
      tag: 'Orders',
      summary: 'List the activation links of an order line',
      description: `Always empty: ${NO_ACTIVATION}.`,
      answers: { 200: { when: 'No activation links.', schema: 'NoEntries' } },
      errors: [...errors, 'orderLineNotFound'],
    },
  }),
  emptyBelowOrder('listAttachments', 'attachments', 'attachments', NO_UPLOAD),
  refusedAttachment('addAttachment', 'attachment'),
  refusedAttachment('addAttachments', 'attachments'),
];
