/** Families, SKUs and availabilities of a catalogue: what is listed where, and which ids exist. */
import { describe, expect, it } from 'vitest';
import { findProduct } from '../../shared/catalog/catalog.ts';
import {
  findAvailability,
  findFamily,
  findSku,
  hasPages,
  listAvailabilities,
  listFamilies,
  listSkus,
} from '../../shared/catalog/families.ts';
import { catalogOf } from './samples.ts';

const US = { country: 'US' };
const monthly = { billingCycles: { monthly: ['P1M'] } };
const catalog = catalogOf({
  markets: { US: ['USD'], GB: ['GBP'] },
  products: [
    { id: 'AAAAAAAAAAAA:0002', title: 'Second', ...monthly },
    { id: 'AAAAAAAAAAAA:0001', title: 'First', ...monthly },
    {
      id: 'BBBBBBBBBBBB:0001',
      title: 'Listed',
      ...monthly,
      availabilities: [
        { id: 'COMMERCIAL01' },
        { id: 'EDUCATION001', segment: 'education', countries: ['GB'] },
        { id: 'NONPROFIT001', segment: 'nonprofit' },
      ],
    },
    { id: 'CCCCCCCCCCCC:0001:AVAILABILITY', title: 'One', ...monthly },
    { id: 'CCCCCCCCCCCC:0001:AVAILABLEAS2', title: 'Two', ...monthly },
    { id: 'MS-AZR-0145P', title: 'Legacy', ...monthly },
  ],
  families: [
    {
      id: 'BBBBBBBBBBBB',
      title: 'Described',
      productType: { id: 'Azure', displayName: 'Azure' },
      views: ['AzureReservationsVM'],
    },
  ],
});
const familyOf = (id: string, country = 'US') => findFamily(catalog, id, { country });
const skuOf = (family: string, sku: string) => findSku(catalog, familyOf(family)!, sku, US)!;
const ids = (some: readonly { id: string }[]) => some.map(({ id }) => id);

describe('a family', () => {
  it('A family has the title of its first SKU unless the catalogue describes it', () => {
    expect(familyOf('aaaaaaaaaaaa')).toMatchObject({
      title: 'Second',
      productType: { id: 'OnlineServicesNCE' },
    });
    expect(familyOf('BBBBBBBBBBBB')).toMatchObject({ title: 'Described', isMicrosoftProduct: true });
    expect(familyOf('MS-AZR-0145P')).toBeUndefined();
  });

  it('A family exists in the markets of the catalogue only', () => {
    expect(familyOf('AAAAAAAAAAAA', 'GB')).toBeDefined();
    expect(familyOf('AAAAAAAAAAAA', 'DE')).toBeUndefined();
  });

  it('A family is listed in its view and in those that contain it', () => {
    const listed = (view: Parameters<typeof listFamilies>[1], filter = {}) =>
      ids(listFamilies(catalog, view, { ...US, ...filter }));

    expect(listed('OnlineServices')).toEqual(['AAAAAAAAAAAA', 'CCCCCCCCCCCC']);
    for (const view of ['Azure', 'AzureReservations', 'AzureReservationsVM'] as const) {
      expect(listed(view)).toEqual(['BBBBBBBBBBBB']);
    }
    expect(listed('AzureReservationsSQL')).toEqual([]);
    expect(listed('Azure', { segment: 'education' })).toEqual([]);
    expect(listed('Azure', { segment: 'education', country: 'GB' })).toEqual(['BBBBBBBBBBBB']);
  });
});

describe('SKUs', () => {
  it('SKUs are listed in the order of the file, and consist of all products with their id', () => {
    expect(ids(listSkus(catalog, familyOf('AAAAAAAAAAAA')!, US))).toEqual(['0002', '0001']);
    expect(listSkus(catalog, familyOf('CCCCCCCCCCCC')!, US).map(({ products }) => products.length)).toEqual([
      2,
    ]);
    expect(findSku(catalog, familyOf('AAAAAAAAAAAA')!, '0003', US)).toBeUndefined();
  });
});

describe('availabilities', () => {
  const listed = (filter = {}) =>
    listAvailabilities(catalog, skuOf('BBBBBBBBBBBB', '0001'), { ...US, ...filter }).map(
      ({ entry }) => entry.id,
    );

  it('The availabilities of a SKU are those of the market, without nonprofit unless it is requested', () => {
    expect(listed()).toEqual(['COMMERCIAL01']);
    expect(listed({ country: 'GB' })).toEqual(['COMMERCIAL01', 'EDUCATION001']);
    expect(listed({ segment: 'nonprofit' })).toEqual(['NONPROFIT001']);
    expect(listed({ segment: 'education' })).toEqual([]);
  });

  it('Each product that names an availability is one of its SKU', () => {
    expect(
      listAvailabilities(catalog, skuOf('CCCCCCCCCCCC', '0001'), US).map(({ entry, product }) => [
        entry.id,
        product.title,
      ]),
    ).toEqual([
      ['AVAILABILITY', 'One'],
      ['AVAILABLEAS2', 'Two'],
    ]);
  });

  it('A SKU that lists no availabilities has one with a stable id, and any other id is accepted', () => {
    const sku = skuOf('AAAAAAAAAAAA', '0001');
    const [first, ...more] = listAvailabilities(catalog, sku, US);

    expect(first?.entry.id).toMatch(/^[A-Z0-9]{12}$/);
    expect(more).toEqual([]);
    expect(findAvailability(catalog, sku, first?.entry.id ?? '', US)).toEqual(first);
    expect(findAvailability(catalog, sku, 'anything0001', US)?.entry.id).toBe('ANYTHING0001');
    expect(findAvailability(catalog, sku, 'short', US)).toBeUndefined();
  });

  it('The availabilities that a SKU lists are the only ones that can be bought', () => {
    expect(findAvailability(catalog, skuOf('BBBBBBBBBBBB', '0001'), 'EDUCATION001', US)).toBeUndefined();
    expect(findProduct(catalog, 'BBBBBBBBBBBB:0001:commercial01')?.title).toBe('Listed');
    expect(findProduct(catalog, 'BBBBBBBBBBBB:0001:ANYTHING0001')).toBeUndefined();
  });
});

it.each([
  ['AAAAAAAAAAAA:0001:ANYTHING0001', true],
  ['BBBBBBBBBBBB:0001:COMMERCIAL01', true],
  ['BBBBBBBBBBBB:0001:EDUCATION001', false],
  ['BBBBBBBBBBBB:0009:COMMERCIAL01', false],
  ['CCCCCCCCCCCC:0001:ANYTHING0001', false],
  ['DDDDDDDDDDDD:0001:AVAILABILITY', false],
  ['MS-AZR-0145P', false],
  ['AAAAAAAAAAAA:0001:ANYTHING0001:X', false],
])('The pages of %s exist: %s', (id, expected) => {
  expect(hasPages(catalog, id, 'US')).toBe(expected);
});
