/**
 * The service as it is killed: everything in processes of its own, tables on the disk, and short times (locks,
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
      // Shorter than most lives, so that a caller who waits hears something in the end.
      CHECKOUT_WAIT: 'PT0.5S',
      CHECKOUT_RETRY_BASE: 'PT0.5S',
      CHECKOUT_RETRY_CAP: 'PT2S',
      // Nobody's patience is being tested: an order that can be made is made in the end.
      CHECKOUT_MAX_ATTEMPTS: '1000',
      BULK_LANE_LEASE: 'PT8S',
      PARTNER_CENTER_TIMEOUT: 'PT0.5S',
      PARTNER_CENTER_RATE_LIMIT: '0',
      ...settings,
    },
  });
}
