/**
 * Runs an attempt of a checkout, the only place where its order of effects matters: read the cart, acquire the lease,
 * place the orders of the open groups, commit the outcome in one transaction, publish it. Every step can be repeated, so
 * a message may arrive twice, late, or after its work is done; optimistic concurrency (the cart's ETag) resolves races.
 */
import { ambiguousAfterLease, type Checkout, openGroups } from '../cart/checkoutState.ts';
import { isUnavailable } from '../errors.ts';
import type { GroupOutcome } from '../orders/gateway.ts';
import { ordersOf } from '../orders/order.ts';
import type { Ports, Versioned } from '../ports.ts';
import { record } from '../telemetry/metrics.ts';
import { ATTRIBUTES } from '../telemetry/names.ts';
import { decideAttempt } from './decideAttempt.ts';
import { decideOutcome, expireCheckout, type OutcomeDecision } from './decideOutcome.ts';
import { attemptMessageId, type CheckoutMessage, checkoutMessage, resendMessageId } from './message.ts';
import { type Batch, type Leased, leaseMs, placeOrders } from './placeOrders.ts';
import { publishOutcome } from './publishOutcome.ts';
import { type RetryPolicy, retryDelayMs } from './retryPolicy.ts';
import { commitCheckout, replaceCheckout } from './writeCheckout.ts';

export interface AttemptPolicy {
  retry: RetryPolicy;
  /** How long after an attempt is due the sweeper checks it, in milliseconds. */
  watchdogMs: number;
}

/** The effects of an attempt. */
export type AttemptPorts = Pick<
  Ports,
  | 'carts'
  | 'orders'
  | 'due'
  | 'checkouts'
  | 'parked'
  | 'events'
  | 'gateway'
  | 'now'
  | 'random'
  | 'newId'
  | 'log'
>;

/**
 * Carries out what a checkout message asks for, if the cart shows that it is still to be done. When storage does not
 * respond, the message is deferred. Any other error is unexpected and thrown, and the broker redelivers the message.
 */
export async function runAttempt(
  ports: AttemptPorts,
  message: CheckoutMessage,
  policy: AttemptPolicy,
): Promise<void> {
  try {
    await run(ports, message, policy);
  } catch (error) {
    if (!isUnavailable(error)) throw error;
    await defer(ports, message, policy.retry, error);
  }
}

async function run(ports: AttemptPorts, message: CheckoutMessage, policy: AttemptPolicy): Promise<void> {
  const stored = await ports.carts.read(message);
  const attempt = decideAttempt(stored?.cart, message, {
    nowMs: ports.now(),
    scheduleToCloseMs: policy.retry.scheduleToCloseMs,
  });
  if (attempt.kind === 'obsolete' || !stored) {
    ports.log.info('checkout message is obsolete', { ...logFields(message), ...attempt });
  } else if (attempt.kind === 'ended') {
    await publish(ports, stored, attempt.checkout);
  } else if (attempt.kind === 'wait') {
    ports.log.info('checkout message deferred', { ...logFields(message), ...attempt });
    await resend(ports, message, 'wait', attempt.untilMs);
  } else if (attempt.kind === 'overdue') {
    await expire(ports, stored, attempt.checkout);
  } else {
    const leased = await acquireLease(ports, stored, attempt.checkout);
    if (!leased) return run(ports, message, policy); // another worker has written the cart: decide again
    const batch = await placeOrders(ports, leased);
    await commitOutcome(ports, leased, batch, policy);
    if (batch.thrown) throw batch.thrown.error;
  }
}

/** The exclusive use of the checkout for as long as the gateway needs; `undefined` when another worker was faster. */
async function acquireLease(
  ports: Pick<Ports, 'carts' | 'gateway' | 'now' | 'newId'>,
  stored: Versioned,
  checkout: Checkout,
): Promise<Leased | undefined> {
  const { maxPlacementMs } = ports.gateway;
  if (maxPlacementMs === undefined) return { ...stored, checkout };
  const leaseUntilMs = ports.now() + leaseMs(openGroups(checkout).length, maxPlacementMs);
  const groups = ambiguousAfterLease(checkout);
  const leased: Checkout = { ...checkout, groups, leaseUntilMs, leaseOwner: ports.newId() };
  const written = await replaceCheckout(ports, { ...stored.cart, checkout: leased }, stored.etag);
  return written && { ...written, checkout: leased };
}

