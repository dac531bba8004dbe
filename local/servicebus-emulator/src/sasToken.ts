/**
 * Validates shared access signatures as Azure does, so that a wrong key fails on the developer's machine too. Error texts
 * begin with Azure's error names.
 */

import { createHmac, timingSafeEqual } from 'node:crypto';
import { covers } from './address.ts';

/** The shared access key of the namespace, with all rights. */
export interface AccessKey {
  readonly name: string;
  readonly value: string;
}

/** Returns why a `SharedAccessSignature sr=…&sig=…&se=…&skn=…` is not valid for the audience, or `undefined`. */
export function sasTokenError(
  token: string,
  audience: string,
  key: AccessKey,
  nowMs: number,
): string | undefined {
  const fields = new URLSearchParams(token.replace(/^SharedAccessSignature\s+/, ''));
  const [resource, signature, expiry, keyName] = ['sr', 'sig', 'se', 'skn'].map((name) => fields.get(name));
  if (!resource || !signature || !expiry || !keyName)
    return 'MalformedToken: The token is not a shared access signature.';
  if (keyName !== key.name) return `UnknownKeyName: The key '${keyName}' does not exist.`;
  // The signature covers the resource as the client encoded it, and clients encode it differently.
  const encodedResource = /\bsr=([^&]*)/.exec(token)?.[1];
  if (!isSignature(signature, `${encodedResource}\n${expiry}`, key)) {
    return 'InvalidSignature: The token has an invalid signature.';
  }
  if (Number(expiry) * 1000 <= nowMs) return 'ExpiredToken: The token is expired.';
  if (!covers(resource, audience)) return 'InvalidAudience: The token was issued for another resource.';
  return undefined;
}

function isSignature(signature: string, signed: string, key: AccessKey): boolean {
  const expected = createHmac('sha256', key.value).update(signed).digest();
  const actual = Buffer.from(signature, 'base64');
  return actual.length === expected.length && timingSafeEqual(actual, expected);
}
