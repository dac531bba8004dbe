/**
 * What a token says: from "who calls" to the claims that Microsoft Entra ID (v1 tokens) would put in.
 * A pure function of the request and the time; keys, HTTP and the clock are not its business.
 */
import { createHash } from 'node:crypto';
import * as z from 'zod';

/** The partner tenant, user and application that the local stack uses where nobody names others. */
export const localCaller = {
  tenant: '5d8a4b0e-6c1f-4f7b-9a56-0c3f2f1d7e11',
  user: '2713ccd7-ea3b-470a-9cfb-451d5d0482cc',
  app: '9b1f3c52-7d44-4e0a-8a0e-3a6f2b9c4d55',
} as const;

export const partnerCenterAudience = 'https://api.partnercenter.microsoft.com';

const guid = z.guid().toLowerCase();

/** A request for a token: with `user` it is an App+User token, without one an App token. */
export const tokenRequest = z.strictObject({
  tenant: guid.default(localCaller.tenant),
  user: guid.optional(),
  app: guid.default(localCaller.app),
  audience: z.string().min(1).default(partnerCenterAudience),
  roles: z.array(z.string()).optional(),
  /** Whether the user proved a second factor. */
  mfa: z.boolean().default(true),
  /** How long the token is good, from now; negative for one that has run out already. */
  lifetimeSeconds: z.int().default(8 * 60 * 60),
  /** Claims to set over the usual ones; null takes a claim out. For tokens that are wrong on purpose. */
  claims: z.record(z.string(), z.unknown()).optional(),
});

export type TokenRequest = z.input<typeof tokenRequest>;
export type TokenOrder = z.output<typeof tokenRequest>;

/** The `iss` of every token of a tenant. */
export function issuerOf(tenant: string): string {
  return `https://sts.windows.net/${tenant}/`;
}

/** The claims of one token, issued at `nowSeconds` (Unix time). */
export function claimsOf(order: TokenOrder, nowSeconds: number): Record<string, unknown> {
  // A token that ended in the past began before that.
  const issuedAt = Math.min(nowSeconds, nowSeconds + order.lifetimeSeconds - 1);
  const claims = {
    aud: order.audience,
    iss: issuerOf(order.tenant),
    iat: issuedAt,
    nbf: issuedAt,
    exp: nowSeconds + order.lifetimeSeconds,
    appid: order.app,
    appidacr: '1',
    tid: order.tenant,
    ver: '1.0',
    ...(order.user === undefined ? appClaims(order) : userClaims(order, order.user)),
    ...order.claims,
  };
  return Object.fromEntries(
    Object.entries(claims).filter(([, value]) => value !== null && value !== undefined),
  );
}

function appClaims({ tenant, app, roles }: TokenOrder): Record<string, unknown> {
  const oid = servicePrincipalOf(tenant, app);
  return { idtyp: 'app', oid, sub: oid, roles: roles ?? [] };
}

function userClaims({ mfa, roles }: TokenOrder, user: string): Record<string, unknown> {
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

/** An application's object id in a tenant: never its client id, so that whoever takes one for the other is found out. */
function servicePrincipalOf(tenant: string, app: string): string {
  const hex = createHash('sha256').update(`${tenant} ${app}`).digest('hex');
  return hex.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-5$3-a$4-$5');
}
