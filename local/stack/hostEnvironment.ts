/**
 * The environment of the functions host: where the stand-ins of this machine are, in the settings that Azure
 * would hold. Pure. What the developer has set already wins, also when it is the identity-based form of a
 * connection (`NAME__…`) instead of a connection string; a blank is as good as nothing.
 */
import { partnerCenterAudience } from '../issuer/claims.ts';
import type { Standins } from './standins.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** `given` (the process environment with the caller's settings over it), and beneath it the stand-ins. */
export function hostEnvironment(
  given: Environment,
  standins: Standins,
  masterKey: string,
): Record<string, string | undefined> {
  const ours: Environment = {
    CartStorage: standins.storageConnection,
    ServiceBusConnection: standins.serviceBusConnection,
    AUTH_JWKS_URL: standins.jwksUrl,
    AUTH_ISSUERS: 'https://sts.windows.net/{tid}/',
    AUTH_AUDIENCES: partnerCenterAudience,
    AUTH_TENANTS: '*',
    BULK_QUEUE_TENANTS: '*',
    PARTNER_CENTER_URL: standins.deskUrl,
    // The desk lists an order at once.
    PARTNER_CENTER_LIST_DELAY: standins.deskUrl && 'PT1S',
    IDENTITY_ENDPOINT: standins.identityEndpoint,
    IDENTITY_HEADER: standins.identityHeader,
  };
  const missing = Object.entries(ours).filter(
    ([name, value]) => value !== undefined && !isGiven(given, name),
  );
  return { ...given, ...Object.fromEntries(missing), LOCAL_MASTER_KEY: masterKey };
}

/** Whether the ordering desk is wanted: the gateway goes to Partner Center, and nobody said where that is. */
export function wantsDesk({ ORDER_GATEWAY, PARTNER_CENTER_URL }: Environment): boolean {
  return ORDER_GATEWAY === 'partnerCenter' && !PARTNER_CENTER_URL;
}

function isGiven(given: Environment, name: string): boolean {
  return Object.entries(given).some(([key, value]) => value && (key === name || key.startsWith(`${name}__`)));
}
