/** The settings: defaults, and the error of each invalid value. */
import { describe, expect, it } from 'vitest';
import { policiesOf } from '../shared/compose.ts';
import { readSettings, settings } from '../shared/config.ts';
import { ERASURE_DEFAULTS, WEBHOOK_DEFAULTS } from './webhooks/samples.ts';

const REQUIRED = {
  AUTH_JWKS_URL: 'https://login.example/keys',
  AUTH_ISSUERS: 'https://sts.windows.net/{tid}/, https://login.example/{tid}/v2.0',
  AUTH_AUDIENCES: 'https://api.partnercenter.microsoft.com',
  AUTH_TENANTS: '*',
  CartStorage: 'UseDevelopmentStorage=true',
  ServiceBusConnection: 'Endpoint=sb://localhost;SharedAccessKeyName=a;SharedAccessKey=b',
};
const readWith = (more: Record<string, string | undefined>) => readSettings({ ...REQUIRED, ...more });

it('Only authentication, storage and the broker must be configured; every other setting has a default', () => {
  expect(readSettings(REQUIRED)).toEqual({
    ...REQUIRED,
    AUTH_ISSUERS: ['https://sts.windows.net/{tid}/', 'https://login.example/{tid}/v2.0'],
    AUTH_AUDIENCES: ['https://api.partnercenter.microsoft.com'],
    AUTH_TENANTS: ['*'],
    AUTH_READ_ROLES: ['*'],
    AUTH_WRITE_ROLES: ['*'],
    ...ERASURE_DEFAULTS,
    RATE_LIMIT: 0,
    AUTH_CLOCK_SKEW: 60_000,
    CART_LIFETIME: 604_800_000,
    EXPIRY_NOTICES: [86_400_000, 3_600_000],
    CART_RETENTION: 2_592_000_000,
    ORDER_RETENTION: 220_924_800_000,
    SWEEP_SCHEDULE: '0 * * * * *',
    CHECKOUT_WAIT: 25_000,
    CHECKOUT_RETRY_BASE: 2_000,
    CHECKOUT_RETRY_CAP: 900_000,
    CHECKOUT_MAX_ATTEMPTS: 12,
    CHECKOUT_MAX_AGE: 86_400_000,
    CHECKOUT_WATCHDOG: 120_000,
    BULK_IN_FLIGHT: 32,
    BULK_LANE_LEASE: 60_000,
    BULK_QUEUE_TENANTS: [],
    ORDER_GATEWAY: 'ledger',
    PARTNER_CENTER_URL: 'https://api.partnercenter.microsoft.com',
    PARTNER_CENTER_SCOPE: 'https://api.partnercenter.microsoft.com/.default',
    PARTNER_CENTER_TIMEOUT: 30_000,
    PARTNER_CENTER_LIST_DELAY: 1_200_000,
    PARTNER_CENTER_RATE_LIMIT: 500,
    ...WEBHOOK_DEFAULTS,
    DEFAULT_CURRENCY: 'USD',
    DEFAULT_COUNTRY: 'US',
    INDIRECT_PROVIDER: true,
    OTEL_METRIC_EXPORT_INTERVAL: 60_000,
  });
});

