/** The sample catalog is valid and sells everything that the documented and recorded requests order. */
import { expect, it } from 'vitest';
import { normalizeLineItems } from '../../shared/cart/normalizeLineItems.ts';
import sample from '../../shared/catalog/sample.json' with { type: 'json' };
import { readCartRequest } from '../../shared/http/cartRequest.ts';
import dotnet from '../fixtures/wire/dotnet.json' with { type: 'json' };
import java from '../fixtures/wire/java.json' with { type: 'json' };
import psdk from '../fixtures/wire/psdk.json' with { type: 'json' };
import { LEGACY, line, NOW, RULES } from '../support/samples.ts';
import { catalogOf, errorCodes } from './samples.ts';

const catalog = catalogOf(sample);
const compose = (drafts: Parameters<typeof normalizeLineItems>[0]) =>
  normalizeLineItems(drafts, { rules: { ...RULES, catalog }, nowMs: NOW });

it('The sample catalog has at least a dozen products, including add-ons', () => {
  const products = [...catalog.products.values()];

  expect(products.length).toBeGreaterThanOrEqual(12);
  expect(products.filter(({ addonOf }) => addonOf).length).toBeGreaterThan(1);
});

it.each([
  ['DG7GMGF0DWTL:0001:DG7GMGF0DSJB', 'one_time', 'P1Y'],
  ['CFQ7TTC0LFLS:0002:CFQ7TTC0KDLJ', 'monthly', 'P1Y'],
  ['MS-AZR-0145P', 'monthly', 'P1Y'],
  [LEGACY, 'annual', 'P1Y'],
  ['DG7GMGF0D5RK:0004:DG7GMGF0D8C2', 'one_time', undefined],
  ['DZH318Z0C1B4:0007:DZH318Z0C6SL', 'none', 'P1M'],
  ['DZH318Z08NL3:0003:DZH318Z08TWX', 'one_time', 'P3Y'],
] as const)(
  'The sample catalog sells %s with billing cycle %s and term %s',
  (catalogItemId, billingCycle, termDuration) => {
    expect(errorCodes(compose([line({ catalogItemId, billingCycle, termDuration })]))).toEqual([undefined]);
  },
);

it.each([
  ['.NET SDK', dotnet],
  ['Java SDK', java],
  ['PowerShell', psdk],
])('The sample catalog sells what the recorded requests of the %s order', (_, { requests }) => {
  const read = readCartRequest(JSON.parse(requests[0]?.body ?? ''));

  const items = 'draft' in read ? compose(read.draft.lineItems) : [];

  expect(errorCodes(items)).toEqual([undefined, undefined, undefined]);
});
