/** Settings of the stacks that end-to-end tests run. */
import { localCaller } from '../../local/issuer/localCaller.ts';

/** The sweeper runs when a test says so: its next scheduled time is months away. */
export const SWEEP_BY_HAND = { SWEEP_SCHEDULE: '0 0 0 1 1 *' };

/** Bulk orders from the ordering desk, with short retries. */
export const BULK_SETTINGS = {
  ORDER_GATEWAY: 'partnerCenter',
  CATALOG_FILE: 'shared/catalog/sample.json',
  BULK_IN_FLIGHT: '2',
  CHECKOUT_RETRY_BASE: 'PT0.1S',
  CHECKOUT_RETRY_CAP: 'PT0.2S',
  CHECKOUT_MAX_ATTEMPTS: '1000',
};

/** Webhooks are sent again soon. */
export const WEBHOOK_SETTINGS = { WEBHOOK_RETRY_BASE: 'PT0.2S' };

/** One partner tenant, that of local callers, may send items of bulk orders through the queue. */
export const QUEUE_SETTINGS = { BULK_QUEUE_TENANTS: localCaller.tenant };

/** Checkouts that fail and are repeated soon, three times at most. */
export const CHECKOUT_SETTINGS = {
  ORDER_GATEWAY: 'partnerCenter',
  PASS_THROUGH: 'false',
  CATALOG_FILE: 'shared/catalog/sample.json',
  PARTNER_CENTER_TIMEOUT: 'PT1S',
  CHECKOUT_RETRY_BASE: 'PT0.1S',
  CHECKOUT_MAX_ATTEMPTS: '3',
  CHECKOUT_WAIT: 'PT15S',
};

/**
 * Partners of the stack `limits`, in which others may send two requests a minute. Each test file has one without a limit,
 * because the service pauses the orders of a partner when Partner Center asks for it.
 */
export const PARTNERS = {
  checklist: '3f0e6a1c-9d24-4b7a-8c51-6e2d0f9b4a73',
  expiry: 'b8d4c2f6-1e73-4a95-9b08-d3f5a7c16e29',
  rates: '52a9e0d7-6c3b-4f18-a4e2-8b7d1c90f365',
  onceAMinute: '7c1a2f0e-3b5d-4e6f-8a90-1b2c3d4e5f60',
};

/** So few that a slow machine is not given the next one while the test still asks. */
export const REQUESTS_A_MINUTE = 2;

/** Days shortened to seconds, for the timer and for callers that are too late, too fast or without a role. */
export const LIMITS_SETTINGS = {
  SWEEP_SCHEDULE: '* * * * * *',
  CART_LIFETIME: 'PT6S',
  EXPIRY_NOTICES: 'PT5S,PT3S', // far apart: a sweep that is late announces the last only, and none after the expiry
  CART_RETENTION: 'PT10S',
  // No shorter than the lease of a lane and the checkouts of a bulk order.
  BULK_LANE_LEASE: 'PT5S',
  CHECKOUT_MAX_AGE: 'PT10S',
  CHECKOUT_RETRY_CAP: 'PT3S',
  ORDER_GATEWAY: 'partnerCenter',
  PASS_THROUGH: 'false',
  AUTH_WRITE_ROLES: 'AdminAgent,SalesAgent',
  RATE_LIMIT: String(REQUESTS_A_MINUTE),
  RATE_LIMIT_TENANTS: Object.entries(PARTNERS)
    .map(([name, tenant]) => `${tenant}=${name === 'onceAMinute' ? 1 : 0}`)
    .join(','),
};
