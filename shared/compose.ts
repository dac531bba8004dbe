/**
 * Puts the service together: from the settings to the ports that the protocols run on, the verifier of
 * tokens, and the policies. Nothing is connected to before it is used.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { hasPages } from './catalog/families.ts';
import { retryPolicy } from './checkout/retryPolicy.ts';
import type { Settings } from './config.ts';
import type { Policies, Service } from './http/context.ts';
import { azureCredential } from './identity/credential.ts';
import { partnerCenterIdentity } from './identity/partnerCenterIdentity.ts';
import { verifier } from './identity/verify.ts';
import { openCatalog } from './loadCatalog.ts';
import { type Bus, type OpenBus, openBus } from './messaging/bus.ts';
import { bulkQueue, checkoutQueue, deliveryQueue, eventTopic, parkedQueue } from './messaging/publishers.ts';
import { openOnce } from './openOnce.ts';
import type { OrderingGateway } from './orders/gateway.ts';
import { ledgerGateway } from './orders/gateways/ledger.ts';
import { maxPlacementMs } from './orders/gateways/partnerCenter/peer.ts';
import type { Upstream } from './passThrough/upstream.ts';
import type { Ports } from './ports.ts';
import { inboundLimiter } from './rateLimit/inboundLimiter.ts';
import { cachedCheck } from './readiness.ts';
import { bulkList } from './storage/bulkList.ts';
import { bulkStore } from './storage/bulkStore.ts';
import { cartStore, orderStore } from './storage/cartStore.ts';
import { dueIndex } from './storage/dueIndex.ts';
import { erasureKeysIn } from './storage/erasureKeys.ts';
import { customerDataStore, erasureStore } from './storage/erasureStore.ts';
import { TABLES } from './storage/keys.ts';
import { Table, type TableConnection } from './storage/tables.ts';
import { deliveryStore, registrationStore } from './storage/webhookStore.ts';
import { webhookParts, webhookPolicyOf } from './webhooks/compose.ts';

/** The service for these settings. */
export function composeService(settings: Settings): Service {
  const tables = tableConnection(settings);
  const carts = new Table(tables, TABLES.carts);
  const due = dueIndex(new Table(tables, TABLES.due));
  const bulk = new Table(tables, TABLES.bulk);
  const webhooks = new Table(tables, TABLES.webhooks);
  const erasures = new Table(tables, TABLES.erasures);
  const bus = openBus(busConnection(settings));
  const orders = orderStore(carts);
  const rest: Omit<Ports, 'log'> = {
    carts: cartStore(carts),
    orders,
    due,
    bulk: bulkStore(bulk),
    bulkList: bulkList(bulk),
    bulkQueue: bulkQueue(bus),
    checkouts: checkoutQueue(bus),
    pageQueue: pageQueueOf(bus),
    parked: parkedQueue(bus),
    events: eventTopic(bus),
    registrations: registrationStore(webhooks),
    deliveries: deliveryStore(webhooks),
    deliveryQueue: deliveryQueue(bus),
    ...webhookParts(settings),
    erasures: erasureStore(erasures),
    customerData: customerDataStore(carts, bulk),
    strandedMessages: strandedOn(bus),
    erasureKeys: erasureKeysIn(erasures),
    gateway: gatewayOf(settings),
    ping: cachedCheck(
      () => probe(orders, bus),
      () => performance.now(),
    ),
    now: Date.now,
    random: Math.random,
    newId: randomUUID,
    sleep: (ms) => pause(ms),
  };
  return {
    policies: policiesOf(settings),
    verify: verifier({
      jwksUrl: settings.AUTH_JWKS_URL,
      issuers: settings.AUTH_ISSUERS,
      audiences: settings.AUTH_AUDIENCES,
      tenants: settings.AUTH_TENANTS,
      clockSkewMs: settings.AUTH_CLOCK_SKEW,
    }),
    limitInbound: inboundLimiter(
      { perMinute: settings.RATE_LIMIT, ofTenant: settings.RATE_LIMIT_TENANTS ?? new Map() },
      () => performance.now(), // a wall clock that is set back would shut everybody out
    ),
    passThrough: isPassingThrough(settings) ? upstreamOf(settings) : undefined,
    ports: (log) => ({ ...rest, log }),
  };
}

/** Partner Center for passed-through requests, loaded with the first one. */
function upstreamOf({ PARTNER_CENTER_URL: url, PARTNER_CENTER_TIMEOUT: timeoutMs }: Settings): Upstream {
  const opened = openOnce(async () => {
    const { upstream } = await import('./passThrough/upstream.ts');
    return upstream({ url, timeoutMs });
  });
  return { send: async (request) => (await opened()).send(request) };
}

