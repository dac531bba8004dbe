/** Reading a catalog from its file: the defaults, and the problem that each mistake is reported as. */
import { describe, expect, it } from 'vitest';
import { findProduct } from '../../shared/catalog/catalog.ts';
import { readCatalog } from '../../shared/catalog/readCatalog.ts';
import { catalogOf } from './samples.ts';

const SEATS = { id: 'AAAAAAAAAAAA:0001', title: 'Seats', billingCycles: { monthly: ['P1M'] } };
const file = (...products: unknown[]) => ({ markets: { US: ['USD'] }, products });

/** The problems of a file, `path: message`. */
function problemsOf(json: unknown): string[] {
  const read = readCatalog(json);
  return 'problems' in read ? read.problems.map(({ path, message }) => `${path}: ${message}`) : [];
}

it('A product needs only an id, a title and a billing cycle', () => {
  const { products, markets } = catalogOf(file(SEATS));

  expect(markets).toEqual({ US: ['USD'] });
  expect([...products.values()]).toEqual([
    { ...SEATS, quantity: { min: 1 }, promotionIds: [], enforceAttestation: false, customTermEndDate: false },
  ]);
});

it('An add-on needs only a base, and by default one seat of it', () => {
  const { products } = catalogOf(file(SEATS, { ...SEATS, id: 'MS-AZR-1', addonOf: { bases: [SEATS.id] } }));

  expect(products.get('MS-AZR-1')?.addonOf).toEqual({ bases: [SEATS.id], minBaseSeats: 1 });
});

describe('finding a product', () => {
  const singleAvailability = { ...SEATS, id: 'AAAAAAAAAAAA:0001:AVAILABILITY', title: 'In one availability' };
  const catalog = catalogOf(
    file(SEATS, singleAvailability, { ...SEATS, id: 'MS-AZR-0145P', title: 'Azure' }),
  );

  it.each([
    ['AAAAAAAAAAAA:0001:AVAILABILITY', 'In one availability'],
    ['aaaaaaaaaaaa:0001:availability', 'In one availability'],
    ['AAAAAAAAAAAA:0001:AVAILABLEAS2', 'Seats'],
    ['ms-azr-0145p', 'Azure'],
    ['AAAAAAAAAAAA:0002:AVAILABILITY', undefined],
    ['AAAAAAAAAAAA:0001:AVAILABILITY:X', undefined],
    ['AAAAAAAAAAAA', undefined],
    ['', undefined],
  ])('The product with the catalog item id %s is %s', (catalogItemId, title) => {
    expect(findProduct(catalog, catalogItemId)?.title).toBe(title);
  });
});

describe('problems', () => {
  const PROBLEMS: [json: unknown, problem: string][] = [
    [[], ': must be an object'],
    [{ products: [SEATS] }, 'markets: is required'],
    [{ ...file(SEATS), markets: {} }, 'markets: must have at least one market'],
    [{ ...file(SEATS), markets: { us: ['USD'] } }, 'markets.us: must be an ISO 3166 code'],
    [{ ...file(SEATS), markets: { US: ['$'] } }, 'markets.US[0]: must be an ISO 4217 code'],
    [{ ...file(SEATS), product: [] }, 'product: is not a known property'],
    [{ markets: { US: ['USD'] } }, 'products: is required'],
    [file(null), 'products[0]: must be an object'],
    [
      file({ ...SEATS, id: 'AAAA' }),
      'products[0].id: must be PRODUCT:SKU, PRODUCT:SKU:AVAILABILITY, a GUID or MS-AZR-…',
    ],
    [file({ ...SEATS, title: undefined }), 'products[0].title: is required'],
    [file({ ...SEATS, quantity: { min: 0 } }), 'products[0].quantity.min: '],
    [file({ ...SEATS, quantity: { max: 1.5 } }), 'products[0].quantity.max: '],
    [file({ ...SEATS, quantity: { min: 3, max: 2 } }), 'products[0].quantity.max: must not be less than min'],
    [
      file({ ...SEATS, quantity: { min: 3, maxInCart: 2 } }),
      'products[0].quantity.maxInCart: must not be less than min',
    ],
    [file({ ...SEATS, quantity: { minimum: 3 } }), 'products[0].quantity.minimum: is not a known property'],
    [
      file({ ...SEATS, billingCycles: {} }),
      'products[0].billingCycles: must have at least one billing cycle',
    ],
    [
      file({ ...SEATS, billingCycles: { monthly: [], yearly: [] } }),
      'products[0].billingCycles.yearly: is not a known property',
    ],
    [
      file({ ...SEATS, billingCycles: { monthly: [], unknown: [] } }),
      'products[0].billingCycles.unknown: is not a known property',
    ],
    [
      file({ ...SEATS, billingCycles: { monthly: ['1Month'] } }),
      'products[0].billingCycles.monthly[0]: must be an ISO 8601 duration such as P1Y',
    ],
    [file({ ...SEATS, promotionIds: [''] }), 'products[0].promotionIds[0]: '],
    [file({ ...SEATS, enforceAttestation: 'yes' }), 'products[0].enforceAttestation: '],
    [file({ ...SEATS, addonOf: { bases: [] } }), 'products[0].addonOf.bases: '],
    [
      file({ ...SEATS, addonOf: { bases: ['MS-AZR-9'] } }),
      'products[0].addonOf.bases[0]: MS-AZR-9 is not the id of a product in this catalog',
    ],
    [file(SEATS, { ...SEATS, id: 'aaaaaaaaaaaa:0001' }), 'products[1].id: repeats products[0].id'],
  ];

  it.each(PROBLEMS.map(([json, problem]) => [problem, json] as const))(
    'A catalog with one problem is reported by its path and message: %s',
    (problem, json) => {
      const [first, ...others] = problemsOf(json);

      expect(first?.startsWith(problem), first).toBe(true);
      expect(others).toEqual([]);
    },
  );

  it('All problems of a catalog are reported together', () => {
    const json = {
      markets: { USA: ['USD'] },
      products: [
        { ...SEATS, titel: 'Seats' },
        { ...SEATS, quantity: { min: 3, max: 2 }, addonOf: { bases: ['nothing', 'MS-AZR-9'] } },
        'nothing',
      ],
    };

    expect(problemsOf(json).map((problem) => problem.split(': ')[0])).toEqual([
      'markets.USA',
      'products[0].titel',
      'products[1].quantity.max',
      'products[1].addonOf.bases[0]',
      'products[2]',
      'products[1].id',
      'products[1].addonOf.bases[1]',
    ]);
  });
});
