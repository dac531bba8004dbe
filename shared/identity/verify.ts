/**
 * Verifies bearer tokens of Microsoft Entra ID (docs/contract.md 4): the signature by the issuer's keys, the issuer for
 * the token's tenant, audience, time, and multi-factor authentication of a user. Every environment runs this code; no
 * setting disables it. A token that was accepted is accepted again for minutes without a signature check.
 */
import {
  createRemoteJWKSet,
  type ExportedJWKSCache,
  errors,
  type JSONWebKeySet,
  type JWK,
  type JWTPayload,
  jwksCache,
  jwtVerify,
} from 'jose';
import { type ApiError, apiError } from '../errors.ts';
import { SIGNING_KEYS_TIMEOUTS } from '../timeouts.ts';
import type { Caller } from './caller.ts';
import { VerifiedTokens } from './verifiedTokens.ts';

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
/** As Microsoft's own middleware does. Keys live for months, so a short outage of the key service has no effect. */
const KEYS_KEPT_MS = 12 * 3_600_000;
/** A token with an unknown key id fetches the keys again, at most this often. */
const KEYS_APART_MS = 30_000;
/** Asymmetric algorithms only: a public key must never serve as a shared secret. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384'];

/** The longest time that Entra ID issues an access token for, in seconds: 28 hours, with continuous access evaluation. */
const MAX_LIFETIME_S = 28 * 3_600;

