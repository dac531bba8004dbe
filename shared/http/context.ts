/**
 * What serving a request needs of the composed service: policies, token verification, rate limit and ports. Types only.
 */
import type { LifecyclePolicy } from '../cart/lifecycle.ts';
import type { LineItemRules } from '../cart/lineRules.ts';
import type { AttemptPolicy } from '../checkout/runAttempt.ts';
import type { ErasurePolicy } from '../erasure/erasure.ts';
import type { RolePolicy } from '../identity/caller.ts';
import type { Verify } from '../identity/verify.ts';
import type { Upstream } from '../passThrough/upstream.ts';
import type { Log, Ports } from '../ports.ts';
import type { InboundLimiter } from '../rateLimit/inboundLimiter.ts';
import type { DeliveryPolicy } from '../webhooks/delivery.ts';
import type { OrderPages } from './orderResponse.ts';

/** What partners may register, and how events are delivered. */
export interface WebhookPolicy {
  delivery: DeliveryPolicy;
  /** Whether `http` and loopback addresses are accepted. */
  allowsLoopback: boolean;
  /** How long a replaced secret signs, in milliseconds. */
  secretOverlapMs: number;
  /** The base URL of this service; by default, that of the request which registers a webhook. */
  publicUrl?: string | undefined;
}

/** The policies that the settings spell. */
export interface Policies {
  lifetimeMs: number;
  checkoutWaitMs: number;
  bulkInFlight: number;
  bulkLeaseMs: number;
  /** Partner tenants whose items are taken from the queue; `*` for any. */
  bulkQueueTenants: readonly string[];
  rules: LineItemRules;
  country: string;
  /** Whether orders are this service's to change: they are with the ledger. */
  isOrderKeeper: boolean;
  /** What links of orders may point to; absent when everything is there, because requests are passed through. */
  pages?: OrderPages | undefined;
  lifecycle: LifecyclePolicy;
  attemptPolicy: AttemptPolicy;
  webhooks: WebhookPolicy;
  erasure: ErasurePolicy;
  roles: RolePolicy;
}

export interface Service {
  policies: Policies;
  verify: Verify;
  limitInbound: InboundLimiter;
  /** Partner Center, where requests go that are not served here; absent when they are not passed through. */
  passThrough?: Upstream | undefined;
  /** The ports, writing to a log. */
  ports: (log: Log) => Ports;
}
