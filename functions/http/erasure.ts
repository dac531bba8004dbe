/** Request the erasure of a customer's data and read its state, and the keys that verify receipts (docs/contract.md 26). */
import { getErasure, requestErasure } from '../../shared/erasure/requestErasure.ts';
import { erasureBody } from '../../shared/http/erasureResponse.ts';
import { customerPath } from '../../shared/http/parameters.ts';
import { defineRoute, type Route } from '../../shared/http/route.ts';
import { erasureKey } from '../../shared/idempotency.ts';

const ERASURE = 'customers/{customerId}/erasure';

export const erasureRoutes: Route[] = [
  defineRoute({
    name: 'requestErasure',
    method: 'POST',
    path: ERASURE,
    access: 'erase',
    params: customerPath,
    async endpoint({ params: { customerId: customer }, caller, identity }, ports) {
      const requested = await requestErasure(ports, {
        tenant: caller.tenant,
        customer,
        requestedBy: caller.kind === 'app' ? 'application' : 'user',
        idempotencyKey: erasureKey(identity),
      });
      if ('error' in requested) return requested;
      return {
        status: 202,
        body: erasureBody(requested),
        headers: { Location: `/v1/customers/${customer}/erasure`, 'Retry-After': '60' },
      };
    },
    docs: {
      tag: 'Erasure',
      summary: 'Erase the data of a customer',
      description:
        'Removes carts, items of bulk orders, webhook deliveries and parked messages of the customer, and orders by the policy of the deployment. It waits for a running checkout and continues in the background. A request during an erasure joins it.',
      answers: {
        202: { when: 'The erasure was accepted.', schema: 'Erasure', headers: ['Location', 'Retry-After'] },
      },
      errors: ['customerIdInvalid', 'erasureBusy'],
    },
  }),
  defineRoute({
    name: 'getErasure',
    method: 'GET',
    path: ERASURE,
    access: 'erase',
    params: customerPath,
    async endpoint({ params: { customerId: customer }, caller }, ports) {
      const erasure = await getErasure(ports, caller.tenant, customer);
      return 'error' in erasure ? erasure : { status: 200, body: erasureBody(erasure) };
    },
    docs: {
      tag: 'Erasure',
      summary: 'Read the latest erasure of a customer',
      description: 'When it has completed, with a receipt: a compact JWS without personal data.',
      answers: { 200: { when: 'The erasure.', schema: 'Erasure' } },
      errors: ['customerIdInvalid', 'erasureNotFound'],
    },
  }),
  defineRoute({
    name: 'erasureKeys',
    method: 'GET',
    path: 'schemas/erasure-keys.json',
    access: 'open',
    endpoint: async (_call, ports) => ({ status: 200, body: await ports.erasureKeys.publicKeys() }),
    docs: {
      tag: 'Service',
      summary: 'Read the public keys that verify receipts of erasures',
      answers: { 200: { when: 'A JWK set.', schema: 'KeySet' } },
      errors: ['serviceUnavailable'],
    },
  }),
];
