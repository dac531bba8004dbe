/** Settings of the stacks that end-to-end tests run. */

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
