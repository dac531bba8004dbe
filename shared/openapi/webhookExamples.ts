/** One story as examples: a webhook is registered, tested, and receives an event at its second attempt. */
import { ALL_EVENT_NAMES } from '../webhooks/payload.ts';

const REGISTRATION = {
  WebhookUrl: 'https://hooks.contoso.example/cartwright',
  WebhookEvents: ['cart-expiring', 'cart-expired', 'test-created'],
  Payload: 'partnerCenter',
  Handshake: false,
};

const DELIVERY = {
  id: '06866023497616-5f0d8c1e2b3a49687756c4d1',
  eventId: 'b4c8fdea-cbe4-4d17-9576-13fcacbf9605.PT1H',
  eventName: 'cart-expiring',
  resourceUri:
    'https://carts.fabrikam.example/v1/customers/d6bf25b7-e0a8-4f2d-a31b-97b55cfc774d/carts/b4c8fdea-cbe4-4d17-9576-13fcacbf9605',
  status: 'delivered',
  createdTimestamp: '2026-03-22T16:15:30.1120000Z',
  endedTimestamp: '2026-03-22T16:15:36.9070000Z',
  attemptCount: 2,
  responseStatus: 204,
  attempts: [
    {
      number: 1,
      timestamp: '2026-03-22T16:15:30.1700000Z',
      durationMilliseconds: 84,
      responseStatus: 503,
    },
    {
      number: 2,
      timestamp: '2026-03-22T16:15:36.8440000Z',
      durationMilliseconds: 63,
      responseStatus: 204,
    },
  ],
};

const SELF = { uri: '/webhooks/v1/registration/deliveries', method: 'GET', headers: [] };
const CORRELATION_ID = '019d0c4e-7a31-7f55-9d0e-2b64c8a1f307';

export const WEBHOOK_EXAMPLES = {
  WebhookRequest: REGISTRATION,
  Webhook: {
    SubscriberId: '5d8a4b0e-6c1f-4f7b-9a56-0c3f2f1d7e11',
    ...REGISTRATION,
    Status: 'enabled',
    Secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo=',
  },
  WebhookEventNames: ALL_EVENT_NAMES,
  ValidationRequested: { correlationId: CORRELATION_ID },
  ValidationEvent: {
    correlationId: CORRELATION_ID,
    partnerId: '5d8a4b0e-6c1f-4f7b-9a56-0c3f2f1d7e11',
    status: 'completed',
    callbackUrl: REGISTRATION.WebhookUrl,
    results: [
      {
        responseCode: '204',
        responseMessage: '',
        systemError: false,
        dateTimeUtc: '2026-03-15T17:20:44.0920000Z',
      },
    ],
  },
  Delivery: DELIVERY,
  Deliveries: { items: [DELIVERY], links: { self: SELF }, attributes: { objectType: 'Collection' } },
};
