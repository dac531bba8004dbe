/**
 * Every name of the telemetry, once: the metrics with their units and dimensions, and the attributes of spans. Names
 * follow OpenTelemetry's semantic conventions; what they do not cover is prefixed with `cartwright.`. Alerts, workbook and
 * docs/operations.md are checked against this file.
 */

/** The instrumentation scope of every span and metric. */
export const SCOPE = 'cartwright';

/** Attributes that are not in the semantic conventions. */
export const ATTRIBUTES = {
  tenant: 'cartwright.tenant',
  cartId: 'cartwright.cart.id',
  checkoutId: 'cartwright.checkout.id',
  attempt: 'cartwright.checkout.attempt',
  bulkOrderId: 'cartwright.bulk_order.id',
  lane: 'cartwright.bulk_order.lane',
  item: 'cartwright.bulk_order.item',
  correlationId: 'cartwright.correlation_id',
  outcome: 'cartwright.outcome',
  reason: 'cartwright.reason',
} as const;

/** A metric; its `dimensions` are the only attributes that its values have. */
export interface Metric {
  name: string;
  kind: 'counter' | 'histogram' | 'gauge';
  /** In the notation of UCUM. */
  unit: string;
  description: string;
  dimensions: readonly string[];
  /** Upper bounds of the buckets of a histogram. */
  buckets?: readonly number[];
}

const SECONDS = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3_600, 21_600, 86_400];
const ENTITY = 'messaging.destination.name';

export const METRICS = {
  checkouts: {
    name: 'cartwright.checkouts',
    kind: 'counter',
    unit: '{checkout}',
    description: 'Checkouts that ended: `ordered`, `partlyOrdered` or `failed`.',
    dimensions: [ATTRIBUTES.outcome],
  },
  checkoutAttempts: {
    name: 'cartwright.checkout.attempts',
    kind: 'histogram',
    unit: '{attempt}',
    description: 'Attempts of each checkout that ended.',
    dimensions: [ATTRIBUTES.outcome],
    buckets: [1, 2, 3, 5, 8, 12],
  },
  checkoutDuration: {
    name: 'cartwright.checkout.duration',
    kind: 'histogram',
    unit: 's',
    description: 'Time from the request of a checkout to its recorded outcome.',
    dimensions: [ATTRIBUTES.outcome],
    buckets: SECONDS,
  },
  ordersDeferred: {
    name: 'cartwright.orders.deferred',
    kind: 'counter',
    unit: '{order}',
    description: 'Orders that were rescheduled without using an attempt, by reason.',
    dimensions: [ATTRIBUTES.reason],
  },
  gatewayDuration: {
    name: 'cartwright.gateway.duration',
    kind: 'histogram',
    unit: 's',
    description:
      'Time that the ordering gateway took for an order: `placed`, `refused`, `retry` or `deferred`.',
    dimensions: [ATTRIBUTES.outcome],
    buckets: SECONDS,
  },
  bulkItems: {
    name: 'cartwright.bulk.items',
    kind: 'counter',
    unit: '{item}',
    description: 'Items of bulk orders that ended, by outcome.',
    dimensions: [ATTRIBUTES.outcome],
  },
  queueLag: {
    name: 'cartwright.queue.lag',
    kind: 'histogram',
    unit: 's',
    description: 'Time that a message waited for its first delivery after it was due, by queue.',
    dimensions: [ENTITY],
    buckets: SECONDS,
  },
  sweepEntries: {
    name: 'cartwright.sweep.entries',
    kind: 'counter',
    unit: '{entry}',
    description: 'Due entries that the sweeper processed: `done`, `failed` or `deferred`.',
    dimensions: [ATTRIBUTES.outcome],
  },
  sweepLateness: {
    name: 'cartwright.sweep.lateness',
    kind: 'histogram',
    unit: 's',
    description: 'How long after its time the sweeper began to process a due entry.',
    dimensions: [],
    buckets: SECONDS,
  },
  sweepBacklog: {
    name: 'cartwright.sweep.backlog',
    kind: 'gauge',
    unit: '{entry}',
    description: 'Due entries that a run of the sweeper read and left to a later one.',
    dimensions: [],
  },
  sweepPages: {
    name: 'cartwright.sweep.pages',
    kind: 'counter',
    unit: '{page}',
    description: 'Pages of due entries that the sweeper dispatched, when many entries were due.',
    dimensions: [],
  },
  requestsThrottled: {
    name: 'cartwright.requests.throttled',
    kind: 'counter',
    unit: '{request}',
    description: 'Requests that were rejected with 429, by partner tenant.',
    dimensions: [ATTRIBUTES.tenant],
  },
  processDuration: {
    name: 'messaging.process.duration',
    kind: 'histogram',
    unit: 's',
    description: 'Time that a queue function took for a message, by queue.',
    dimensions: ['messaging.system', ENTITY, 'error.type'],
    buckets: SECONDS,
  },
  clientRequestDuration: {
    name: 'http.client.request.duration',
    kind: 'histogram',
    unit: 's',
    description: 'Time that a request to Partner Center took.',
    dimensions: ['http.request.method', 'server.address', 'http.response.status_code', 'error.type'],
    buckets: SECONDS,
  },
} as const satisfies Record<string, Metric>;

export type MetricName = keyof typeof METRICS;

/** The dimensions of a metric, by attribute name. */
export type Dimensions<Name extends MetricName> = Partial<
  Record<(typeof METRICS)[Name]['dimensions'][number], string | number>
>;
