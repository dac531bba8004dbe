/** The names of the queues, the topic and its subscription of the service. `infra/servicebus.json` has their properties, for Azure and the emulator. */
export const QUEUES = {
  checkout: 'checkout',
  bulkOrders: 'bulk-orders',
  bulkLanes: 'bulk-lanes',
  webhookDeliveries: 'webhook-deliveries',
  sweepPages: 'sweep-pages',
  parked: 'parked',
} as const;
export const TOPICS = { cartEvents: 'cart-events' } as const;
/** The subscription from which webhooks get events. */
export const SUBSCRIPTIONS = { webhooks: 'webhooks' } as const;