it.each([
  ['CART_LIFETIME', 'seven days'],
  ['CART_LIFETIME', 'PT0S'],
  ['CART_RETENTION', '30'],
  ['ORDER_RETENTION', 'P29D'],
  ['ORDER_RETENTION', 'P36526D'],
  ['EXPIRY_NOTICES', 'PT24H,soon'],
  ['SWEEP_SCHEDULE', '* * * * *'],
  ['CHECKOUT_WAIT', 'P1M'],
  ['CHECKOUT_WAIT', 'PT3M21S'],
  ['CHECKOUT_RETRY_BASE', 'PT'],
  ['CHECKOUT_RETRY_CAP', '-PT1S'],
  ['BULK_LANE_LEASE', 'PT1S'],
  ['CHECKOUT_MAX_ATTEMPTS', '0'],
  ['OTEL_EXPORTER_OTLP_ENDPOINT', 'collector:4318'],
  ['OTEL_METRIC_EXPORT_INTERVAL', '1'],
  ['CHECKOUT_MAX_ATTEMPTS', 'many'],
  ['CHECKOUT_MAX_ATTEMPTS', '1.5'],
  ['CHECKOUT_MAX_AGE', 'P1Y'],
  ['CHECKOUT_WATCHDOG', 'PT0S'],
  ['ORDER_GATEWAY', 'Ledger'],
  ['PARTNER_CENTER_URL', 'api.partnercenter.microsoft.com'],
  ['PARTNER_CENTER_TIMEOUT', '30'],
  ['PARTNER_CENTER_TIMEOUT', 'PT1M31S'],
  ['PARTNER_CENTER_RATE_LIMIT', '-1'],
  ['PARTNER_CENTER_RATE_LIMIT', '1'],
  ['PARTNER_CENTER_RATE_LIMIT', 'none'],
  ['DEFAULT_CURRENCY', 'usd'],
  ['DEFAULT_COUNTRY', 'USA'],
  ['AUTH_JWKS_URL', 'ftp://login.example/keys'],
  ['AUTH_ISSUERS', ' , '],
  ['AUTH_AUDIENCES', ','],
  ['AUTH_TENANTS', ' '],
  ['AUTH_CLOCK_SKEW', '60'],
  ['AUTH_READ_ROLES', ' '],
  ['AUTH_WRITE_ROLES', ','],
  ['PASS_THROUGH', 'yes'],
  ['RATE_LIMIT', '-1'],
  ['RATE_LIMIT', '1.5'],
  ['RATE_LIMIT_TENANTS', 'contoso=5'],
  ['RATE_LIMIT_TENANTS', '5d8a4b0e-6c1f-4f7b-9a56-0c3f2f1d7e11'],
  ['RATE_LIMIT_TENANTS', '5d8a4b0e-6c1f-4f7b-9a56-0c3f2f1d7e11=many'],
  ['RATE_LIMIT_TENANTS', '5d8a4b0e-6c1f-4f7b-9a56-0c3f2f1d7e11= '],
  ['CartStorage__tableServiceUri', 'somewhere'],
])('The invalid setting %s=%s is reported by its name', (name, value) => {
  expect(() => readWith({ [name]: value })).toThrow(`  ${name}: `);
});

it.each([
  'AUTH_JWKS_URL',
  'AUTH_ISSUERS',
  'AUTH_AUDIENCES',
  'AUTH_TENANTS',
  'CartStorage',
  'ServiceBusConnection',
])('The required setting %s is reported whether it is absent or empty', (name) => {
  expect(() => readWith({ [name]: undefined })).toThrow(`  ${name}: is required`);
  expect(() => readWith({ [name]: '' })).toThrow(`  ${name}: is required`);
});

it('All invalid settings are reported together, one per line', () => {
  const read = () => readSettings({ CART_LIFETIME: 'x', AUTH_ISSUERS: 'a', AUTH_TENANTS: '*' });

  expect(read).toThrow(
    new Error(
      [
        'Invalid configuration:',
        '  CART_LIFETIME: must be an ISO 8601 duration such as PT2M',
        '  AUTH_JWKS_URL: is required',
        '  AUTH_AUDIENCES: is required',
        '  CartStorage: is required, or CartStorage__tableServiceUri instead',
        '  ServiceBusConnection: is required, or ServiceBusConnection__fullyQualifiedNamespace instead',
      ].join('\n'),
    ),
  );
});

it('A managed identity can take the place of each connection string', () => {
  const read = readWith({
    CartStorage: undefined,
    CartStorage__tableServiceUri: 'https://carts.table.core.windows.net',
    ServiceBusConnection: '',
    ServiceBusConnection__fullyQualifiedNamespace: 'carts.servicebus.windows.net',
  });

  expect(read.CartStorage).toBeUndefined();
  expect(read.ServiceBusConnection__fullyQualifiedNamespace).toBe('carts.servicebus.windows.net');
});

