/** Which settings the functions host receives, and when the ordering desk is wanted. */
import { expect, test } from 'vitest';
import { hostEnvironment, wantsDesk } from '../../../local/stack/hostEnvironment.ts';

const standins = {
  storageConnection: 'storage',
  serviceBusConnection: 'bus',
  issuerUrl: 'http://issuer',
  jwksUrl: 'http://issuer/keys',
  identityEndpoint: 'http://issuer/msi',
  identityHeader: 'secret',
  deskUrl: 'http://desk',
};

test('The host receives the address of every stand-in in the settings that Azure would set', () => {
  expect(hostEnvironment({ PATH: '/bin' }, standins, 'master')).toEqual({
    PATH: '/bin',
    CartStorage: 'storage',
    ServiceBusConnection: 'bus',
    AUTH_JWKS_URL: 'http://issuer/keys',
    AUTH_ISSUERS: 'https://sts.windows.net/{tid}/',
    AUTH_AUDIENCES: 'https://api.partnercenter.microsoft.com',
    AUTH_TENANTS: '*',
    AUTH_ERASE_ROLES: '*',
    BULK_QUEUE_TENANTS: '*',
    WEBHOOK_LOOPBACK: 'true',
    PARTNER_CENTER_URL: 'http://desk',
    PARTNER_CENTER_LIST_DELAY: 'PT1S',
    IDENTITY_ENDPOINT: 'http://issuer/msi',
    IDENTITY_HEADER: 'secret',
    LOCAL_MASTER_KEY: 'master',
  });
});

test('An existing setting takes precedence, and an empty one counts as absent', () => {
  const environment = hostEnvironment({ CartStorage: 'mine', AUTH_TENANTS: '' }, standins, 'master');

  expect(environment).toMatchObject({ CartStorage: 'mine', AUTH_TENANTS: '*' });
});

test('An identity-based connection leaves out the connection string', () => {
  const given = { CartStorage__tableServiceUri: 'https://account.table.core.windows.net' };

  expect(hostEnvironment(given, standins, 'master')).not.toHaveProperty('CartStorage');
});

test('Without a desk the URL of Partner Center is not overridden', () => {
  const environment = hostEnvironment({}, { ...standins, deskUrl: undefined }, 'master');

  expect(environment).not.toHaveProperty('PARTNER_CENTER_URL');
  expect(environment).not.toHaveProperty('PARTNER_CENTER_LIST_DELAY');
});

test('A desk is required when the gateway is Partner Center and no URL is set', () => {
  expect(wantsDesk({ ORDER_GATEWAY: 'partnerCenter' })).toBe(true);
  expect(wantsDesk({ ORDER_GATEWAY: 'partnerCenter', PARTNER_CENTER_URL: 'http://elsewhere' })).toBe(false);
  expect(wantsDesk({ ORDER_GATEWAY: 'ledger' })).toBe(false);
  expect(wantsDesk({})).toBe(false);
});
