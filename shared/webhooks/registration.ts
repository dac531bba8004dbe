/**
 * The webhook of a partner tenant, and what changes it. A partner has one registration, as with Partner Center. Pure.
 *
 *   enabled ── 410, or failures for days ──▶ disabled ── PUT ──▶ enabled
 */
import type { DisabledReason } from './events.ts';
import type { EventName, PayloadForm } from './payload.ts';

/** What a partner chooses. */
export interface RegistrationDraft {
  url: string;
  events: EventName[];
  payload: PayloadForm;
  /** Whether the receiver has to consent by the CloudEvents handshake. */
  handshake: boolean;
  /** Accepted and returned, as Partner Center does; it has no effect, because the signature has its own headers. */
  signatureTokenToMsSignatureHeader?: boolean | undefined;
}

export interface WebhookSecret {
  secret: string;
  /** Until when a replaced secret signs as well, in epoch milliseconds. */
  untilMs?: number | undefined;
}

export interface Registration extends RegistrationDraft {
  tenant: string;
  /** The base URL under which the partner reaches this service, without a slash at its end. */
  baseUrl: string;
  /** Changes with every registration and replacement. */
  version: string;
  createdMs: number;
  modifiedMs: number;
  /** The current secret first. */
  secrets: WebhookSecret[];
  /** Deliveries a minute that the receiver consented to in the handshake. */
  allowedPerMinute?: number | undefined;
  /** When the first delivery since the last success failed. */
  failingSinceMs?: number | undefined;
  disabled?: { reason: DisabledReason; atMs: number } | undefined;
}

export interface Registering {
  tenant: string;
  baseUrl: string;
  version: string;
  nowMs: number;
  allowedPerMinute?: number | undefined;
}

/** A new registration. */
export const newRegistration = (
  draft: RegistrationDraft,
  { tenant, baseUrl, version, nowMs, allowedPerMinute, secret }: Registering & { secret: string },
): Registration => ({
  ...draft,
  tenant,
  baseUrl,
  version,
  createdMs: nowMs,
  modifiedMs: nowMs,
  secrets: [{ secret }],
  allowedPerMinute,
});

/** The registration after a replacement: enabled, with its secrets. */
export const replacedRegistration = (
  { createdMs, secrets }: Registration,
  draft: RegistrationDraft,
  { tenant, baseUrl, version, nowMs, allowedPerMinute }: Registering,
): Registration => ({
  ...draft,
  tenant,
  baseUrl,
  version,
  createdMs,
  modifiedMs: nowMs,
  secrets: secrets.filter((secret) => isCurrent(secret, nowMs)),
  allowedPerMinute,
});

/** The registration with a new secret. The one before it signs for `overlapMs` more; older ones do not. */
export const rotatedSecret = (
  registration: Registration,
  { secret, nowMs, overlapMs }: { secret: string; nowMs: number; overlapMs: number },
): Registration => {
  const [current] = registration.secrets;
  return {
    ...registration,
    modifiedMs: nowMs,
    secrets: [{ secret }, ...(current ? [{ ...current, untilMs: nowMs + overlapMs }] : [])],
  };
};

/** The secrets that sign at a time, the current one first. */
export const signingSecrets = ({ secrets }: Registration, nowMs: number): string[] =>
  secrets.filter((secret) => isCurrent(secret, nowMs)).map(({ secret }) => secret);

const isCurrent = ({ untilMs }: WebhookSecret, nowMs: number): boolean =>
  untilMs === undefined || nowMs < untilMs;

/** Whether a registration receives events of this name now. */
export const isSubscribed = ({ disabled, events }: Registration, name: EventName): boolean =>
  disabled === undefined && events.includes(name);

/** What a delivery does to the registration; the same object when it changes nothing. */
export function afterDelivery(
  registration: Registration,
  result: 'delivered' | 'failed' | 'gone',
  { nowMs, disableAfterMs }: { nowMs: number; disableAfterMs: number },
): Registration {
  const { failingSinceMs, disabled } = registration;
  if (disabled) return registration;
  if (result === 'delivered') {
    return failingSinceMs === undefined ? registration : { ...registration, failingSinceMs: undefined };
  }
  if (result === 'gone') return { ...registration, disabled: { reason: 'gone', atMs: nowMs } };
  if (failingSinceMs === undefined) return { ...registration, failingSinceMs: nowMs };
  return nowMs - failingSinceMs < disableAfterMs
    ? registration
    : { ...registration, disabled: { reason: 'failing', atMs: nowMs } };
}
