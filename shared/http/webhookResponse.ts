/** The responses of the webhook routes: Partner Center's members in its PascalCase, and the deliveries (docs/contract.md 22.2, 22.26). */
import { timestamp } from '../time.ts';
import type { Attempt, Delivery } from '../webhooks/delivery.ts';
import { eventNameOf, resourceUri } from '../webhooks/payload.ts';
import type { Registration } from '../webhooks/registration.ts';

/** A registration. The secret is a member only when it is new. */
export function registrationBody(registration: Registration, secret?: string) {
  const { tenant, url, events, payload, handshake, disabled, failingSinceMs } = registration;
  const { signatureTokenToMsSignatureHeader: toMsHeader } = registration;
  const [, ...replaced] = registration.secrets;
  const overlap = replaced.map(({ untilMs }) => untilMs).find((untilMs) => untilMs !== undefined);
  return {
    SubscriberId: tenant,
    WebhookUrl: url,
    WebhookEvents: events,
    Payload: payload,
    Handshake: handshake,
    ...(toMsHeader === undefined ? {} : { SignatureTokenToMsSignatureHeader: toMsHeader }),
    Status: disabled ? 'disabled' : 'enabled',
    ...(disabled ? { DisabledReason: disabled.reason, DisabledUtcDate: timestamp(disabled.atMs) } : {}),
    ...(failingSinceMs === undefined ? {} : { FailingSinceUtcDate: timestamp(failingSinceMs) }),
    ...(secret === undefined ? {} : { Secret: secret }),
    ...(overlap === undefined ? {} : { PreviousSecretValidUntilUtcDate: timestamp(overlap) }),
  };
}

/** A validation event and the attempts to deliver it, as Partner Center shows it. */
export function validationBody({ tenant, state, attempts, event }: Delivery, url: string) {
  return {
    correlationId: event.id,
    partnerId: tenant,
    status: state === 'pending' ? 'pending' : 'completed',
    callbackUrl: url,
    results: attempts.map(({ status, reason, atMs }) => ({
      responseCode: status === undefined ? '' : String(status),
      responseMessage: reason ?? '',
      systemError: status === undefined,
      dateTimeUtc: timestamp(atMs),
    })),
  };
}

/** A delivery with its attempts. */
export function deliveryBody(delivery: Delivery, baseUrl: string) {
  const { deliveryId, event, state, attempt, attempts, createdMs, dueMs, endedMs } = delivery;
  const last = attempts.at(-1);
  return {
    id: deliveryId,
    eventId: event.id,
    eventName: eventNameOf(event.type) ?? event.type,
    resourceUri: resourceUri(event, baseUrl),
    status: state,
    createdTimestamp: timestamp(createdMs),
    ...(endedMs === undefined ? {} : { endedTimestamp: timestamp(endedMs) }),
    ...(state === 'pending' ? { nextAttempt: attempt, nextAttemptTimestamp: timestamp(dueMs) } : {}),
    attemptCount: last?.number ?? 0,
    ...(last?.status === undefined ? {} : { responseStatus: last.status }),
    attempts: attempts.map(attemptBody),
  };
}

const attemptBody = ({ number, atMs, durationMs, status, reason }: Attempt) => ({
  number,
  timestamp: timestamp(atMs),
  durationMilliseconds: durationMs,
  ...(status === undefined ? {} : { responseStatus: status }),
  ...(reason === undefined ? {} : { reason }),
});