describe('Credentials for Partner Center', () => {
  const APPLICATION = { PARTNER_CENTER_TENANT: 't', PARTNER_CENTER_CLIENT_ID: 'c' };

  it.each([
    ['its system-assigned identity, without settings', {}],
    ['a user-assigned identity, with only a client id', { PARTNER_CENTER_CLIENT_ID: 'c' }],
    ['an application with a secret', { ...APPLICATION, PARTNER_CENTER_CLIENT_SECRET: 's' }],
    ['an application with a certificate', { ...APPLICATION, PARTNER_CENTER_CERTIFICATE_PATH: 'c.pem' }],
  ])('The service can authenticate at Partner Center as %s', (_, set) => {
    expect(readWith(set)).toMatchObject(set);
  });

  it.each([
    [
      { ...APPLICATION, PARTNER_CENTER_CLIENT_SECRET: 's', PARTNER_CENTER_CERTIFICATE_PATH: 'c.pem' },
      'PARTNER_CENTER_CERTIFICATE_PATH: must be absent when PARTNER_CENTER_CLIENT_SECRET is set',
    ],
    [
      { PARTNER_CENTER_TENANT: 't', PARTNER_CENTER_CLIENT_SECRET: 's' },
      'PARTNER_CENTER_CLIENT_ID: is required with PARTNER_CENTER_CLIENT_SECRET',
    ],
    [
      { PARTNER_CENTER_CLIENT_ID: 'c', PARTNER_CENTER_CERTIFICATE_PATH: 'c.pem' },
      'PARTNER_CENTER_TENANT: is required with PARTNER_CENTER_CERTIFICATE_PATH',
    ],
    [
      APPLICATION,
      'PARTNER_CENTER_CLIENT_SECRET: is required with PARTNER_CENTER_TENANT, or PARTNER_CENTER_CERTIFICATE_PATH instead',
    ],
  ])('The incomplete or contradictory Partner Center credentials %j are rejected', (set, problem) => {
    expect(() => readWith(set)).toThrow(`\n  ${problem}`);
  });
});

it('EXPIRY_NOTICES are sorted from the longest to the shortest; "none" disables them, and an empty value means the default', () => {
  expect(readWith({ EXPIRY_NOTICES: 'PT1H, P2D,PT24H' }).EXPIRY_NOTICES).toEqual([
    172_800_000, 86_400_000, 3_600_000,
  ]);
  expect(readWith({ EXPIRY_NOTICES: 'none' }).EXPIRY_NOTICES).toEqual([]);
  expect(readWith({ EXPIRY_NOTICES: '' }).EXPIRY_NOTICES).toEqual([86_400_000, 3_600_000]);
});

it('The default of EXPIRY_NOTICES is reduced to the notices that fit a short cart lifetime', () => {
  expect(readWith({ CART_LIFETIME: 'PT2H' }).EXPIRY_NOTICES).toEqual([3_600_000]);
  expect(readWith({ CART_LIFETIME: 'PT6S' }).EXPIRY_NOTICES).toEqual([]);
});

it.each<[string, Record<string, string>]>([
  [
    'CART_RETENTION: must be at least BULK_LANE_LEASE (PT1M)',
    { CART_RETENTION: 'PT59S', CHECKOUT_MAX_AGE: 'PT30S', CHECKOUT_RETRY_CAP: 'PT30S' },
  ],
  ['CART_RETENTION: must be at least CHECKOUT_MAX_AGE (P1D)', { CART_RETENTION: 'PT23H' }],
  ['CHECKOUT_RETRY_CAP: must be at least CHECKOUT_RETRY_BASE (PT20M)', { CHECKOUT_RETRY_BASE: 'PT20M' }],
  ['CHECKOUT_MAX_AGE: must be at least CHECKOUT_RETRY_CAP (PT15M)', { CHECKOUT_MAX_AGE: 'PT14M' }],
  [
    'EXPIRY_NOTICES: must be shorter than CART_LIFETIME (P1D)',
    { CART_LIFETIME: 'P1D', EXPIRY_NOTICES: 'PT24H' },
  ],
  [
    'CHECKOUT_WATCHDOG: must be an ISO 8601 duration such as PT2M, at least PT0.5S',
    { CHECKOUT_WATCHDOG: 'PT0.001S' },
  ],
  [
    'CHECKOUT_RETRY_BASE: must be an ISO 8601 duration such as PT2M, at least PT0.1S',
    { CHECKOUT_RETRY_BASE: 'PT0.001S' },
  ],
  ['BULK_IN_FLIGHT: must be at most 64 with ORDER_GATEWAY=ledger', { BULK_IN_FLIGHT: '65' }],
  ['AUTH_CLOCK_SKEW: must be an ISO 8601 duration such as PT1M, at most PT15M', { AUTH_CLOCK_SKEW: 'P1D' }],
  [
    'SWEEP_SCHEDULE: must be an NCRONTAB expression with an hour of 0 to 23',
    { SWEEP_SCHEDULE: '0 0 25 * * *' },
  ],
])('Settings that would break a guarantee are rejected: %s', (problem, set) => {
  expect(() => readWith(set)).toThrow(`\n  ${problem}`);
});

