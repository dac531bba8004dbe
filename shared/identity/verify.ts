/**
 * Verifies bearer tokens of Microsoft Entra ID: signature by the issuer's keys, issuer bound to the token's
 * tenant, audience, time, and for a person multi-factor authentication. There is one path for every
 * environment and no switch that turns it off.
 */
import { createRemoteJWKSet, errors, type JWTPayload, jwtVerify } from 'jose';
import { type ApiError, apiError } from '../errors.ts';
import { SIGNING_KEYS_TIMEOUTS } from '../timeouts.ts';
import type { Caller } from './caller.ts';

export interface VerifyOptions {
  jwksUrl: string;
  /** Accepted issuers; `{tid}` stands for the tenant of the token. */
  issuers: readonly string[];
  audiences: readonly string[];
  /** Partner tenants that are served, or `*`. */
  tenants: readonly string[];
  clockSkewMs: number;
}

export type Verify = (authorization: string | null) => Promise<{ caller: Caller } | { error: ApiError }>;

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** As Microsoft's own middleware does: keys live for months, and a key service that is down must not matter at once. */
const KEYS_KEPT_MS = 12 * 3_600_000;
/** A token that names an unknown key asks for the keys again, but not more often than this. */
const KEYS_APART_MS = 30_000;
/** Asymmetric only: a public key must never be taken for a shared secret. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384'];

/** A verifier; keys are fetched on first use, kept, and fetched again when a token names one that is not known. */
export function verifier(options: VerifyOptions): Verify {
  const keys = createRemoteJWKSet(new URL(options.jwksUrl), {
    timeoutDuration: SIGNING_KEYS_TIMEOUTS.callMs,
    cacheMaxAge: KEYS_KEPT_MS,
    cooldownDuration: KEYS_APART_MS,
  });
  return async (authorization) => {
    const token = /^Bearer +([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(authorization?.trim() ?? '')?.[1];
    if (!token) return denied('A bearer token is required.');
    try {
      const { payload } = await jwtVerify(token, keys, {
        algorithms: ALGORITHMS,
        audience: [...options.audiences],
        clockTolerance: options.clockSkewMs / 1_000,
        requiredClaims: ['exp', 'iss', 'tid'],
      });
      return callerOf(payload, options);
    } catch (error) {
      return refusal(error);
    }
  };
}

function callerOf(claims: JWTPayload, options: VerifyOptions): { caller: Caller } | { error: ApiError } {
  const tenant = text(claims.tid)?.toLowerCase();
  if (!tenant || !GUID.test(tenant)) return denied('The token names no tenant.');
  const issuers = options.issuers.map((issuer) => issuer.replaceAll('{tid}', tenant));
  if (!claims.iss || !issuers.includes(claims.iss))
    return denied('The issuer of the token is not trusted for its tenant.');
  const isUser = claims.scp !== undefined; // in whatever form: never let a person pass for an application
  if (!isUser && !isApplication(claims)) return denied('The token is not an access token.');
  const hasMfa = Array.isArray(claims.amr) && claims.amr.includes('mfa');
  if (isUser && !text(claims.scp)?.split(' ').includes('user_impersonation')) {
    return denied('The token lacks the scope user_impersonation.');
  }
  if (isUser && !hasMfa) return denied('Multi-factor authentication is required.');
  if (!options.tenants.some((served) => served === '*' || served.toLowerCase() === tenant)) {
    return { error: apiError('tenantNotAllowed', `Partner tenant ${tenant} is not served here.`) };
  }
  const app = text(claims.appid) ?? text(claims.azp);
  const principal = text(claims.oid) ?? text(claims.sub) ?? app;
  if (!app || !principal) return denied('The token names no application.');
  return { caller: { tenant, app, principal, kind: isUser ? 'appUser' : 'app', roles: rolesOf(claims) } };
}

/**
 * A person's ID token has no scope either, and the right audience where storefront and service share a
 * registration. An application is its own subject; a person's subject differs from the object id.
 */
function isApplication({ idtyp, oid, sub }: JWTPayload): boolean {
  return idtyp === undefined ? oid !== undefined && oid === sub : idtyp === 'app';
}

/** App roles, directory roles and groups alike: the settings name them by what stands in the token. */
function rolesOf({ roles, wids, groups }: JWTPayload): string[] {
  return [roles, wids, groups].flat().filter((role) => typeof role === 'string');
}

/** Keys that cannot be fetched are our trouble and pass; everything else is the token's. */
function refusal(error: unknown): { error: ApiError } {
  if (error instanceof errors.JWTExpired) return denied('The token has expired.');
  if (error instanceof errors.JWTClaimValidationFailed)
    return denied(`The token's ${error.claim} is not right.`);
  if (error instanceof errors.JWKSNoMatchingKey)
    return denied('The token is not signed by a key of its issuer.');
  const isTokens =
    error instanceof errors.JOSEError &&
    !(error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid);
  if (isTokens && error.code !== 'ERR_JOSE_GENERIC') return denied('The token is not valid.');
  return {
    error: apiError(
      'serviceUnavailable',
      'The keys of the token issuer cannot be read. Please repeat the request.',
      {
        retryAfterMs: 5_000,
      },
    ),
  };
}

const denied = (description: string) => ({ error: apiError('accessDenied', description) });
const text = (claim: unknown) => (typeof claim === 'string' && claim !== '' ? claim : undefined);
