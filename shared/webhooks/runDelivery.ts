/**
 * Runs an attempt of a delivery, the only place where its order of effects matters: call the receiver, report and record
 * a disabled registration, write the due entry of the next attempt, record the outcome, send the next message. A crash
 * repeats the attempt under the same `webhook-id`, and never loses it (docs/contract.md 22.19 to 22.25).
 */
import type { Ports } from '../ports.ts';
import {
  cancelledDelivery,
  type Delivery,
  type DeliveryDecision,
  type DeliveryPolicy,
  decideDelivery,
  deferredDelivery,
} from './delivery.ts';
import { webhookDisabled } from './events.ts';
import { payloadOf } from './payload.ts';
import type { ReceiverResponse } from './receiverClient.ts';
import { afterDelivery, type Registration, signingSecrets } from './registration.ts';
import { signatureHeaders } from './signature.ts';
import { keyOf, sendAttempt } from './startDelivery.ts';
import type { DeliveryMessage, StoredDelivery, StoredRegistration } from './webhookPorts.ts';

export type DeliveryPorts = Pick<
  Ports,
  | 'registrations'
  | 'deliveries'
  | 'deliveryQueue'
  | 'pace'
  | 'receiver'
  | 'due'
  | 'events'
  | 'parked'
  | 'now'
  | 'random'
  | 'log'
>;

/** Runs the attempt of a message. A message of another attempt, or of a delivery that has ended, is obsolete. */
export async function runDelivery(
  ports: DeliveryPorts,
  message: DeliveryMessage,
  policy: DeliveryPolicy,
): Promise<void> {
  const stored = await ports.deliveries.read(message);
  if (stored?.delivery.state !== 'pending' || stored.delivery.attempt !== message.attempt) return;
  const { registration } = (await ports.registrations.read(message.tenant)) ?? {};
  if (!registration || registration.disabled) {
    await ports.deliveries.replace(cancelledDelivery(stored.delivery, ports.now()), stored.etag);
    return;
  }
  const { allowedPerMinute } = registration;
  const turn = ports.pace.begin(message.tenant, {
    allowedPerMinute,
    isDeferred: message.isDeferred === true,
  });
  if ('untilMs' in turn) return defer(ports, stored, turn.untilMs, policy);
  let durationMs = 0;
  try {
    const response = await callReceiver(ports, stored.delivery, registration);
    durationMs = response.durationMs;
    await record(ports, stored, { response, version: registration.version }, policy);
  } finally {
    turn.done(durationMs);
  }
}

/** Calls the receiver with the payload and the signature of this moment. */
async function callReceiver(
  { receiver, now }: Pick<Ports, 'receiver' | 'now'>,
  { event, deliveryId }: Delivery,
  registration: Registration,
): Promise<ReceiverResponse> {
  const { contentType, body } = payloadOf(event, registration.payload, registration.baseUrl);
  const signed = { id: deliveryId, timestamp: Math.floor(now() / 1_000), body };
  return receiver.call({
    method: 'POST',
    url: registration.url,
    headers: {
      'Content-Type': contentType,
      ...signatureHeaders(signed, signingSecrets(registration, now())),
      ...(registration.handshake ? { 'WebHook-Request-Origin': new URL(registration.baseUrl).host } : {}),
    },
    body,
  });
}

async function defer(
  ports: DeliveryPorts,
  { delivery, etag }: StoredDelivery,
  untilMs: number,
  policy: DeliveryPolicy,
): Promise<void> {
  const deferred = deferredDelivery(delivery, untilMs, policy);
  await ports.due.put({ ...keyOf(delivery), atMs: deferred.watchdogAtMs });
  if (!(await ports.deliveries.replace(deferred, etag))) return;
  const id = `${delivery.deliveryId}.${delivery.attempt}.${untilMs}`;
  await sendAttempt(ports, deferred, { id, atMs: untilMs, isDeferred: true });
}

async function record(
  ports: DeliveryPorts,
  { delivery, etag }: StoredDelivery,
  { response, version }: { response: ReceiverResponse; version: string },
  policy: DeliveryPolicy,
): Promise<void> {
  const nowMs = ports.now();
  const registered = await ports.registrations.read(delivery.tenant);
  const isReplaced = registered?.registration.version !== version;
  const decision = decideDelivery(delivery, response, { nowMs, random: ports.random(), policy, isReplaced });
  const next = decision.delivery;
  const isRetried = next.state === 'pending';
  ports.log.info('webhook delivery attempted', {
    ...keyOf(delivery),
    attempt: delivery.attempt,
    result: decision.result,
    status: response.status,
    durationMs: response.durationMs,
  });
  if (registered && !isReplaced) await recordHealth(ports, registered, { decision, response }, policy);
  if (isRetried) await ports.due.put({ ...keyOf(next), atMs: next.watchdogAtMs });
  if (decision.exhausted !== undefined) await park(ports, delivery, decision.exhausted);
  if (!(await ports.deliveries.replace(next, etag))) return; // another worker has recorded this attempt
  if (isRetried) await sendAttempt(ports, next, { atMs: next.dueMs });
}

/** Parked before it is recorded: a crash in between parks it under the same id again, and loses nothing. */
async function park(
  { parked }: Pick<Ports, 'parked'>,
  delivery: Delivery,
  description: string,
): Promise<void> {
  await parked.parkDelivery(
    { ...keyOf(delivery), attempt: delivery.attempt },
    {
      id: `${delivery.deliveryId}.${delivery.attempt}.exhausted`,
      source: 'webhook-deliveries',
      reason: 'AttemptsExhausted',
      description,
    },
  );
}

/** Records when the receiver began to fail or works again, and disables the registration of one that is gone or has failed for days. */
async function recordHealth(
  ports: DeliveryPorts,
  { registration, etag }: StoredRegistration,
  { decision, response }: { decision: DeliveryDecision; response: ReceiverResponse },
  { disableAfterMs }: DeliveryPolicy,
): Promise<void> {
  const { delivery, result } = decision;
  const changed = afterDelivery(registration, result, { nowMs: ports.now(), disableAfterMs });
  if (changed === registration) return;
  if (changed.disabled) {
    const { version, failingSinceMs } = registration;
    const { reason, atMs: timeMs } = changed.disabled;
    // Published before it is recorded, and under an id of this version: a crash in between repeats it.
    await ports.events.publish(
      webhookDisabled(delivery.tenant, {
        version,
        reason,
        failingSinceMs,
        lastStatus: response.status,
        timeMs,
      }),
    );
    ports.log.warn('webhook disabled', { tenant: delivery.tenant, reason });
  }
  await ports.registrations.replace(changed, etag); // a conflict: it was changed meanwhile, and the next attempt decides anew
}
