/** The settings of webhooks and erasures: the policies that they become, and the values that are rejected. */
import { expect, it } from 'vitest';
import { policiesOf } from '../../shared/compose.ts';
import { readSettings } from '../../shared/config.ts';

const readWith = (more: Record<string, string> = {}) =>
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
  ['PUBLIC_URL', 'carts.contoso.example'],
  ['WEBHOOK_TIMEOUT', 'PT31S'],
  ['WEBHOOK_RETRY_BASE', 'PT0S'],
  ['WEBHOOK_WATCHDOG', 'PT0S'],
  ['WEBHOOK_MAX_ATTEMPTS', '21'],
  ['WEBHOOK_DISABLE_AFTER', '3'],
  ['WEBHOOK_RETENTION', 'PT1S'],
  ['WEBHOOK_SECRET_OVERLAP', 'P1M'],
  ['WEBHOOK_RATE_LIMIT', '-1'],
  ['WEBHOOK_LOOPBACK', 'yes'],
  ['ORDER_ERASURE', 'forget'],
  ['ORDER_ERASURE_REASON', 'x'.repeat(501)],
])('The setting %s=%s is rejected with its name', (name, value) => {
  expect(() => readWith({ [name]: value })).toThrow(`  ${name}: `);
});

it('The settings become the policies of webhooks, and reject loopback addresses by default', () => {
  expect(policiesOf(readWith()).webhooks).toEqual({
    delivery: {
      retry: {
        initialIntervalMs: 7_000,
        backoffCoefficient: 3.2,
        maximumIntervalMs: 57_600_000,
        maximumAttempts: 10,
        scheduleToCloseMs: 1_209_600_000,
      },
      watchdogMs: 120_000,
      retentionMs: 604_800_000,
      disableAfterMs: 259_200_000,
    },
    allowsLoopback: false,
    secretOverlapMs: 86_400_000,
  });
});

it('A public URL is read without the slash at its end', () => {
  const { webhooks } = policiesOf(readWith({ PUBLIC_URL: 'https://carts.contoso.example/' }));

  expect(webhooks.publicUrl).toBe('https://carts.contoso.example');
});
