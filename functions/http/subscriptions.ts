/** The subscriptions of the ledger's orders (docs/contract.md 25). */
import * as z from 'zod';
import { apiError } from '../../shared/errors.ts';
import { isOrderCursor } from '../../shared/http/orderList.ts';
import { clientHeader, cursor, customerPath } from '../../shared/http/parameters.ts';
import { subscriptionPath } from '../../shared/http/resourceParameters.ts';
import { defineRoute, type Route } from '../../shared/http/route.ts';

/** Loaded with the first request for a subscription. */
const pages = () => import('../../shared/http/subscriptionPages.ts');

const SUBSCRIPTIONS = 'customers/{customerId}/subscriptions';
const listQuery = z.object({
  order_id: z
    .string()
    .meta({ description: 'Only the subscriptions of this order.', example: 'f76c6b7f449d' })
    .optional(),
  mpn_id: z
    .string()
    .meta({ description: 'Only the subscriptions with this reseller.', example: '5357564' })
    .optional(),
  after: cursor(isOrderCursor, 'f76c6b7f449d').optional(),
});

export const subscriptionRoutes: Route[] = [
  defineRoute({
    name: 'listSubscriptions',
    method: 'GET',
    path: SUBSCRIPTIONS,
    access: 'read',
    isPartnerCenters: true,
    params: customerPath,
    query: listQuery,
    headers: clientHeader,
    endpoint: async (asked, ports) => (await pages()).subscriptionsPage(asked, ports),
    docs: {
      tag: 'Subscriptions',
      summary: 'List the subscriptions of a customer',
      description: 'Of up to 1,000 orders; when there are more, `links.next` leads to the next page.',
      answers: { 200: { when: 'The subscriptions.', schema: 'Subscriptions' } },
      errors: ['customerIdInvalid', 'invalidInput'],
    },
  }),
  defineRoute({
    name: 'getSubscription',
    method: 'GET',
    path: `${SUBSCRIPTIONS}/{subscriptionId}`,
    access: 'read',
    isPartnerCenters: true,
    params: subscriptionPath,
    headers: clientHeader,
    endpoint: async (asked, ports) => (await pages()).subscriptionPage(asked, ports),
    docs: {
      tag: 'Subscriptions',
      summary: 'Read a subscription',
      answers: { 200: { when: 'The subscription.', schema: 'Subscription' } },
      errors: ['customerIdInvalid', 'subscriptionNotFound'],
    },
  }),
  defineRoute({
    name: 'getSubscriptionProvisioningStatus',
    method: 'GET',
    path: `${SUBSCRIPTIONS}/{subscriptionId}/provisioningstatus`,
    access: 'read',
    isPartnerCenters: true,
    params: subscriptionPath,
    /** Needs a user (docs/contract.md 4.12). */
    async endpoint({ params, caller }, ports) {
      if (caller.kind !== 'appUser') {
        return { error: apiError('appOnlyNotSupported', 'The provisioning status needs an App+User token.') };
      }
      return (await pages()).provisioningPage({ params, caller }, ports);
    },
    docs: {
      tag: 'Subscriptions',
      summary: 'Read the provisioning status of a subscription',
      description: 'Needs the token of a user; the token of an application alone is rejected.',
      answers: { 200: { when: 'The status.', schema: 'SubscriptionProvisioning' } },
      errors: ['customerIdInvalid', 'subscriptionNotFound', 'appOnlyNotSupported'],
    },
  }),
];
