// Shared access signatures, checked as Azure checks them: a wrong key in a setting should fail on the developer's
// machine. It promises a reason for every refusal. Azure's text is followed where people search for it.

import { createHmac, timingSafeEqual } from 'node:crypto';
import { covers } from './address.ts';

/** The namespace's one key; it may do everything. */
export interface AccessKey {
  readonly name: string;
  readonly value: string;
}

/** Says why a `SharedAccessSignature sr=…&sig=…&se=…&skn=…` does not open the audience; `undefined` if it does. */
export function tokenFault(
  token: string,
  audience: string,
  key: AccessKey,
  nowMs: number,
): string | undefined {
  const fields = new URLSearchParams(token.replace(/^SharedAccessSignature\s+/, ''));
  const [resource, signature, expiry, keyName] = ['sr', 'sig', 'se', 'skn'].map((name) => fields.get(name));
  if (!resource || !signature || !expiry || !keyName)
    return 'MalformedToken: This is no shared access signature.';
  if (keyName !== key.name) return `UnknownKeyName: There is no key '${keyName}'.`;
  // What was signed is the resource as the client encoded it, and clients differ in how they do.
  const encodedResource = /\bsr=([^&]*)/.exec(token)?.[1];
  if (!isSignature(signature, `${encodedResource}\n${expiry}`, key)) {
    return 'InvalidSignature: The token has an invalid signature.';
  }
  if (Number(expiry) * 1000 <= nowMs) return 'ExpiredToken: The token is expired.';
  if (!covers(resource, audience)) return 'InvalidAudience: The token is for another resource.';
  return undefined;
}

function isSignature(signature: string, signed: string, key: AccessKey): boolean {
  const expected = createHmac('sha256', key.value).update(signed).digest();
  const actual = Buffer.from(signature, 'base64');
  return actual.length === expected.length && timingSafeEqual(actual, expected);
}
