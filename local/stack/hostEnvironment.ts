/**
 * The environment of the functions host: where the stand-ins listen, in the settings that Azure would hold. Pure.
 * A setting that you have made takes precedence, also in the identity-based form of a connection (`NAME__…`); a
 * blank value counts as not set.
 */
import { partnerCenterAudience } from '../issuer/localCaller.ts';
import type { Standins } from './standins.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** `given` (the process environment, overridden by the caller's settings), with the stand-ins as defaults. */
export function hostEnvironment(
  given: Environment,
  standins: Standins,
  masterKey: string,
): Record<string, string | undefined> {
  const defaults: Environment = {
    CartStorage: standins.storageConnection,
    ServiceBusConnection: standins.serviceBusConnection,
    AUTH_JWKS_URL: standins.jwksUrl,
    AUTH_ISSUERS: 'https://sts.windows.net/{tid}/',
    AUTH_AUDIENCES: partnerCenterAudience,
    AUTH_TENANTS: '*',
    BULK_QUEUE_TENANTS: '*',
    WEBHOOK_LOOPBACK: 'true',
    AUTH_ERASE_ROLES: '*',
    PARTNER_CENTER_URL: standins.deskUrl,
    // The desk lists an order immediately.
    PARTNER_CENTER_LIST_DELAY: standins.deskUrl && 'PT1S',
    IDENTITY_ENDPOINT: standins.identityEndpoint,
    IDENTITY_HEADER: standins.identityHeader,
  };
  const missing = Object.entries(defaults).filter(
    ([name, value]) => value !== undefined && !isGiven(given, name),
  );
  return { ...given, ...Object.fromEntries(missing), LOCAL_MASTER_KEY: masterKey };
}

/** Whether the ordering desk is wanted: the gateway is Partner Center's, and no URL is set for it. */
export function wantsDesk({ ORDER_GATEWAY, PARTNER_CENTER_URL }: Environment): boolean {
  return ORDER_GATEWAY === 'partnerCenter' && !PARTNER_CENTER_URL;
}

function isGiven(given: Environment, name: string): boolean {
  return Object.entries(given).some(([key, value]) => value && (key === name || key.startsWith(`${name}__`)));
}
