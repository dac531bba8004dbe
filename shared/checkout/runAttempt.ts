/**
 * The performing side of a checkout, the only place where its order matters: read, claim, place the orders of
 * the open groups, record in one transaction. Every step can be repeated, so a message may come twice,
 * late, or after its work was done; the cart's ETag decides who has the last word.
 */
import type { CartKey } from '../cart/cart.ts';
import { ambiguousAfterLease, type Checkout, openGroups } from '../cart/checkoutState.ts';
import { isUnavailable } from '../errors.ts';
import type { GroupOutcome } from '../orders/gateway.ts';
import { ordersOf } from '../orders/order.ts';
import type { Ports, Versioned } from '../ports.ts';
import { decideAttempt } from './decideAttempt.ts';
import { decideOutcome, expireCheckout, type OutcomeDecision } from './decideOutcome.ts';
import { attemptMessageId, type CheckoutMessage, resendMessageId } from './message.ts';
import { type Batch, type Leased, leaseMs, placeOrders } from './placeOrders.ts';
import { publishOutcome } from './publishOutcome.ts';
import { type RetryPolicy, retryDelayMs } from './retryPolicy.ts';

export interface AttemptPolicy {
  retry: RetryPolicy;
  watchdogMs: number;
}

/**
 * Carries out what a checkout message asks for, as far as the cart says it is still to be done. Storage that
 * does not answer puts the message off; any other throw is a bug, and the broker's redelivery shows it.
 */
export async function runAttempt(
  ports: Ports,
  message: CheckoutMessage,
  policy: AttemptPolicy,
): Promise<void> {
  try {
    await run(ports, message, policy);
  } catch (error) {
    if (!isUnavailable(error)) throw error;
    await defer(ports, message, policy.retry);
  }
}

async function run(ports: Ports, message: CheckoutMessage, policy: AttemptPolicy): Promise<void> {
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
    ports.log.info('checkout message waits', { ...logFields(message), ...attempt });
    await resend(ports, message, 'wait', attempt.untilMs);
  } else if (attempt.kind === 'overdue') {
    await expire(ports, stored, attempt.checkout);
  } else {
    const claimed = await acquireLease(ports, stored, attempt.checkout);
    if (!claimed) return run(ports, message, policy); // somebody else was faster: look again
    const round = await placeOrders(ports, claimed);
    await commitOutcome(ports, claimed, round, policy);
    if (round.thrown) throw round.thrown.error;
  }
}

/** The checkout to oneself for as long as the gateway needs; `undefined` when somebody else was faster. */
async function acquireLease(
  ports: Ports,
  stored: Versioned,
  checkout: Checkout,
): Promise<Leased | undefined> {
  const { maxPlacementMs } = ports.gateway;
  if (maxPlacementMs === undefined) return { ...stored, checkout };
  const leaseUntilMs = ports.now() + leaseMs(openGroups(checkout).length, maxPlacementMs);
  const claimed: Checkout = { ...checkout, groups: ambiguousAfterLease(checkout), leaseUntilMs };
  const written = await ports.carts.replace({ ...stored.cart, checkout: claimed }, stored.etag);
  return written && { ...written, checkout: claimed };
}

