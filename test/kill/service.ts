/**
 * The service as it is killed: every part in a separate process, tables on disk, and short times (locks,
 * claims, watchdog, sweep), so that what a dead process held is taken up again within seconds.
 */
import type { Entities } from '@cartwright/servicebus-emulator';
import entities from '../../infra/servicebus.json' with { type: 'json' };
import { type Running, startService } from '../e2e/running.ts';

export type Gateway = 'ledger' | 'partnerCenter';

const { queues, topics } = entities;

/** The same queues and topics, with short locks. */
function entitiesLocking(lockDuration: string): Entities {
  const events = topics['cart-events'];
  const { all, webhooks } = events.subscriptions;
  return {
    queues: {
      ...queues,
      checkout: { ...queues.checkout, lockDuration },
      'bulk-lanes': { ...queues['bulk-lanes'], lockDuration },
      'webhook-deliveries': { ...queues['webhook-deliveries'], lockDuration },
    },
    topics: {
      ...topics,
      'cart-events': { ...events, subscriptions: { all, webhooks: { ...webhooks, lockDuration } } },
    },
  };
}

/** Starts it, with further settings; with `partnerCenter` the ordering desk makes the orders. */
export function startMortal(gateway: Gateway, settings: Record<string, string> = {}): Promise<Running> {
  return startService({
    azurite: 'disk',
    desk: gateway === 'partnerCenter',
    entities: entitiesLocking('PT4S'),
    settings: {
      ORDER_GATEWAY: gateway,
      SWEEP_SCHEDULE: '* * * * * *',
      CHECKOUT_WATCHDOG: 'PT2S',
      // Shorter than the time between most kills, so that a caller who waits receives a response.
      CHECKOUT_WAIT: 'PT0.5S',
      CHECKOUT_RETRY_BASE: 'PT0.5S',
      CHECKOUT_RETRY_CAP: 'PT2S',
      // High enough that every order that can be placed is placed.
      CHECKOUT_MAX_ATTEMPTS: '1000',
      BULK_LANE_LEASE: 'PT8S',
      PARTNER_CENTER_TIMEOUT: 'PT0.5S',
      PARTNER_CENTER_RATE_LIMIT: '0',
      ...settings,
    },
  });
}
