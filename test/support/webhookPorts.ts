/** The ports of webhooks on real storage and a real broker, for tests that compose their ports themselves. */
import type { Bus } from '../../shared/messaging/bus.ts';
import { deliveryQueue } from '../../shared/messaging/publishers.ts';
import type { Table } from '../../shared/storage/tables.ts';
import { deliveryStore, registrationStore } from '../../shared/storage/webhookStore.ts';
import { deliveryPace } from '../../shared/webhooks/pace.ts';
import { receiverClient } from '../../shared/webhooks/receiverClient.ts';
import type { WebhookPorts } from '../../shared/webhooks/webhookPorts.ts';

const TIMEOUT_MS = 2_000;

export const webhookPorts = (table: Table, bus: Bus, now: () => number): WebhookPorts => ({
  registrations: registrationStore(table),
  deliveries: deliveryStore(table),
  deliveryQueue: deliveryQueue(bus),
  pace: deliveryPace({ perMinute: 0, concurrency: 4, slowConcurrency: 2 * 4 }, now, Math.random),
  receiver: receiverClient({ timeoutMs: TIMEOUT_MS, allowsLoopback: true }),
  limitValidations: () => undefined,
});
