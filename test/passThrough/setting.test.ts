/** The setting PASS_THROUGH: when requests are passed through. */
import { describe, expect, it } from 'vitest';
import { composeService } from '../../shared/compose.ts';
import { readSettings } from '../../shared/config.ts';

const REQUIRED = {
  AUTH_JWKS_URL: 'https://login.example/keys',
  AUTH_ISSUERS: 'https://sts.windows.net/{tid}/, https://login.example/{tid}/v2.0',
  AUTH_AUDIENCES: 'https://api.partnercenter.microsoft.com',
  AUTH_TENANTS: '*',
  CartStorage: 'UseDevelopmentStorage=true',
  ServiceBusConnection: 'Endpoint=sb://localhost;SharedAccessKeyName=a;SharedAccessKey=b',
};
const readWith = (more: Record<string, string>) => readSettings({ ...REQUIRED, ...more });

describe('pass-through', () => {
  it.each<[Record<string, string>, boolean]>([
    [{}, false],
    [{ PASS_THROUGH: 'false' }, false],
    [{ ORDER_GATEWAY: 'partnerCenter' }, true],
    [{ ORDER_GATEWAY: 'partnerCenter', PASS_THROUGH: 'true' }, true],
    [{ ORDER_GATEWAY: 'partnerCenter', PASS_THROUGH: 'false' }, false],
  ])('Pass-through with %j is %s', (set, expected) => {
    expect(composeService(readWith(set)).passThrough !== undefined).toBe(expected);
  });

  it('Pass-through is rejected with the ledger gateway, which has no Partner Center', () => {
    expect(() => readWith({ PASS_THROUGH: 'true' })).toThrow(
      '\n  PASS_THROUGH: must not be true with ORDER_GATEWAY=ledger',
    );
  });
});