/** A verifier. Keys are fetched on first use, kept, and fetched again when a token names an unknown one. */
export function verifier(options: VerifyOptions): Verify {
  const fetched: Partial<ExportedJWKSCache> = {};
  const openKeys = () =>
    createRemoteJWKSet(new URL(options.jwksUrl), {
      timeoutDuration: SIGNING_KEYS_TIMEOUTS.callMs,
      cacheMaxAge: KEYS_KEPT_MS,
      cooldownDuration: KEYS_APART_MS,
      [jwksCache]: fetched as ExportedJWKSCache, // the library writes into it what it fetches
    });
  // Opened with the first token, because opening loads the HTTP client of Node.js, which queue functions may never use.
  let keys: ReturnType<typeof openKeys> | undefined;
  const verified = new VerifiedTokens({ wallMs: () => Date.now(), monotonicMs: () => performance.now() });
  return async (authorization) => {
    const token = /^Bearer +([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(authorization?.trim() ?? '')?.[1];
    if (!token) return denied('A bearer token is required.');
    const keySet = fetched.jwks;
    const known = verified.find(token, keySet);
    if (known) return { caller: known };
    try {
      keys ??= openKeys();
      const { payload, protectedHeader } = await jwtVerify(token, keys, {
        algorithms: ALGORITHMS,
        audience: [...options.audiences],
        clockTolerance: options.clockSkewMs / 1_000,
        requiredClaims: ['exp', 'iss', 'tid'],
      });
      const outcome = callerOf(payload, keyIssuers(fetched.jwks, protectedHeader.kid), options);
      if ('caller' in outcome) {
        verified.add(token, keySet, { caller: outcome.caller, exp: payload.exp ?? 0 });
      }
      return outcome;
    } catch (error) {
      return refusal(error);
    }
  };
}

/** The issuers that the key set names for a key id, if it names any. */
function keyIssuers(keySet: JSONWebKeySet | undefined, kid: string | undefined): string[] {
  const all: (JWK & { issuer?: unknown })[] = keySet?.keys ?? [];
  const candidates = all.filter((key) => kid === undefined || key.kid === kid);
  return candidates.flatMap((key) => (typeof key.issuer === 'string' ? [key.issuer] : []));
}

function callerOf(
  claims: JWTPayload,
  keyIssuers: readonly string[],
  options: VerifyOptions,
): { caller: Caller } | { error: ApiError } {
  const tenant = text(claims.tid)?.toLowerCase();
  if (!tenant || !GUID.test(tenant)) return denied("The token's `tid` claim is not a GUID.");
  const { iss } = claims;
  const issuers = options.issuers.map((issuer) => issuer.replaceAll('{tid}', tenant));
  if (!iss || !issuers.includes(iss)) {
    return denied("The token's `iss` claim is not accepted for the tenant in its `tid` claim.");
  }
  if (!keyIssuers.every((issuer) => isSameIssuer(issuer, iss, tenant))) {
    return denied("The token's `iss` claim is not the issuer of the key that signed it.");
  }
  const latestExp = Date.now() / 1_000 + MAX_LIFETIME_S + options.clockSkewMs / 1_000;
  if ((claims.exp ?? Number.POSITIVE_INFINITY) > latestExp) {
    return denied("The token's `exp` claim is implausibly far in the future.");
  }
  const kind = kindOf(claims);
  if (typeof kind !== 'string') return kind;
  if (!options.tenants.some((served) => served === '*' || served.toLowerCase() === tenant)) {
    return { error: apiError('tenantNotAllowed', `Partner tenant ${tenant} is not served here.`) };
  }
  const app = text(claims.appid) ?? text(claims.azp);
  const principal = text(claims.oid) ?? text(claims.sub) ?? app;
  if (!app || !principal) return denied('The token has no `appid` or `azp` claim.');
  return { caller: { tenant, app, principal, kind, roles: rolesOf(claims) } };
}

/** The two forms in which Entra ID names itself as the issuer of a tenant, in tokens of version 1 and 2. */
const ENTRA_ISSUER = /^https:\/\/(?:sts\.windows\.net|login\.microsoftonline\.com)\/([^/]+)\/(?:v2\.0\/?)?$/;

/**
 * Whether a key's issuer is the token's (docs/contract.md 4.3). The key set of several tenants has `{tenantid}` in it.
 * Entra ID signs tokens of both versions with the same keys, so its two forms are the same issuer of a tenant.
 */
function isSameIssuer(keyIssuer: string, iss: string, tenant: string): boolean {
  const issuer = keyIssuer.replace(/\{(tenantid|tid)\}/gi, tenant);
  const [, named] = ENTRA_ISSUER.exec(issuer) ?? [];
  const [, claimed] = ENTRA_ISSUER.exec(iss) ?? [];
  return issuer === iss || (named !== undefined && named.toLowerCase() === claimed?.toLowerCase());
}

/**
 * A user, when the token has a scope in whatever form; an application, when `idtyp` says so (docs/contract.md 4.6,
 * 4.7). No other claim distinguishes them: a user's ID token has no scope either, and has the right audience where the
 * storefront and the service share a registration.
 */
function kindOf({ scp, amr, idtyp }: JWTPayload): Caller['kind'] | { error: ApiError } {
  if (scp === undefined) {
    if (idtyp === 'app') return 'app';
    return denied(
      idtyp === undefined
        ? 'The token has neither a `scp` nor an `idtyp` claim: it is not an access token of a user or an application.'
        : "The token's `idtyp` claim is not `app`, and it has no `scp` claim.",
    );
  }
  if (!text(scp)?.split(' ').includes('user_impersonation')) {
    return denied("The token's `scp` claim does not contain `user_impersonation`.");
  }
  if (!Array.isArray(amr) || !amr.includes('mfa')) {
    return denied("The token's `amr` claim does not contain `mfa`: multi-factor authentication is required.");
  }
  return 'appUser';
}

/** App roles, directory roles and groups alike: the settings name them by what stands in the token. */
function rolesOf({ roles, wids, groups }: JWTPayload): string[] {
  return [roles, wids, groups].flat().filter((role) => typeof role === 'string');
}

/** The error of a token that was not verified. Keys that cannot be fetched are the service's failure, not the token's. */
function refusal(error: unknown): { error: ApiError } {
  if (error instanceof errors.JWTExpired)
    return denied('The token has expired: its `exp` claim is in the past.');
  if (error instanceof errors.JWTClaimValidationFailed) return denied(claimProblem(error));
  if (error instanceof errors.JWKSNoMatchingKey)
    return denied('The token is not signed by a key of its issuer.');
  const isTokens =
    error instanceof errors.JOSEError &&
    !(error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid);
  if (isTokens && error.code !== 'ERR_JOSE_GENERIC') {
    return denied(
      error instanceof errors.JWSSignatureVerificationFailed
        ? "The token's signature is not valid."
        : 'The token is not a well-formed JWT.',
    );
  }
  const description = 'The keys of the token issuer cannot be read. Retry the request.';
  return { error: apiError('serviceUnavailable', description, { retryAfterMs: 5_000 }) };
}

function claimProblem({ claim, reason }: errors.JWTClaimValidationFailed): string {
  if (reason === 'missing') return `The token has no \`${claim}\` claim.`;
  if (claim === 'nbf') return 'The token is not valid yet: its `nbf` claim is in the future.';
  return `The token's \`${claim}\` claim is not accepted.`;
}

const denied = (description: string) => ({ error: apiError('accessDenied', description) });
const text = (claim: unknown) => (typeof claim === 'string' && claim !== '' ? claim : undefined);
