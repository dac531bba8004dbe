/** A message of Service Bus as it is received from `parked`. */
import type { ServiceBusReceivedMessage } from '@azure/service-bus';
import type { Place } from '../../../cli/parked/place.ts';

export const NOW = Date.UTC(2026, 2, 15, 17, 15);
export const CART = 'b4c8fdea-cbe4-4d17-9576-13fcacbf9605';
export const TENANT = '5d8a4b0e-6c1f-4f7b-9a56-0c3f2f1d7e11';
export const PARKED: Place = { queue: 'parked', isDeadLetter: false };
export const DEAD: Place = { queue: 'checkout', isDeadLetter: true };

export const received = (more: object = {}, body: unknown = { data: { cartId: CART, tenant: TENANT } }) =>
  ({
    messageId: 'c.exhausted',
    sequenceNumber: 7,
    enqueuedTimeUtc: new Date(NOW - 90_000),
    body: typeof body === 'string' ? Buffer.from(body) : Buffer.from(JSON.stringify(body)),
    applicationProperties: { source: 'checkout', reason: 'AttemptsExhausted', description: 'Closed.' },
    _rawAmqpMessage: {
      bodyType: 'data',
      properties: { messageId: 'c.exhausted', correlationId: 'c' },
      applicationProperties: { source: 'checkout', reason: 'x', description: 'y', traceparent: '00-a-b-01' },
    },
    ...more,
  }) as unknown as ServiceBusReceivedMessage;
