/**
 * Whether a caller of the desk has a token: signed by the issuer's keys, for Partner Center, from the issuer of
 * its own tenant, and not run out. It says yes or no; what a caller may do is not asked.
 */
import { createRemoteJWKSet, type JWTPayload, jwtVerify } from 'jose';
import { issuerOf, partnerCenterAudience } from '../issuer/claims.ts';

/** A check of the Authorization header against the keys at this address. */
export function bearerCheck(jwksUrl: string): (authorization: string | undefined) => Promise<boolean> {
  const keys = createRemoteJWKSet(new URL(jwksUrl));
  return async (authorization) => {
    const [scheme, token] = authorization?.split(' ') ?? [];
    if (scheme?.toLowerCase() !== 'bearer' || token === undefined) return false;
    try {
      const { payload } = await jwtVerify(token, keys, { audience: partnerCenterAudience });
      return isOwnIssuer(payload);
    } catch {
      return false;
    }
  };
}

function isOwnIssuer({ iss, tid }: JWTPayload): boolean {
  return typeof tid === 'string' && iss === issuerOf(tid);
}
