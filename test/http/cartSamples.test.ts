/** The carts of the documentation and of recorded requests of the three SDKs, read from their bytes. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readCartRequest } from '../../shared/http/cartRequest.ts';
import { readJson } from '../../shared/http/json.ts';
import { MODERN } from '../support/samples.ts';

/** The draft in a body; throws if it is invalid. */
function draftIn(body: string) {
  const json = readJson(new TextEncoder().encode(body));
  const read = 'error' in json ? json : readCartRequest(json.json);
  if ('error' in read) throw new Error(JSON.stringify(read.error));
  return read.draft;
}
const fixture = (path: string) => readFileSync(new URL(`../fixtures/${path}`, import.meta.url), 'utf8');

describe('Carts of the documentation', () => {
  it.each(['create', 'update'])('The cart of the documentation sample is accepted: %s', (seed) => {
    const body = fixture(`seeds/${seed}.txt`);

    expect(draftIn(body.slice(body.indexOf('\n\n')))).toEqual({
      lineItems: [
        {
          id: 0,
          catalogItemId: 'DG7GMGF0DWTL:0001:DG7GMGF0DSJB',
          friendlyName: 'A_sample_Azure_RI',
          quantity: 2,
          billingCycle: 'one_time',
          provisioningContext: {
            subscriptionId: '3D5ECED6-1151-44C7-AEE6-70A4BB725666',
            scope: 'shared',
            duration: '1Year',
          },
        },
      ],
    });
  });

  it('A documentation sample with nulls and unknown members is accepted', () => {
    const body = fixture('seeds/checkout.txt');

    expect(draftIn(body.slice(body.indexOf('\n\n')))).toEqual({
      lineItems: [
        {
          id: 0,
          catalogItemId: MODERN,
          friendlyName: 'My offer purchase',
          quantity: 3,
          currencyCode: 'USD',
          billingCycle: 'one_time',
        },
      ],
    });
  });
});

describe('Carts of the SDKs', () => {
  const sent = (client: string) => {
    const { requests } = JSON.parse(fixture(`wire/${client}.json`)) as {
      requests: { method: string; url: string; body: string }[];
    };
    return requests.filter(({ body, url }) => body.includes('ineItems') && !url.endsWith('/checkout'));
  };

  it.each(['dotnet', 'java', 'psdk'])('Every cart that the SDK sends is accepted: %s', (client) => {
    const requests = sent(client);

    expect(requests.length).toBeGreaterThan(1);
    for (const { body } of requests) {
      const [item] = draftIn(body).lineItems;
      expect(item).toMatchObject({
        catalogItemId: expect.any(String),
        billingCycle: expect.stringMatching(/^[a-z_]+$/),
      });
    }
  });

  it('The same cart is read from the requests of the .NET SDK and the Java SDK', () => {
    const [dotnet, java] = ['dotnet', 'java'].map((client) => draftIn(sent(client)[0]!.body).lineItems);

    expect(dotnet?.[0]).toEqual(java?.[0]);
    expect(dotnet?.[1]?.addonItems).toEqual(java?.[1]?.addonItems);
  });
});