it('More than 64 bulk items in flight are accepted with Partner Center, which limits the rate', () => {
  expect(readWith({ ORDER_GATEWAY: 'partnerCenter', BULK_IN_FLIGHT: '256' }).BULK_IN_FLIGHT).toBe(256);
});

it('A checkout wait of zero and a clock skew of zero are accepted', () => {
  expect(readWith({ CHECKOUT_WAIT: 'PT0S', AUTH_CLOCK_SKEW: 'PT0S' })).toMatchObject({
    CHECKOUT_WAIT: 0,
    AUTH_CLOCK_SKEW: 0,
  });
});

it('The maximum of CHECKOUT_WAIT is the time-out of the front end of the Functions host', () => {
  expect(readWith({ CHECKOUT_WAIT: 'PT3M20S' }).CHECKOUT_WAIT).toBe(200_000);
});

it('RATE_LIMIT_TENANTS sets the limits of single tenants, whose ids match in any letter case', () => {
  const RATE_LIMIT_TENANTS =
    '5D8A4B0E-6C1F-4F7B-9A56-0C3F2F1D7E11=600, 11111111-1111-4111-8111-111111111111=0';

  expect(readWith({ RATE_LIMIT: '60', RATE_LIMIT_TENANTS })).toMatchObject({
    RATE_LIMIT: 60,
    RATE_LIMIT_TENANTS: new Map([
      ['5d8a4b0e-6c1f-4f7b-9a56-0c3f2f1d7e11', 600],
      ['11111111-1111-4111-8111-111111111111', 0],
    ]),
  });
});

it('An empty setting has its default', () => {
  expect(readWith({ CART_LIFETIME: '', DEFAULT_CURRENCY: '' })).toMatchObject({
    CART_LIFETIME: 604_800_000,
    DEFAULT_CURRENCY: 'USD',
  });
});

it('Every setting has a description', () => {
  for (const [name, { description }] of Object.entries(settings.shape)) {
    expect(description, name).toMatch(/^[A-Z].*[.:]$/);
  }
});

it('Settings are converted to the policies of the domain', () => {
  const policies = policiesOf(readWith({ CHECKOUT_WATCHDOG: 'PT3M', CHECKOUT_MAX_ATTEMPTS: '5' }));

  expect(policies).toEqual({
    lifetimeMs: 604_800_000,
    checkoutWaitMs: 25_000,
    bulkInFlight: 32,
    bulkLeaseMs: 60_000,
    bulkQueueTenants: [],
    rules: { currencyCode: 'USD', market: 'US', isIndirectProvider: true },
    country: 'US',
    isOrderKeeper: true,
    pages: { ofProduct: expect.any(Function), ofSubscriptions: true },
    roles: { read: ['*'], write: ['*'], erase: [] },
    lifecycle: {
      noticesMs: [86_400_000, 3_600_000],
      retentionMs: 2_592_000_000,
      orderRetentionMs: 220_924_800_000,
      watchdogMs: 180_000,
    },
    attemptPolicy: {
      watchdogMs: 180_000,
      retry: {
        initialIntervalMs: 2_000,
        maximumIntervalMs: 900_000,
        maximumAttempts: 5,
        scheduleToCloseMs: 86_400_000,
      },
    },
    erasure: expect.objectContaining({ orders: 'pseudonymize' }),
    webhooks: expect.any(Object), // test/webhooks/settings.test.ts
  });
});
