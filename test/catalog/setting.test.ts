/** The catalogue as a setting: what the service starts with, and why it does not start. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { policiesOf } from '../../shared/compose.ts';
import { readSettings } from '../../shared/config.ts';

const folder = mkdtempSync(join(tmpdir(), 'catalog-'));
afterAll(() => rmSync(folder, { recursive: true }));

const rulesWith = (more: Record<string, string>) =>
  policiesOf(
    readSettings({
      AUTH_JWKS_URL: 'https://login.example/keys',
      AUTH_ISSUERS: 'https://sts.windows.net/{tid}/',
      AUTH_AUDIENCES: 'https://api.partnercenter.microsoft.com',
      AUTH_TENANTS: '*',
      CartStorage: 'UseDevelopmentStorage=true',
      ServiceBusConnection: 'Endpoint=sb://localhost',
      ...more,
    }),
  ).rules;

function fileOf(text: string): string {
  const file = join(folder, 'catalog.json');
  writeFileSync(file, text);
  return file;
}

it('is none unless the setting names a file', () => {
  expect(rulesWith({}).catalog).toBeUndefined();
  expect(rulesWith({ CATALOG_FILE: '' }).catalog).toBeUndefined();
});

it('is read from the file, relative to the app folder', () => {
  expect(rulesWith({ CATALOG_FILE: 'shared/catalog/sample.json' }).catalog?.products.size).toBeGreaterThan(
    11,
  );
});

it('may begin with a byte-order mark', () => {
  const products = [{ id: 'MS-AZR-1', title: 'Azure', billingCycles: { monthly: [] } }];
  const text = JSON.stringify({ markets: { US: ['USD'] }, products });

  expect(rulesWith({ CATALOG_FILE: fileOf(`\uFEFF${text}`) }).catalog?.products.size).toBe(1);
});

it('ends the start by its name when there is no such file', () => {
  const CATALOG_FILE = join(folder, 'nothing.json');

  expect(() => rulesWith({ CATALOG_FILE })).toThrow(
    /^CATALOG_FILE: .*nothing\.json.*\n {2}cannot be read \(ENOENT\)/,
  );
});

it('ends the start by its name when the file is not JSON', () => {
  expect(() => rulesWith({ CATALOG_FILE: fileOf('{') })).toThrow(/^CATALOG_FILE: .*\n {2}must be JSON/);
});

it('ends the start with the first problems by path, and how many more there are', () => {
  const text = JSON.stringify({ markets: { US: ['USD'] }, products: [{}, {}, {}] });

  expect(() => rulesWith({ CATALOG_FILE: fileOf(text) })).toThrow(
    /^CATALOG_FILE: .*\n {2}products\[0\]\.id: is required\n(.*\n){4} {2}… and 4 more$/,
  );
});

it('ends the start when it does not have the market', () => {
  const settings = { CATALOG_FILE: 'shared/catalog/sample.json', DEFAULT_COUNTRY: 'FR' };

  expect(() => rulesWith(settings)).toThrow(
    'CATALOG_FILE: shared/catalog/sample.json has no market FR, which DEFAULT_COUNTRY names.',
  );
});

it('goes with the market, the currency and whether the partner is an indirect provider', () => {
  const settings = { DEFAULT_COUNTRY: 'DE', DEFAULT_CURRENCY: 'EUR', INDIRECT_PROVIDER: 'False' };

  expect(rulesWith(settings)).toEqual({ market: 'DE', currencyCode: 'EUR', isIndirectProvider: false });
});

it.each(['0', 'maybe'])('refuses INDIRECT_PROVIDER=%s by its name', (INDIRECT_PROVIDER) => {
  expect(() => rulesWith({ INDIRECT_PROVIDER })).toThrow('  INDIRECT_PROVIDER: must be true or false');
});
