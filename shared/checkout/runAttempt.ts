/**
 * The performing side of a checkout, the only place where its order matters: read, claim, place the orders of
 * the open groups, record in one transaction. Every step can be repeated, so a message may come twice,
 * late, or after its work was done; the cart's ETag decides who has the last word.
 */
import type { CartKey } from '../cart/cart.ts';
import { type Checkout, groupsInDoubt, openGroups } from '../cart/checkoutState.ts';
import { ServiceError } from '../errors.ts';
import { ordersOf } from '../orders/order.ts';
import type { Ports, Stored } from '../ports.ts';
import { type CheckoutMessage, decideAttempt } from './decideAttempt.ts';
import { type Conclusion, concludeAttempt, type GroupOutcome } from './decideOutcome.ts';
import { giveUp } from './giveUp.ts';
import { againMessageId, attemptMessageId } from './message.ts';
import { type Claimed, placeOrders, type Round } from './placeOrders.ts';
import { tellOutcome } from './publishOutcome.ts';
import { type RetryPolicy, retryDelayMs } from './retryPolicy.ts';
import { claimMs } from './round.ts';

export interface PerformPolicy {
  retry: RetryPolicy;
  watchdogMs: number;
}

/**
 * Carries out what a checkout message asks for, as far as the cart says it is still to be done. Storage that
 * does not answer puts the message off; any other throw is a bug, and the broker's redelivery shows it.
 */
export async function performCheckout(
  ports: Ports,
  message: CheckoutMessage,
  policy: PerformPolicy,
): Promise<void> {
  try {
    await perform(ports, message, policy);
  } catch (error) {
    if (!(error instanceof ServiceError && error.fault.fault === 'serviceUnavailable')) throw error;
    await postpone(ports, message, policy.retry);
  }
}

async function perform(ports: Ports, message: CheckoutMessage, policy: PerformPolicy): Promise<void> {
  const stored = await ports.carts.read(message);
  const attempt = decideAttempt(stored?.cart, message, {
    nowMs: ports.now(),
    maxAgeMs: policy.retry.maxAgeMs,
  });
  if (attempt.kind === 'obsolete' || !stored) {
    ports.log.info('checkout message is obsolete', { ...aboutMessage(message), ...attempt });
  } else if (attempt.kind === 'ended') {
    await tell(ports, stored, attempt.checkout);
  } else if (attempt.kind === 'wait') {
    ports.log.info('checkout message waits', { ...aboutMessage(message), ...attempt });
    await sendAgain(ports, message, 'wait', attempt.untilMs);
  } else if (attempt.kind === 'overdue') {
    await end(ports, stored, attempt.checkout);
  } else {
    const claimed = await claim(ports, stored, attempt.checkout);
    if (!claimed) return perform(ports, message, policy); // somebody else was faster: look again
    const round = await placeOrders(ports, claimed);
    await record(ports, claimed, round, policy);
    if (round.thrown) throw round.thrown.error;
  }
}

/** The checkout to oneself for as long as the gateway needs; `undefined` when somebody else was faster. */
async function claim(ports: Ports, stored: Stored, checkout: Checkout): Promise<Claimed | undefined> {
  const { orderMs } = ports.gateway;
  if (orderMs === undefined) return { ...stored, checkout };
  const claimedUntilMs = ports.now() + claimMs(openGroups(checkout).length, orderMs);
  const claimed: Checkout = { ...checkout, groups: groupsInDoubt(checkout), claimedUntilMs };
  const written = await ports.carts.replace({ ...stored.cart, checkout: claimed }, stored.etag);
  return written && { ...written, checkout: claimed };
}

