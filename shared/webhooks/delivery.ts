/**
 * The delivery of one event to one webhook, and what follows from the receiver's response. Pure.
 *
 *   pending ──┬── 2xx ──────────────────────▶ delivered ──┐
 *      ▲      ├── 410, or attempts exhausted ▶ failed ─────┤ resend
 *      │      └── registration gone ─────────▶ cancelled ──┘
 *      └──────── any other response: next attempt  ◀───────┘
 */
import { mayRetry, type RetryPolicy, retryDelayMs } from '../checkout/retryPolicy.ts';
import type { CloudEvent } from '../events/cloudEvent.ts';
import { digestHex } from '../ids.ts';
import { retryAfterMs } from '../time.ts';
import type { ReceiverResponse } from './receiverClient.ts';

export interface DeliveryKey {
  tenant: string;
  /** Also the `webhook-id`: the same for every attempt, and for every repeat of the event. */
  deliveryId: string;
}

export interface Attempt {
  /** From 1; continues when the delivery is sent again. */
  number: number;
  atMs: number;
  durationMs: number;
  /** Absent when the receiver did not respond; then there is a reason. */
  status?: number | undefined;
  reason?: string | undefined;
}

export interface Delivery extends DeliveryKey {
  event: CloudEvent;
  /** Whom the event is about, for erasure. */
  customer?: string | undefined;
  state: 'pending' | 'delivered' | 'failed' | 'cancelled';
  /** The attempt that is due, or the last one. */
  attempt: number;
  /** The first attempt since the delivery was created or sent again, and when that was. */
  firstAttempt: number;
  startedMs: number;
  createdMs: number;
  /** When the attempt is due, and when the sweeper checks it. */
  dueMs: number;
  watchdogAtMs: number;
  endedMs?: number | undefined;
  /** The latest attempts, in their order. */
  attempts: Attempt[];
}

export interface DeliveryPolicy {
  retry: RetryPolicy;
  /** How long after its due time an attempt is checked, in milliseconds. */
  watchdogMs: number;
  /** How long an ended delivery is kept, in milliseconds. */
  retentionMs: number;
  /** After how long without a success a registration is disabled, in milliseconds. */
  disableAfterMs: number;
}

/** Later than any event will happen (in the year 2243), in epoch milliseconds. */
const LATEST_MS = 8_640_000_000_000;
const ATTEMPTS_KEPT = 20;

/** The id of the delivery of an event: newest first in the order of text, and the same however often it is derived. */
export function deliveryIdOf(tenant: string, { id, time }: Pick<CloudEvent, 'id' | 'time'>): string {
  const backwards = String(LATEST_MS - Date.parse(time)).padStart(14, '0');
  return `${backwards}-${digestHex(24, 'delivery', tenant, id)}`;
}

/** Whether a text has the form of a delivery id. */
export const isDeliveryId = (text: string): boolean => /^\d{14}-[0-9a-f]{24}$/.test(text);

/** A delivery that starts now. */
export function newDelivery(
  tenant: string,
  event: CloudEvent,
  nowMs: number,
  { watchdogMs }: Pick<DeliveryPolicy, 'watchdogMs'>,
): Delivery {
  const { customerId } = event.data;
  return {
    tenant,
    deliveryId: deliveryIdOf(tenant, event),
    event,
    customer: typeof customerId === 'string' ? customerId : undefined,
    state: 'pending',
    attempt: 1,
    firstAttempt: 1,
    startedMs: nowMs,
    createdMs: nowMs,
    dueMs: nowMs,
    watchdogAtMs: nowMs + watchdogMs,
    attempts: [],
  };
}

/** An ended delivery that starts again: as many attempts as a new one, numbered on. */
export const resentDelivery = (
  delivery: Delivery,
  nowMs: number,
  { watchdogMs }: Pick<DeliveryPolicy, 'watchdogMs'>,
): Delivery => ({
  ...delivery,
  state: 'pending',
  attempt: delivery.attempt + 1,
  firstAttempt: delivery.attempt + 1,
  startedMs: nowMs,
  dueMs: nowMs,
  watchdogAtMs: nowMs + watchdogMs,
  endedMs: undefined,
});

/** The same attempt at a later time, because the receiver has as many deliveries as it may have. */
export const deferredDelivery = (
  delivery: Delivery,
  dueMs: number,
  { watchdogMs }: Pick<DeliveryPolicy, 'watchdogMs'>,
): Delivery => ({ ...delivery, dueMs, watchdogAtMs: dueMs + watchdogMs });