/** Writes how the attempt ended; a lost race means that another worker has written or will write it. */
async function commitOutcome(
  ports: Ports,
  { cart, etag, checkout }: Leased,
  { outcomes, thrown }: Batch,
  { retry, watchdogMs }: AttemptPolicy,
): Promise<void> {
  const context = { nowMs: ports.now(), random: ports.random(), policy: retry, watchdogMs };
  const conclusion = decideOutcome(cart, checkout, outcomes, context);
  const { checkout: next } = conclusion;
  const about = logFields(messageOf(cart, next));
  if (conclusion.kind === 'continue') await ports.due.put({ ...keyOf(cart), atMs: next.watchdogAtMs });
  const written = await ports.carts.commit(conclusion.cart, etag, newOrders(conclusion, outcomes));
  if (!written) {
    ports.log.info('checkout attempt was recorded by another worker', about);
  } else if (conclusion.kind === 'ended') {
    await publish(ports, written, next);
  } else if (next.attempt > checkout.attempt) {
    ports.log.info('checkout will be retried', { ...about, problem: next.lastProblem });
    await sendNext(ports, messageOf(cart, next), next, attemptMessageId(next));
  } else {
    const deferred = [...outcomes.values()].flatMap((outcome) =>
      outcome.kind === 'deferred' ? [outcome.by] : [],
    );
    ports.log.info('checkout goes on later', { ...about, deferred, dueMs: next.dueMs });
    // The message over which something threw comes again by itself; another with every throw would be a flood.
    if (!thrown)
      await sendNext(ports, messageOf(cart, next), next, resendMessageId(next, 'deferred', next.dueMs));
  }
}

/** Ends a checkout that nothing else has ended; a lost race means that somebody has written meanwhile. */
async function expire(ports: Ports, { cart, etag }: Versioned, checkout: Checkout): Promise<void> {
  const given = expireCheckout(cart, checkout, ports.now());
  const written = await ports.carts.commit(given.cart, etag, []);
  const about = logFields(messageOf(cart, checkout));
  ports.log.warn(written ? 'checkout given up for its age' : 'checkout not given up: it has changed', about);
  if (written) await publish(ports, written, given.checkout);
}

/** What comes next is recorded whether or not it can be sent now: if not, the sweep sends it. */
async function sendNext(
  ports: Ports,
  message: CheckoutMessage,
  { dueMs: atMs }: Checkout,
  id: string,
): Promise<void> {
  try {
    await ports.checkouts.send(message, { id, atMs });
  } catch (error) {
    const about = { ...logFields(message), error: String(error) };
    ports.log.warn('next checkout attempt not sent; the sweep will send it', about);
  }
}

function newOrders({ cart, checkout }: OutcomeDecision, outcomes: ReadonlyMap<string, GroupOutcome>) {
  const groups = checkout.groups.filter(({ key }) => outcomes.get(key)?.kind === 'placed');
  return ordersOf(cart, { ...checkout, groups });
}

/** The outcome is recorded whether or not it can be told now: if not, the sweep tells it. */
async function publish(ports: Ports, { cart }: Versioned, checkout: Checkout): Promise<void> {
  try {
    await publishOutcome(ports, cart, checkout);
  } catch (error) {
    const about = logFields(messageOf(cart, checkout));
    ports.log.warn('checkout outcome not told; the sweep will tell it', { ...about, error: String(error) });
  }
}

/** The same message later, with growing pauses, without using up deliveries. */
async function defer(ports: Ports, message: CheckoutMessage, policy: RetryPolicy): Promise<void> {
  const deferrals = (message.deferrals ?? 0) + 1;
  const atMs = ports.now() + retryDelayMs(policy, { attempt: deferrals, random: ports.random() });
  ports.log.warn('storage is unavailable; checkout message deferred', {
    ...logFields(message),
    deferrals,
  });
  await resend(ports, { ...message, deferrals }, 'unavailable', atMs);
}

/** The same attempt at a later time, under an id that the broker has not seen. */
async function resend(ports: Ports, message: CheckoutMessage, reason: 'wait' | 'unavailable', atMs: number) {
  const id = resendMessageId({ id: message.checkoutId, attempt: message.attempt }, reason, atMs);
  await ports.checkouts.send(message, { id, atMs });
}

function messageOf(cart: CartKey, { id, attempt, traceparent }: Checkout): CheckoutMessage {
  return { ...keyOf(cart), checkoutId: id, attempt, traceparent };
}

const logFields = ({ checkoutId, attempt, ...message }: CheckoutMessage) => ({
  ...keyOf(message),
  checkoutId,
  attempt,
});

const keyOf = ({ tenant, customer, cartId }: CartKey): CartKey => ({ tenant, customer, cartId });
