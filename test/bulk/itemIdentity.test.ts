/** The cart of an item that skips repeats: the same one for items that a reader cannot distinguish. */
import { describe, expect, it } from 'vitest';
import { identifyItems } from '../../shared/bulk/itemIdentity.ts';
import { readBulkRequest, readItem } from '../../shared/http/bulkRequest.ts';
import { uuidV8 } from '../../shared/ids.ts';
import { line } from '../support/samples.ts';

describe('Items that are the same for a reader', () => {
  const JSON_ITEM = { reference: 'Größe 1', customerId: uuidV8('customer'), cart: { lineItems: [line()] } };
  const withLine = (more: object, base = JSON_ITEM) => ({
    ...base,
    cart: { ...base.cart, lineItems: [{ ...line(), ...more }] },
  });
  const addon = { catalogItemId: 'DG7GMGF0DWTL:0002', quantity: 1, billingCycle: 'one_time' };
  const commitment = { amount: 10, currency: 'USD', grain: 'Hourly' };

  function cartIdOf(json: object): string | undefined {
    const read = readItem({ json }, 0, { cartIdOf: () => '' });
    if ('problems' in read) throw new Error(JSON.stringify(read.problems));
    const context = { uuidV8, currencyCode: 'USD' };
    return identifyItems([read.item], { tenant: 't' }, { repeats: 'skip' }, context)[0]?.cartId;
  }

  it.each<[string, object, object]>([
    ['the Unicode form of its reference', { ...JSON_ITEM, reference: 'Größe 1'.normalize('NFD') }, JSON_ITEM],
    [
      'an invisible character in its reference',
      { ...JSON_ITEM, reference: '\u200eGröße\u00a01\u200b' },
      JSON_ITEM,
    ],
    [
      'the Unicode form of a friendly name',
      withLine({ friendlyName: 'Büro' }),
      withLine({ friendlyName: ' Büro '.normalize('NFD') }),
    ],
    ['the default currency', withLine({ currencyCode: 'usd' }), withLine({ currencyCode: undefined })],
    [
      'the currency of an add-on',
      withLine({ addonItems: [{ ...addon, currencyCode: 'EUR' }] }),
      withLine({ addonItems: [addon] }),
    ],
    ['an attestation that is false', withLine({ attestationAccepted: false }), JSON_ITEM],
    [
      'a partner attestation that is false',
      { ...JSON_ITEM, cart: { ...JSON_ITEM.cart, partnerOnRecordAttestationAccepted: false } },
      JSON_ITEM,
    ],
    [
      'the letter case of a renewal term',
      withLine({ renewsTo: { termDuration: 'p1y' } }),
      withLine({ renewsTo: { termDuration: 'P1Y' } }),
    ],
    [
      'a term that its provisioning context implies',
      withLine({ termDuration: undefined, provisioningContext: { duration: '1Month' } }),
      withLine({ termDuration: 'P1M', provisioningContext: { duration: '1month' } }),
    ],
    [
      'the letter case of keys and values of a provisioning context',
      withLine({ provisioningContext: { DOMAIN: 'Contoso.com', isTrial: 'TRUE' } }),
      withLine({ provisioningContext: { domain: 'contoso.com', isTrial: true, empty: '' } }),
    ],
    [
      'the spelling of the next term',
      withLine({ scheduledNextTermInstructions: { Product: { ProductId: 'a' }, Quantity: '2' } }),
      withLine({ scheduledNextTermInstructions: { quantity: 2, product: { productId: 'A' } } }),
    ],
    [
      'the letter case of a commitment',
      withLine({ purchaseCommitment: commitment }),
      withLine({ purchaseCommitment: { ...commitment, currency: 'usd', grain: 'hourly' } }),
    ],
  ])('The cart of an item does not depend on %s', (_, one, other) => {
    expect(cartIdOf(one)).toBe(cartIdOf(other));
  });

  it.each<[string, object]>([
    ['its reference', { ...JSON_ITEM, reference: 'größe 1' }],
    ['another currency', withLine({ currencyCode: 'EUR' })],
    ['an attestation', withLine({ attestationAccepted: true })],
    ['the letter case of a friendly name', withLine({ friendlyName: 'büro' })],
    ['a value of the provisioning context', withLine({ provisioningContext: { domain: 'b.example' } })],
  ])('The cart of an item depends on %s', (_, json) => {
    const bases = [
      JSON_ITEM,
      withLine({ friendlyName: 'Büro' }),
      withLine({ provisioningContext: { domain: 'a.example' } }),
    ];

    expect(bases.map(cartIdOf)).not.toContain(cartIdOf(json));
  });

  it('A list has a reference once, whatever its Unicode form', async () => {
    const items = ['Größe', 'Größe'.normalize('NFD')].map((reference) => ({ ...JSON_ITEM, reference }));

    expect(await readBulkRequest({ items }, { cartIdOf: () => '' })).toMatchObject({
      error: { data: [{ path: 'items[1].reference' }] },
    });
  });
});