/** A delivery that is not attempted any more, because there is no registration that is enabled. */
export const cancelledDelivery = (delivery: Delivery, nowMs: number): Delivery => ({
  ...delivery,
  state: 'cancelled',
  endedMs: nowMs,
});

export interface DeliveryDecision {
  result: 'delivered' | 'failed' | 'gone';
  delivery: Delivery;
  /** Why the delivery is parked, with the receiver's last answer. */
  exhausted?: string | undefined;
}

export interface DeliverySituation {
  nowMs: number;
  /** In [0, 1). */
  random: number;
  policy: DeliveryPolicy;
  /** Whether the registration was replaced or removed during the call: then its receiver speaks for no other. */
  isReplaced?: boolean;
}

/** What follows from the response to the current attempt. */
export function decideDelivery(
  delivery: Delivery,
  response: ReceiverResponse,
  { nowMs, random, policy, isReplaced = false }: DeliverySituation,
): DeliveryDecision {
  const attempted = withAttempt(delivery, response, nowMs);
  const { status } = response;
  if (status !== undefined && status >= 200 && status < 300) {
    return { result: 'delivered', delivery: { ...attempted, state: 'delivered', endedMs: nowMs } };
  }
  const failed = { ...attempted, state: 'failed' as const, endedMs: nowMs };
  if (status === 410 && !isReplaced) return { result: 'gone', delivery: failed };
  const attempt = delivery.attempt - delivery.firstAttempt + 1;
  const delayMs = retryDelayMs(policy.retry, { attempt, random, floorMs: requestedPauseMs(response, nowMs) });
  const dueMs = nowMs + delayMs;
  if (!mayRetry(policy.retry, { attempt, startedMs: delivery.startedMs, dueMs })) {
    return { result: 'failed', delivery: failed, exhausted: answerOf(response) };
  }
  const next = { ...attempted, attempt: delivery.attempt + 1 };
  return { result: 'failed', delivery: deferredDelivery(next, dueMs, policy) };
}

/** The longest pause that a receiver can request, in milliseconds: ten of them are within the time of a delivery. */
const MAX_PAUSE_MS = 86_400_000;

/** The receiver's `Retry-After`, as far as it is plausible. */
function requestedPauseMs(response: ReceiverResponse, nowMs: number): number | undefined {
  if (response.status === undefined) return undefined;
  const requestedMs = retryAfterMs(response.headers['retry-after'] ?? null, nowMs);
  return requestedMs === undefined ? undefined : Math.min(requestedMs, MAX_PAUSE_MS);
}

function withAttempt(delivery: Delivery, response: ReceiverResponse, nowMs: number): Delivery {
  const { durationMs } = response;
  const attempt: Attempt = {
    number: delivery.attempt,
    atMs: nowMs - durationMs,
    durationMs,
    ...(response.status === undefined ? { reason: response.reason } : { status: response.status }),
  };
  return { ...delivery, attempts: [...delivery.attempts, attempt].slice(-ATTEMPTS_KEPT) };
}

/** Characters of a receiver's text that are kept. */
const ANSWER_CHARACTERS = 256;

/** The answer as a sentence for an operator. */
function answerOf(response: ReceiverResponse): string {
  if (response.status === undefined) return response.reason;
  // Without control characters, which a terminal would execute.
  const text = response.text
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim()
    .slice(0, ANSWER_CHARACTERS)
    .toWellFormed();
  return `The receiver returned ${response.status}${text === '' ? '' : `: ${text}`}`;
}

/** What the sweeper does about a delivery at a due entry. Without a delivery, nothing. */
export type DeliveryDueAction = 'resend' | 'purge' | 'none';

/** Decides the action at an entry for `entryMs`, and the next due time; both times in epoch milliseconds. */
export function decideDeliveryDue(
  delivery: Delivery | undefined,
  entryMs: number,
  nowMs: number,
  { watchdogMs, retentionMs }: Pick<DeliveryPolicy, 'watchdogMs' | 'retentionMs'>,
): { action: DeliveryDueAction; nextMs?: number } {
  if (!delivery) return { action: 'none' };
  if (delivery.state === 'pending') {
    // An earlier entry is obsolete: a newer one was written before the attempt was.
    if (entryMs < delivery.watchdogAtMs) return { action: 'none' };
    return { action: 'resend', nextMs: nowMs + watchdogMs };
  }
  const purgeMs = (delivery.endedMs ?? delivery.createdMs) + retentionMs;
  return nowMs < purgeMs ? { action: 'none', nextMs: purgeMs } : { action: 'purge' };
}
