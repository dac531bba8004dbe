/**
 * Starts the deliveries of events, and sends an ended one again. Order of effects: the due entry, the delivery, the
 * message. After a crash in between, a repeat of the event or the sweeper continues.
 */
import { type ApiError, apiError } from '../errors.ts';
import type { CloudEvent } from '../events/cloudEvent.ts';
import type { Ports } from '../ports.ts';
import {
  type Delivery,
  type DeliveryKey,
  type DeliveryPolicy,
  newDelivery,
  resentDelivery,
} from './delivery.ts';
import { eventNameOf } from './payload.ts';
import { isSubscribed } from './registration.ts';

type StartPorts = Pick<Ports, 'registrations' | 'deliveries' | 'deliveryQueue' | 'due' | 'now'>;
type WatchdogPolicy = Pick<DeliveryPolicy, 'watchdogMs'>;

/** Starts the delivery of an event if the partner's webhook receives its type; returns whether it does. */
export async function deliverEvent(
  ports: StartPorts,
  event: CloudEvent,
  policy: WatchdogPolicy,
): Promise<boolean> {
  const name = eventNameOf(event.type);
  if (name === undefined) return false;
  const tenant = event.partnertenantid;
  const stored = await ports.registrations.read(tenant);
  if (!stored || !isSubscribed(stored.registration, name)) return false;
  await startDelivery(ports, tenant, event, policy);
  return true;
}

/** Starts a delivery. A repeat for the same event finds the first one, and sends the message that may have been lost. */
export async function startDelivery(
  ports: Omit<StartPorts, 'registrations'>,
  tenant: string,
  event: CloudEvent,
  policy: WatchdogPolicy,
): Promise<Delivery> {
  const delivery = newDelivery(tenant, event, ports.now(), policy);
  await ports.due.put({ ...keyOf(delivery), atMs: delivery.watchdogAtMs });
  await ports.deliveries.insert(delivery);
  // A message about an attempt that has been made is obsolete, so a repeat does not read what the first call wrote.
  await sendAttempt(ports, delivery);
  return delivery;
}

/** Sends the message of the current attempt. */
export async function sendAttempt(
  { deliveryQueue }: Pick<Ports, 'deliveryQueue'>,
  delivery: Delivery,
  { atMs, id, isDeferred }: { atMs?: number; id?: string; isDeferred?: boolean } = {},
): Promise<void> {
  const { attempt, deliveryId } = delivery;
  const messageId = id ?? `${deliveryId}.${attempt}`;
  await deliveryQueue.send({ ...keyOf(delivery), attempt, isDeferred }, { id: messageId, atMs });
}

export const keyOf = ({ tenant, deliveryId }: DeliveryKey): DeliveryKey => ({ tenant, deliveryId });

const MAX_TRIES = 3;

/**
 * Sends an ended delivery again; one that is pending stays as it is. Returns it with the base URL of its registration, to
 * which its links belong. Errors: `deliveryNotFound`, `webhookNotFound`, `webhookDisabled`, `webhookBusy`.
 */
export async function resendDelivery(
  ports: StartPorts,
  key: DeliveryKey,
  policy: WatchdogPolicy,
): Promise<{ delivery: Delivery; baseUrl: string } | { error: ApiError }> {
  const { registration } = (await ports.registrations.read(key.tenant)) ?? {};
  if (!registration) return { error: webhookNotFound() };
  if (registration.disabled) return { error: webhookIsDisabled() };
  const { baseUrl } = registration;
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const stored = await ports.deliveries.read(key);
    if (!stored) return { error: deliveryNotFound(key.deliveryId) };
    if (stored.delivery.state === 'pending') return { delivery: stored.delivery, baseUrl };
    const delivery = resentDelivery(stored.delivery, ports.now(), policy);
    await ports.due.put({ ...keyOf(delivery), atMs: delivery.watchdogAtMs });
    if (!(await ports.deliveries.replace(delivery, stored.etag))) continue;
    await sendAttempt(ports, delivery);
    return { delivery, baseUrl };
  }
  return {
    error: apiError('webhookBusy', 'The delivery is being changed by other requests.', {
      retryAfterMs: 1_000,
    }),
  };
}

export const webhookNotFound = (): ApiError =>
  apiError('webhookNotFound', 'The partner has no webhook registration.');

/** The error of a delivery to a disabled webhook: nothing is sent to it. */
export const webhookIsDisabled = (): ApiError =>
  apiError('webhookDisabled', 'The webhook is disabled. Replace its registration first.');

export const deliveryNotFound = (deliveryId: string): ApiError =>
  apiError('deliveryNotFound', `Delivery ${deliveryId} was not found.`);