/** Records how the attempt ended. A lost race means that another worker has recorded it or will. */
async function commitOutcome(
  ports: AttemptPorts,
  { cart, etag, checkout }: Leased,
  { outcomes, thrown }: Batch,
  { retry, watchdogMs }: AttemptPolicy,
): Promise<void> {
  const context = { nowMs: ports.now(), random: ports.random(), policy: retry, watchdogMs };
  const decision = decideOutcome(cart, checkout, outcomes, context);
  const { checkout: next } = decision;
  const message = checkoutMessage(cart, next);
  const about = logFields(message);
  if (decision.kind === 'continue') await ports.due.put(dueEntry(message, next.watchdogAtMs));
  const written = await commitCheckout(ports, decision.cart, etag, newOrders(decision, outcomes));
  if (!written) {
    ports.log.info('checkout attempt was recorded by another worker', about);
  } else if (decision.kind === 'ended') {
    recordEnd(next);
    await publish(ports, written, written.cart.checkout ?? next);
  } else if (next.attempt > checkout.attempt) {
    ports.log.info('checkout will be retried', { ...about, problem: next.lastProblem?.code });
    await sendNext(ports, message, next, attemptMessageId(next));
  } else {
    const deferred = [...outcomes.values()].flatMap((outcome) =>
      outcome.kind === 'deferred' ? [outcome.by] : [],
    );
    ports.log.info('checkout deferred', { ...about, deferred, dueMs: next.dueMs });
    for (const reason of deferred) record('ordersDeferred', 1, { [ATTRIBUTES.reason]: reason });
    // A message whose processing threw is redelivered anyway; another one with each throw would add up.
    if (!thrown) await sendNext(ports, message, next, resendMessageId(next, 'deferred', next.dueMs));
  }
}

/** Ends a checkout that is too old for another attempt. A lost race means that another worker has written it since. */
async function expire(ports: AttemptPorts, { cart, etag }: Versioned, checkout: Checkout): Promise<void> {
  const expired = expireCheckout(cart, checkout, ports.now());
  const written = await commitCheckout(ports, expired.cart, etag, []);
  const about = logFields(checkoutMessage(cart, checkout));
  ports.log.warn(written ? 'checkout expired' : 'checkout not expired: it has changed', about);
  if (!written) return;
  recordEnd(expired.checkout);
  await publish(ports, written, written.cart.checkout ?? expired.checkout);
}

/** Counts a checkout that this worker has ended, once, because one write ends it. */
function recordEnd({ state, attempt, startedMs, endedMs = startedMs }: Checkout): void {
  const outcome = { [ATTRIBUTES.outcome]: state };
  record('checkouts', 1, outcome);
  record('checkoutAttempts', attempt, outcome);
  record('checkoutDuration', (endedMs - startedMs) / 1_000, outcome);
}

/** The next attempt is recorded whether or not its message can be sent now: if not, the sweeper sends it. */
async function sendNext(
  ports: Pick<Ports, 'checkouts' | 'log'>,
  message: CheckoutMessage,
  { dueMs: atMs }: Checkout,
  id: string,
): Promise<void> {
  try {
    await ports.checkouts.send(message, { id, atMs });
  } catch (error) {
    const about = { ...logFields(message), error: String(error) };
    ports.log.warn('next checkout attempt not sent; the sweeper will send it', about);
  }
}

function newOrders({ cart, checkout }: OutcomeDecision, outcomes: ReadonlyMap<string, GroupOutcome>) {
  const groups = checkout.groups.filter(({ key }) => outcomes.get(key)?.kind === 'placed');
  return ordersOf(cart, { ...checkout, groups });
}

/** The outcome is recorded whether or not it can be published now: if not, the sweeper publishes it. */
async function publish(ports: AttemptPorts, { cart }: Versioned, checkout: Checkout): Promise<void> {
  try {
    await publishOutcome(ports, cart, checkout);
  } catch (error) {
    const about = { ...logFields(checkoutMessage(cart, checkout)), error: String(error) };
    ports.log.warn('checkout outcome not published; the sweeper will publish it', about);
  }
}

/** Sends the same message again later, with growing intervals, without using up deliveries. */
async function defer(
  ports: AttemptPorts,
  message: CheckoutMessage,
  policy: RetryPolicy,
  error: unknown,
): Promise<void> {
  const deferrals = (message.deferrals ?? 0) + 1;
  const atMs = ports.now() + retryDelayMs(policy, { attempt: deferrals, random: ports.random() });
  ports.log.warn('storage is unavailable; checkout message deferred', {
    ...logFields(message),
    deferrals,
    error: String(error),
  });
  await resend(ports, { ...message, deferrals }, 'unavailable', atMs);
}

/** Sends the same attempt for a later time, under an id that the broker has not seen. */
async function resend(
  ports: Pick<Ports, 'checkouts'>,
  message: CheckoutMessage,
  reason: 'wait' | 'unavailable',
  atMs: number,
): Promise<void> {
  const id = resendMessageId({ id: message.checkoutId, attempt: message.attempt }, reason, atMs);
  await ports.checkouts.send(message, { id, atMs });
}

const dueEntry = ({ tenant, customer, cartId }: CheckoutMessage, atMs: number) => ({
  tenant,
  customer,
  cartId,
  atMs,
});

const logFields = ({ tenant, customer, cartId, checkoutId, attempt, correlationId }: CheckoutMessage) => ({
  tenant,
  customer,
  cartId,
  checkoutId,
  attempt,
  correlationId,
});
