/** The parts of webhooks that settings make: policies, the client of receivers, and limits. */
import { retryPolicy } from '../checkout/retryPolicy.ts';
import type { Settings } from '../config.ts';
import type { WebhookPolicy } from '../http/context.ts';
import { openOnce } from '../openOnce.ts';
import { inboundLimiter } from '../rateLimit/inboundLimiter.ts';
import { deliveryPace } from './pace.ts';
import type { ReceiverClient } from './receiverClient.ts';
import type { WebhookPorts } from './webhookPorts.ts';

const BACKOFF_COEFFICIENT = 3.2;
const LONGEST_DELAY_MS = 16 * 3_600_000;
/** No attempt starts later than this after the first: above the sum of all delays. */
const LAST_ATTEMPT_MS = 14 * 86_400_000;
/** Calls to one receiver at a time: a quarter of what the host runs at once. */
const CONCURRENCY = 4;
/** Calls to all slow receivers at a time: half of what the host runs at once. */
const SLOW_CONCURRENCY = 8;
/** Validation events a minute, as Partner Center allows. */
const VALIDATIONS_PER_MINUTE = 2;

/** The policies of webhooks. */
export const webhookPolicyOf = (settings: Settings): WebhookPolicy => ({
  delivery: {
    retry: retryPolicy({
      initialIntervalMs: settings.WEBHOOK_RETRY_BASE,
      backoffCoefficient: BACKOFF_COEFFICIENT,
      maximumIntervalMs: LONGEST_DELAY_MS,
      maximumAttempts: settings.WEBHOOK_MAX_ATTEMPTS,
      scheduleToCloseMs: LAST_ATTEMPT_MS,
    }),
    watchdogMs: settings.WEBHOOK_WATCHDOG,
    retentionMs: settings.WEBHOOK_RETENTION,
    disableAfterMs: settings.WEBHOOK_DISABLE_AFTER,
  },
  allowsLoopback: settings.WEBHOOK_LOOPBACK,
  secretOverlapMs: settings.WEBHOOK_SECRET_OVERLAP,
  publicUrl: settings.PUBLIC_URL,
});

/** The ports of webhooks that are neither storage nor queue. */
export const webhookParts = (
  settings: Settings,
): Pick<WebhookPorts, 'pace' | 'receiver' | 'limitValidations'> => ({
  pace: deliveryPace(
    {
      perMinute: settings.WEBHOOK_RATE_LIMIT,
      concurrency: CONCURRENCY,
      slowConcurrency: SLOW_CONCURRENCY,
    },
    Date.now,
    Math.random,
  ),
  receiver: receiverOf(settings),
  limitValidations: inboundLimiter({ perMinute: VALIDATIONS_PER_MINUTE, ofTenant: new Map() }, () =>
    performance.now(),
  ),
});

/** The client of receivers, loaded with the first call, and the HTTP client of Node.js with it. */
function receiverOf(settings: Settings): ReceiverClient {
  const opened = openOnce(async () => {
    const { receiverClient } = await import('./receiverClient.ts');
    return receiverClient({
      timeoutMs: settings.WEBHOOK_TIMEOUT,
      allowsLoopback: settings.WEBHOOK_LOOPBACK,
    });
  });
  return { call: async (request) => (await opened()).call(request) };
}
