/** The `partnerCenter` gateway, made of the settings. Loaded with the first order. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Settings } from './config.ts';
import { bearerOf, credentialOf, type Identity } from './identity/credential.ts';
import type { OrderingGateway } from './orders/gateway.ts';
import { partnerCenterGateway } from './orders/gateways/partnerCenter/gateway.ts';
import { MAX_PERMIT_WAIT_MS } from './orders/gateways/partnerCenter/peer.ts';
import { outboundLimiter } from './rateLimit/outboundLimiter.ts';

/** The gateway, with the outbound limiter of this process. */
export function openPartnerCenter(settings: Settings, identity: Identity): OrderingGateway {
  return partnerCenterGateway({
    url: settings.PARTNER_CENTER_URL,
    timeoutMs: settings.PARTNER_CENTER_TIMEOUT,
    listDelayMs: settings.PARTNER_CENTER_LIST_DELAY,
    limiter: outboundLimiter(
      { perMinute: settings.PARTNER_CENTER_RATE_LIMIT, maxWaitMs: MAX_PERMIT_WAIT_MS },
      () => performance.now(),
      Math.random,
    ),
    sleep: (ms) => pause(ms),
    token: bearerOf(credentialOf(identity), settings.PARTNER_CENTER_SCOPE),
  });
}