/** The messages that an erasure looks for, found by code that is loaded with the first erasure. */
function strandedOn(bus: OpenBus): Ports['strandedMessages'] {
  const opened = openOnce(async () =>
    (await import('./messaging/strandedMessages.ts')).strandedMessages(bus),
  );
  return {
    find: async (content) => (await opened()).find(content),
    remove: async (content) => (await opened()).remove(content),
  };
}

/** The queue of dispatched pages, loaded with the first run of the sweeper. */
function pageQueueOf(bus: OpenBus): Ports['pageQueue'] {
  const opened = openOnce(async () => (await import('./messaging/pageQueue.ts')).pageQueue(bus));
  return {
    send: async (pages) => (await opened()).send(pages),
    queued: async () => (await opened()).queued(),
  };
}

/** Whether Partner Center answers what is not served here. */
const isPassingThrough = ({ ORDER_GATEWAY, PASS_THROUGH = true }: Settings): boolean =>
  ORDER_GATEWAY === 'partnerCenter' && PASS_THROUGH;

/** How long events stay in the topic (infra/servicebus.json), and logs in the tables of Application Insights (docs/operations.md). */
const OUTSIDE = { eventsMs: 7 * 86_400_000, logsMs: 90 * 86_400_000 };

/** The policies of these settings; throws when the catalogue that they name cannot be used. */
export function policiesOf(settings: Settings): Policies {
  const watchdogMs = settings.CHECKOUT_WATCHDOG;
  const catalog = openCatalog(settings);
  const lifecycle = {
    noticesMs: settings.EXPIRY_NOTICES,
    retentionMs: settings.CART_RETENTION,
    orderRetentionMs: settings.ORDER_RETENTION,
    watchdogMs,
  };
  return {
    lifetimeMs: settings.CART_LIFETIME,
    checkoutWaitMs: settings.CHECKOUT_WAIT,
    bulkInFlight: settings.BULK_IN_FLIGHT,
    bulkLeaseMs: settings.BULK_LANE_LEASE,
    bulkQueueTenants: settings.BULK_QUEUE_TENANTS.map((tenant) => tenant.toLowerCase()),
    rules: {
      currencyCode: settings.DEFAULT_CURRENCY,
      market: settings.DEFAULT_COUNTRY,
      isIndirectProvider: settings.INDIRECT_PROVIDER,
      catalog,
    },
    country: settings.DEFAULT_COUNTRY,
    isOrderKeeper: settings.ORDER_GATEWAY === 'ledger',
    pages: isPassingThrough(settings)
      ? undefined
      : {
          ofProduct: (id) => catalog !== undefined && hasPages(catalog, id, settings.DEFAULT_COUNTRY),
          ofSubscriptions: settings.ORDER_GATEWAY === 'ledger',
        },
    roles: {
      read: settings.AUTH_READ_ROLES,
      write: settings.AUTH_WRITE_ROLES,
      erase: settings.AUTH_ERASE_ROLES,
    },
    webhooks: webhookPolicyOf(settings),
    erasure: {
      orders: settings.ORDER_ERASURE,
      reason: settings.ORDER_ERASURE_REASON,
      lifecycle,
      outside: OUTSIDE,
    },
    lifecycle,
    attemptPolicy: {
      watchdogMs,
      retry: retryPolicy({
        initialIntervalMs: settings.CHECKOUT_RETRY_BASE,
        maximumIntervalMs: settings.CHECKOUT_RETRY_CAP,
        maximumAttempts: settings.CHECKOUT_MAX_ATTEMPTS,
        scheduleToCloseMs: settings.CHECKOUT_MAX_AGE,
      }),
    },
  };
}

function gatewayOf(settings: Settings): OrderingGateway {
  if (settings.ORDER_GATEWAY === 'ledger') return ledgerGateway;
  const identity = partnerCenterIdentity(settings); // a wrong certificate fails the start
  const gateway = openOnce(async () => {
    const { openPartnerCenter } = await import('./openPartnerCenter.ts');
    return openPartnerCenter(settings, identity);
  });
  return {
    maxPlacementMs: maxPlacementMs({ timeoutMs: settings.PARTNER_CENTER_TIMEOUT }),
    place: async (placement) => (await gateway()).place(placement),
  };
}

function tableConnection({
  CartStorage,
  CartStorage__tableServiceUri: serviceUri,
}: Settings): TableConnection {
  if (CartStorage !== undefined) return { connectionString: CartStorage };
  return { serviceUri: serviceUri ?? '', credential: azureCredential };
}

function busConnection(settings: Settings) {
  const { ServiceBusConnection: connectionString } = settings;
  if (connectionString !== undefined) return { connectionString };
  return {
    namespace: settings.ServiceBusConnection__fullyQualifiedNamespace ?? '',
    credential: azureCredential,
  };
}

/** A read that finds nothing, and a link to the queue. */
async function probe(orders: Ports['orders'], bus: Bus): Promise<void> {
  await Promise.all([orders.read('probe', 'probe', 'probe'), bus.ping()]);
}
