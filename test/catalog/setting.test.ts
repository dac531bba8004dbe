/** The setting `CATALOG_FILE`: the line item rules that result, and the errors that prevent the start. */
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

it('Without CATALOG_FILE there is no catalog', () => {
  expect(rulesWith({}).catalog).toBeUndefined();
  expect(rulesWith({ CATALOG_FILE: '' }).catalog).toBeUndefined();
});

it('CATALOG_FILE is read relative to the app folder', () => {
  expect(rulesWith({ CATALOG_FILE: 'shared/catalog/sample.json' }).catalog?.products.size).toBeGreaterThan(
    11,
  );
});

it('The catalog file may begin with a byte-order mark', () => {
  const products = [{ id: 'MS-AZR-1', title: 'Azure', billingCycles: { monthly: [] } }];
  const text = JSON.stringify({ markets: { US: ['USD'] }, products });

  expect(rulesWith({ CATALOG_FILE: fileOf(`\uFEFF${text}`) }).catalog?.products.size).toBe(1);
});

it('A missing catalog file prevents the start, with an error that names the setting', () => {
  const CATALOG_FILE = join(folder, 'nothing.json');

  expect(() => rulesWith({ CATALOG_FILE })).toThrow(
    /^CATALOG_FILE: .*nothing\.json.*\n {2}cannot be read \(ENOENT\)/,
  );
});

it('A catalog file that is not JSON prevents the start, with an error that names the setting', () => {
  expect(() => rulesWith({ CATALOG_FILE: fileOf('{') })).toThrow(/^CATALOG_FILE: .*\n {2}must be JSON/);
});

it('A catalog file with problems prevents the start, with the first problems by path and the number of the others', () => {
  const text = JSON.stringify({ markets: { US: ['USD'] }, products: [{}, {}, {}] });

  expect(() => rulesWith({ CATALOG_FILE: fileOf(text) })).toThrow(
    /^CATALOG_FILE: .*\n {2}products\[0\]\.id: is required\n(.*\n){4} {2}… and 4 more$/,
  );
});

it('A catalog without the market of DEFAULT_COUNTRY prevents the start', () => {
  const settings = { CATALOG_FILE: 'shared/catalog/sample.json', DEFAULT_COUNTRY: 'FR' };

  expect(() => rulesWith(settings)).toThrow(
    'CATALOG_FILE: shared/catalog/sample.json has no market FR, which DEFAULT_COUNTRY names.',
  );
});

it('The line item rules contain the market, the currency and whether the partner is an indirect provider', () => {
  const settings = { DEFAULT_COUNTRY: 'DE', DEFAULT_CURRENCY: 'EUR', INDIRECT_PROVIDER: 'False' };

  expect(rulesWith(settings)).toEqual({ market: 'DE', currencyCode: 'EUR', isIndirectProvider: false });
});

it.each(['0', 'maybe'])(
  'INDIRECT_PROVIDER=%s is rejected with an error that names the setting',
  (INDIRECT_PROVIDER) => {
    expect(() => rulesWith({ INDIRECT_PROVIDER })).toThrow('  INDIRECT_PROVIDER: must be true or false');
  },
);
