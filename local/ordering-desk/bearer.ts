/**
 * Authenticates callers of the ordering desk. A token must be signed by the issuer's keys, have Partner Center as its
 * audience and the issuer of the token's tenant as `iss`, and must not be expired. There is no authorization beyond that.
 */
import { createRemoteJWKSet, type JWTPayload, jwtVerify } from 'jose';
import { issuerOf, partnerCenterAudience } from '../issuer/claims.ts';

/** Returns a function that validates an Authorization header with the key set at `jwksUrl`. */
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
