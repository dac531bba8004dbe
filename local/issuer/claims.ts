/** The claims of a token, as Microsoft Entra ID writes them in v1 tokens. Pure: the time is an argument. */
import { createHash } from 'node:crypto';
import * as z from 'zod';
import { issuerOf, localCaller, partnerCenterAudience } from './localCaller.ts';

export { issuerOf, localCaller, partnerCenterAudience };

const guid = z.guid().toLowerCase();

/** A token request. With `user` the token is an App+User token, otherwise an App token. */
export const tokenRequest = z.strictObject({
  tenant: guid.default(localCaller.tenant),
  user: guid.optional(),
  app: guid.default(localCaller.app),
  audience: z.string().min(1).default(partnerCenterAudience),
  roles: z.array(z.string()).optional(),
  /** Adds `mfa` to `amr`: the user completed multi-factor authentication. */
  mfa: z.boolean().default(true),
  /** The lifetime from now; negative for an expired token. */
  lifetimeSeconds: z.int().default(8 * 60 * 60),
  /** Claims to add or replace; null removes a claim. For tests with invalid tokens. */
  claims: z.record(z.string(), z.unknown()).optional(),
});

export type TokenRequest = z.input<typeof tokenRequest>;
export type TokenParameters = z.output<typeof tokenRequest>;

/** The claims of a token issued at `nowSeconds` (epoch seconds). */
export function claimsOf(parameters: TokenParameters, nowSeconds: number): Record<string, unknown> {
  // An expired token was issued before it expired.
  const issuedAt = Math.min(nowSeconds, nowSeconds + parameters.lifetimeSeconds - 1);
  const claims = {
    aud: parameters.audience,
    iss: issuerOf(parameters.tenant),
    iat: issuedAt,
    nbf: issuedAt,
    exp: nowSeconds + parameters.lifetimeSeconds,
    appid: parameters.app,
    appidacr: '1',
    tid: parameters.tenant,
    ver: '1.0',
    ...(parameters.user === undefined ? appClaims(parameters) : userClaims(parameters, parameters.user)),
    ...parameters.claims,
  };
  return Object.fromEntries(
    Object.entries(claims).filter(([, value]) => value !== null && value !== undefined),
  );
}

function appClaims({ tenant, app, roles }: TokenParameters): Record<string, unknown> {
  const oid = servicePrincipalOf(tenant, app);
  return { idtyp: 'app', oid, sub: oid, roles: roles ?? [] };
}

function userClaims({ mfa, roles }: TokenParameters, user: string): Record<string, unknown> {
  const upn = `${user.slice(0, 8)}@partner.example`;
  return {
    acr: '1',
    amr: mfa ? ['pwd', 'mfa'] : ['pwd'],
    oid: user,
    sub: user,
    scp: 'user_impersonation',
    unique_name: upn,
    upn,
    roles,
  };
}

/** An application's object id in a tenant. It differs from the client id, so that code that confuses them fails. */
function servicePrincipalOf(tenant: string, app: string): string {
  const hex = createHash('sha256').update(`${tenant} ${app}`).digest('hex');
  return hex.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-5$3-a$4-$5');
}