/** Writes how the attempt ended; a lost race means that another worker has written or will write it. */
async function record(
  ports: Ports,
  { cart, etag, checkout }: Claimed,
  { outcomes, thrown }: Round,
  { retry, watchdogMs }: PerformPolicy,
): Promise<void> {
  const context = { nowMs: ports.now(), random: ports.random(), policy: retry, watchdogMs };
  const conclusion = concludeAttempt(cart, checkout, outcomes, context);
  const { checkout: next } = conclusion;
  const about = aboutMessage(messageOf(cart, next));
  if (conclusion.kind === 'again') await ports.due.put({ ...keyOf(cart), atMs: next.lookMs });
  const written = await ports.carts.commit(conclusion.cart, etag, newOrders(conclusion, outcomes));
  if (!written) {
    ports.log.info('checkout attempt was recorded by another worker', about);
  } else if (conclusion.kind === 'ended') {
    await tell(ports, written, next);
  } else if (next.attempt > checkout.attempt) {
    ports.log.info('checkout will be retried', { ...about, problem: next.lastProblem });
    await sendNext(ports, messageOf(cart, next), next, attemptMessageId(next));
  } else {
    const held = [...outcomes.values()].flatMap((outcome) => (outcome.kind === 'held' ? [outcome.by] : []));
    ports.log.info('checkout goes on later', { ...about, held, dueMs: next.dueMs });
    // The message over which something threw comes again by itself; another with every throw would be a flood.
    if (!thrown) await sendNext(ports, messageOf(cart, next), next, againMessageId(next, 'held', next.dueMs));
  }
}

/** Ends a checkout that nothing else has ended; a lost race means that somebody has written meanwhile. */
async function end(ports: Ports, { cart, etag }: Stored, checkout: Checkout): Promise<void> {
  const given = giveUp(cart, checkout, ports.now());
  const written = await ports.carts.commit(given.cart, etag, []);
  const about = aboutMessage(messageOf(cart, checkout));
  ports.log.warn(written ? 'checkout given up for its age' : 'checkout not given up: it has changed', about);
  if (written) await tell(ports, written, given.checkout);
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
    const about = { ...aboutMessage(message), error: String(error) };
    ports.log.warn('next checkout attempt not sent; the sweep will send it', about);
  }
}

function newOrders({ cart, checkout }: Conclusion, outcomes: ReadonlyMap<string, GroupOutcome>) {
  const groups = checkout.groups.filter(({ key }) => outcomes.get(key)?.kind === 'placed');
  return ordersOf(cart, { ...checkout, groups });
}

/** The outcome is recorded whether or not it can be told now: if not, the sweep tells it. */
async function tell(ports: Ports, { cart }: Stored, checkout: Checkout): Promise<void> {
  try {
    await tellOutcome(ports, cart, checkout);
  } catch (error) {
    const about = aboutMessage(messageOf(cart, checkout));
    ports.log.warn('checkout outcome not told; the sweep will tell it', { ...about, error: String(error) });
  }
}

/** The same message later, with growing pauses, without using up deliveries. */
async function postpone(ports: Ports, message: CheckoutMessage, policy: RetryPolicy): Promise<void> {
  const postponed = (message.postponed ?? 0) + 1;
  const atMs = ports.now() + retryDelayMs(policy, { attempt: postponed, random: ports.random() });
  ports.log.warn('storage does not answer; checkout message postponed', {
    ...aboutMessage(message),
    postponed,
  });
  await sendAgain(ports, { ...message, postponed }, 'postponed', atMs);
}

/** The same attempt at a later time, under an id that the broker has not seen. */
async function sendAgain(ports: Ports, message: CheckoutMessage, reason: 'wait' | 'postponed', atMs: number) {
  const id = againMessageId({ id: message.checkoutId, attempt: message.attempt }, reason, atMs);
  await ports.checkouts.send(message, { id, atMs });
}

function messageOf(cart: CartKey, { id, attempt, traceparent }: Checkout): CheckoutMessage {
  return { ...keyOf(cart), checkoutId: id, attempt, traceparent };
}

const aboutMessage = ({ checkoutId, attempt, ...message }: CheckoutMessage) => ({
  ...keyOf(message),
  checkoutId,
  attempt,
});

const keyOf = ({ tenant, customer, cartId }: CartKey): CartKey => ({ tenant, customer, cartId });
