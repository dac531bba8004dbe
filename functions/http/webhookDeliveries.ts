/** The deliveries of the partner's webhook: list and read them, and send one again (docs/contract.md 22.26, 22.27). */
import * as z from 'zod';
import { pageBody } from '../../shared/http/bulkResponse.ts';
import { cursor, pageSize } from '../../shared/http/parameters.ts';
import { deliveryPath } from '../../shared/http/resourceParameters.ts';
import { defineRoute, type Route } from '../../shared/http/route.ts';
import { deliveryBody } from '../../shared/http/webhookResponse.ts';
import { isDeliveryId } from '../../shared/webhooks/delivery.ts';
import { deliveryNotFound, resendDelivery, webhookNotFound } from '../../shared/webhooks/startDelivery.ts';

const DELIVERIES = 'webhooks/v1/registration/deliveries';
const DEFAULT_PAGE_SIZE = 50;
const MAX_PAGE_SIZE = 200;

const query = z.object({
  after: cursor(isDeliveryId, '06866423400000-5f0d8c1e2b3a49687756c4d1').optional(),
  size: pageSize(MAX_PAGE_SIZE, 'Deliveries of a page.').default(DEFAULT_PAGE_SIZE),
});

export const webhookDeliveryRoutes: Route[] = [
  defineRoute({
    name: 'listDeliveries',
    method: 'GET',
    path: DELIVERIES,
    access: 'read',
    query,
    async endpoint({ query: { after, size }, caller: { tenant } }, ports) {
      const { registration } = (await ports.registrations.read(tenant)) ?? {};
      if (!registration) return { error: webhookNotFound() };
      const { deliveries, next } = await ports.deliveries.page(tenant, { after, most: size });
      const more = next === undefined ? undefined : new URLSearchParams({ after: next, size: String(size) });
      const items = deliveries.map((delivery) => deliveryBody(delivery, registration.baseUrl));
      return { status: 200, body: pageBody(items, `/${DELIVERIES}`, more) };
    },
    docs: {
      tag: 'Webhooks',
      summary: 'List the deliveries of the last days',
      description:
        'Newest event first, each with its attempts. A delivery is listed for seven days by default.',
      answers: { 200: { when: 'A page of deliveries.', schema: 'Deliveries' } },
      errors: ['invalidInput', 'webhookNotFound'],
    },
  }),
  defineRoute({
    name: 'getDelivery',
    method: 'GET',
    path: `${DELIVERIES}/{deliveryId}`,
    access: 'read',
    params: deliveryPath,
    async endpoint({ params: { deliveryId }, caller: { tenant } }, ports) {
      const { registration } = (await ports.registrations.read(tenant)) ?? {};
      if (!registration) return { error: webhookNotFound() };
      const stored = await ports.deliveries.read({ tenant, deliveryId });
      return stored
        ? { status: 200, body: deliveryBody(stored.delivery, registration.baseUrl) }
        : { error: deliveryNotFound(deliveryId) };
    },
    docs: {
      tag: 'Webhooks',
      summary: 'Read a delivery',
      answers: { 200: { when: 'The delivery with its attempts.', schema: 'Delivery' } },
      errors: ['webhookNotFound', 'deliveryNotFound'],
    },
  }),
  defineRoute({
    name: 'resendDelivery',
    method: 'POST',
    path: `${DELIVERIES}/{deliveryId}/resend`,
    access: 'write',
    params: deliveryPath,
    async endpoint({ params: { deliveryId }, caller: { tenant }, policies }, ports) {
      const resent = await resendDelivery(ports, { tenant, deliveryId }, policies.webhooks.delivery);
      return 'error' in resent
        ? resent
        : { status: 202, body: deliveryBody(resent.delivery, resent.baseUrl) };
    },
    docs: {
      tag: 'Webhooks',
      summary: 'Send a delivery again',
      description:
        'Starts another series of attempts with the same `webhook-id`. A delivery that is pending stays as it is.',
      answers: { 202: { when: 'The delivery is pending.', schema: 'Delivery' } },
      errors: ['webhookNotFound', 'webhookDisabled', 'deliveryNotFound', 'webhookBusy'],
    },
  }),
];
