/** Webhooks for the tests: a registration, a policy, and an event. */
import { cartExpired } from '../../shared/cart/events.ts';
import type { DeliveryPolicy } from '../../shared/webhooks/delivery.ts';
import {
  newRegistration,
  type Registration,
  type RegistrationDraft,
} from '../../shared/webhooks/registration.ts';
import { newSecret } from '../../shared/webhooks/signature.ts';
import { cartOf, DAY, KEY, MINUTE, NOW } from '../support/samples.ts';

export const { tenant } = KEY;
export const EVENT = cartExpired(cartOf());

export const POLICY: DeliveryPolicy = {
  retry: {
    initialIntervalMs: 7_000,
    backoffCoefficient: 3.2,
    maximumIntervalMs: 57_600_000,
    maximumAttempts: 10,
    scheduleToCloseMs: 14 * DAY,
  },
  watchdogMs: 2 * MINUTE,
  retentionMs: 7 * DAY,
  disableAfterMs: 3 * DAY,
};

export const DRAFT: RegistrationDraft = {
  url: 'https://hooks.contoso.com/cartwright',
  events: ['cart-expired', 'cart-expiring'],
  payload: 'partnerCenter',
  handshake: false,
};

export const registrationOf = (more: Partial<Registration> = {}): Registration => ({
  ...newRegistration(DRAFT, {
    tenant,
    baseUrl: 'https://carts.fabrikam.example',
    version: 'version-1',
    nowMs: NOW,
    secret: newSecret(),
  }),
  ...more,
});

/** What the settings of webhooks are by default. */
export const WEBHOOK_DEFAULTS = {
  WEBHOOK_TIMEOUT: 10_000,
  WEBHOOK_RETRY_BASE: 7_000,
  WEBHOOK_WATCHDOG: 120_000,
  WEBHOOK_MAX_ATTEMPTS: 10,
  WEBHOOK_DISABLE_AFTER: 259_200_000,
  WEBHOOK_RETENTION: 604_800_000,
  WEBHOOK_SECRET_OVERLAP: 86_400_000,
  WEBHOOK_RATE_LIMIT: 600,
  WEBHOOK_LOOPBACK: false,
};
/** What those of erasures are. */
export const ERASURE_DEFAULTS = {
  AUTH_ERASE_ROLES: [],
  ORDER_ERASURE: 'pseudonymize',
  ORDER_ERASURE_REASON: 'Statutory retention of commercial records',
};
