/** Settings with which a guarantee would not hold, although they have the right form. */
import { expect, it } from 'vitest';
import { readSettings } from '../shared/config.ts';

const readWith = (more: Record<string, string>) =>
  readSettings({
    AUTH_JWKS_URL: 'https://login.example/keys',
    AUTH_ISSUERS: 'https://sts.windows.net/{tid}/',
    AUTH_AUDIENCES: 'https://api.partnercenter.microsoft.com',
    AUTH_TENANTS: '*',
    CartStorage: 'UseDevelopmentStorage=true',
    ServiceBusConnection: 'Endpoint=sb://localhost;SharedAccessKeyName=a;SharedAccessKey=b',
    ...more,
  });

it.each([
  ['CART_LIFETIME', 'P999999999D', 'at most P36525D'],
  ['WEBHOOK_RETENTION', 'P999999999D', 'at most P36525D'],
  ['PARTNER_CENTER_URL', 'http://partnercenter.example', 'https'],
  ['PARTNER_CENTER_URL', 'https://user:secret@partnercenter.example', 'without user name'],
  ['PARTNER_CENTER_URL', 'https://partnercenter.example/v1/', 'without /v1'],
  ['PARTNER_CENTER_URL', 'https://partnercenter.example/?a=b', 'without /v1 and a query'],
  ['PARTNER_CENTER_TIMEOUT', 'PT0.001S', 'at least PT0.1S'],
  ['AUTH_JWKS_URL', 'http://login.example/keys', 'https'],
  ['AUTH_TENANTS', 'contoso.onmicrosoft.com', 'GUIDs'],
  ['BULK_QUEUE_TENANTS', 'contoso', 'GUIDs'],
])('%s is rejected if it is %s', (name, value, why) => {
  expect(() => readWith({ [name]: value })).toThrow(new RegExp(`\\n {2}${name}: .*${why}`));
});

it('A list delay below the documented one is rejected for Partner Center, and accepted for a stand-in', () => {
  const settings = { ORDER_GATEWAY: 'partnerCenter', PARTNER_CENTER_LIST_DELAY: 'PT14M' };

  expect(() => readWith(settings)).toThrow('PARTNER_CENTER_LIST_DELAY: must be at least PT15M');
  expect(readWith({ ...settings, PARTNER_CENTER_URL: 'http://localhost:5000' })).toMatchObject({
    PARTNER_CENTER_LIST_DELAY: 840_000,
  });
});

it.each(['http://127.0.0.1:8080/keys', 'http://localhost/keys', 'http://issuer/keys'])(
  'Keys may be fetched without TLS from this machine or network: %s',
  (url) => {
    expect(readWith({ AUTH_JWKS_URL: url }).AUTH_JWKS_URL).toBe(url);
  },
);
