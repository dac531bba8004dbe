/**
 * Signatures by Standard Webhooks 1.0: HMAC-SHA256 over `{id}.{timestamp}.{body}` with a secret `whsec_…`. While a secret
 * is replaced, a delivery has one signature for each (docs/contract.md 22.10 to 22.12).
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

const PREFIX = 'whsec_';
const SECRET_BYTES = 32;
/** How far the clock of a sender and a receiver may differ, in seconds. */
const TOLERANCE_S = 300;

/** A new secret. */
export const newSecret = (): string => `${PREFIX}${randomBytes(SECRET_BYTES).toString('base64')}`;

/** Whether a text has the form of a secret: 24 to 64 bytes in base64 behind `whsec_`. */
export function isSecret(text: string): boolean {
  const encoded = text.startsWith(PREFIX) ? text.slice(PREFIX.length) : '';
  const { length } = keyOf(text);
  return /^[A-Za-z0-9+/]+={0,2}$/.test(encoded) && length >= 24 && length <= 64;
}

const keyOf = (secret: string): Buffer => Buffer.from(secret.slice(PREFIX.length), 'base64');

export interface Signed {
  /** The same in every attempt. Has no `.`, because the signed text is divided by it. */
  id: string;
  /** When this attempt was made, in seconds since 1970. */
  timestamp: number;
  /** Exactly as sent. */
  body: string;
}

const signatureOf = ({ id, timestamp, body }: Signed, secret: string): string =>
  `v1,${createHmac('sha256', keyOf(secret)).update(`${id}.${timestamp}.${body}`).digest('base64')}`;

/** The three headers of a delivery, with a signature by each secret. */
export const signatureHeaders = (signed: Signed, secrets: readonly string[]): Record<string, string> => ({
  'webhook-id': signed.id,
  'webhook-timestamp': String(signed.timestamp),
  'webhook-signature': secrets.map((secret) => signatureOf(signed, secret)).join(' '),
});

/**
 * Verifies a delivery as a receiver has to. Returns why it must be rejected; `undefined` when it is authentic. `nowS` is
 * in seconds since 1970.
 */
export function signatureProblem(
  headers: Readonly<Record<string, string | undefined>>,
  body: string,
  { secret, nowS }: { secret: string; nowS: number },
): string | undefined {
  const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures } = headers;
  if (!id || !timestamp || !signatures) return 'A header of the signature is missing.';
  if (!/^\d{1,12}$/.test(timestamp)) return 'The timestamp is not a number of seconds.';
  if (Math.abs(nowS - Number(timestamp)) > TOLERANCE_S) {
    return `The timestamp differs from now by more than ${TOLERANCE_S} seconds.`;
  }
  const expected = Buffer.from(signatureOf({ id, timestamp: Number(timestamp), body }, secret));
  const isSigned = signatures.split(' ').some((signature) => {
    const given = Buffer.from(signature);
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
  return isSigned ? undefined : 'No signature was made with this secret.';
}
