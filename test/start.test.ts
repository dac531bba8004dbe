/** The start of the app with invalid settings: functions are registered first, so that the worker reports the reason. */
import { expect, it, vi } from 'vitest';

const registered = vi.hoisted(() => [] as string[]);
vi.mock('@azure/functions', async (original) => {
  const register = (name: string) => void registered.push(name);
  return {
    ...(await original<typeof import('@azure/functions')>()),
    app: { http: register, serviceBusQueue: register, serviceBusTopic: register, timer: register },
  };
});

it('The start fails with every invalid setting after the HTTP and queue functions are registered', async () => {
  vi.stubEnv('CART_LIFETIME', 'seven days');
  vi.stubEnv('AUTH_TENANTS', '');

  await expect(import('../functions/main.ts')).rejects.toThrow(
    /^Invalid configuration:\n {2}CART_LIFETIME: must be .*\n(.*\n)* {2}AUTH_TENANTS: is required/,
  );

  expect(registered).toContain('createCart');
  expect(registered).toContain('zAnyPath');
  expect(registered.length).toBeGreaterThan(15);
  vi.unstubAllEnvs();
});

it('The start fails when the catalog file cannot be used', async () => {
  vi.resetModules();
  for (const [name, value] of Object.entries({
    AUTH_JWKS_URL: 'https://login.example/keys',
    AUTH_ISSUERS: 'a',
    AUTH_AUDIENCES: 'b',
    AUTH_TENANTS: '*',
    CartStorage: 'UseDevelopmentStorage=true',
    ServiceBusConnection: 'Endpoint=sb://localhost;SharedAccessKeyName=a;SharedAccessKey=b',
    CATALOG_FILE: '/nowhere/catalog.json',
  })) {
    vi.stubEnv(name, value);
  }

  await expect(import('../functions/main.ts')).rejects.toThrow('CATALOG_FILE: /nowhere/catalog.json');
  vi.unstubAllEnvs();
});
