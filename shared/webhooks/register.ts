/**
 * Registers, replaces and removes a partner's webhook, and rotates its secret. With the handshake, the receiver consents
 * first: it is asked by an OPTIONS request whether it wants events of this service (docs/contract.md 22.3 to 22.7).
 */
import { type ApiError, apiError } from '../errors.ts';
import type { Ports } from '../ports.ts';
import {
  newRegistration,
  type Registration,
  type RegistrationDraft,
  replacedRegistration,
  rotatedSecret,
} from './registration.ts';
import { webhookNotFound } from './startDelivery.ts';

type RegisterPorts = Pick<Ports, 'registrations' | 'receiver' | 'now' | 'newId'>;

export interface RegisterContext {
  tenant: string;
  baseUrl: string;
}

type Registered = { registration: Registration; secret?: string } | { error: ApiError };

/** Registers the webhook; an error when there is one. The result has the secret, which is not returned again. */
export async function registerWebhook(
  ports: RegisterPorts,
  draft: RegistrationDraft,
  { secret, ...context }: RegisterContext & { secret: string },
): Promise<Registered> {
  const { tenant, baseUrl } = context;
  if (await ports.registrations.read(tenant)) return { error: exists() };
  const consent = await consentOf(ports, draft, context);
  if ('error' in consent) return consent;
  const about = { tenant, baseUrl, version: ports.newId(), nowMs: ports.now(), ...consent };
  const stored = await ports.registrations.insert(newRegistration(draft, { ...about, secret }));
  return stored ? { registration: stored.registration, secret } : { error: exists() };
}

/** Replaces the registration, and enables it; the secret stays. */
export async function replaceWebhook(
  ports: RegisterPorts,
  draft: RegistrationDraft,
  context: RegisterContext,
): Promise<Registered> {
  const { tenant, baseUrl } = context;
  if (!(await ports.registrations.read(tenant))) return { error: webhookNotFound() };
  const consent = await consentOf(ports, draft, context);
  if ('error' in consent) return consent;
  return change(ports, tenant, (registration) =>
    replacedRegistration(registration, draft, {
      tenant,
      baseUrl,
      version: ports.newId(),
      nowMs: ports.now(),
      ...consent,
    }),
  );
}

/** Gives the registration a new secret, which is not returned again; the one before signs for `overlapMs` more. */
export async function rotateSecret(
  ports: Pick<Ports, 'registrations' | 'now'>,
  tenant: string,
  { secret, overlapMs }: { secret: string; overlapMs: number },
): Promise<Registered> {
  const changed = await change(ports, tenant, (registration) =>
    rotatedSecret(registration, { secret, nowMs: ports.now(), overlapMs }),
  );
  return 'error' in changed ? changed : { ...changed, secret };
}

/** Removes the registration, and returns it. Another registration that was made meanwhile stays. */
export async function removeWebhook(
  { registrations }: Pick<Ports, 'registrations'>,
  tenant: string,
): Promise<Registered> {
  const first = await registrations.read(tenant);
  let stored = first;
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    if (!stored || stored.registration.createdMs !== first?.registration.createdMs) {
      return { error: webhookNotFound() };
    }
    if (await registrations.remove(tenant, stored.etag)) return { registration: stored.registration };
    stored = await registrations.read(tenant);
  }
  return { error: busy() };
}

const MAX_TRIES = 3;

async function change(
  { registrations }: Pick<Ports, 'registrations'>,
  tenant: string,
  decide: (registration: Registration) => Registration,
): Promise<Registered> {
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const stored = await registrations.read(tenant);
    if (!stored) return { error: webhookNotFound() };
    const written = await registrations.replace(decide(stored.registration), stored.etag);
    if (written) return { registration: written.registration };
  }
  return { error: busy() };
}

/** The CloudEvents handshake, if the draft wants it: the receiver's consent, and the rate that it allows. */
async function consentOf(
  { receiver }: Pick<Ports, 'receiver'>,
  { handshake, url }: RegistrationDraft,
  { baseUrl }: RegisterContext,
): Promise<{ allowedPerMinute?: number | undefined } | { error: ApiError }> {
  if (!handshake) return {};
  const origin = new URL(baseUrl).host;
  const response = await receiver.call({
    method: 'OPTIONS',
    url,
    headers: { 'WebHook-Request-Origin': origin },
  });
  if (response.status === undefined) return { error: refused(response.reason) };
  const { 'webhook-allowed-origin': allowed, 'webhook-allowed-rate': rate = '*' } = response.headers;
  const isAllowed = allowed === '*' || allowed?.toLowerCase() === origin.toLowerCase();
  if (!isAllowed) return { error: refused(`Its response has no \`WebHook-Allowed-Origin\` of ${origin}.`) };
  const perMinute = Number(rate);
  return Number.isInteger(perMinute) && perMinute > 0 ? { allowedPerMinute: perMinute } : {};
}

const refused = (why: string): ApiError =>
  apiError('webhookRefused', `The receiver did not consent in the handshake. ${why}`);

const exists = (): ApiError =>
  apiError('webhookExists', 'The partner has a webhook registration. Replace it with PUT.');

const busy = (): ApiError =>
  apiError('webhookBusy', 'The webhook registration is being changed by other requests.', {
    retryAfterMs: 1_000,
  });
