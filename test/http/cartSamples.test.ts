/** The carts that the documents print and that the three SDKs really send, read from their bytes. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readCartRequest } from '../../shared/http/cartRequest.ts';
import { readJson } from '../../shared/http/json.ts';
import { MODERN } from '../support/samples.ts';

/** The draft in a body; throws where there is an error. */
function draftIn(body: string) {
  const json = readJson(new TextEncoder().encode(body));
  const read = 'error' in json ? json : readCartRequest(json.json);
  if ('error' in read) throw new Error(JSON.stringify(read.error));
  return read.draft;
}
const fixture = (path: string) => readFileSync(new URL(`../fixtures/${path}`, import.meta.url), 'utf8');

describe('the documents', () => {
  it.each(['create', 'update'])('print a cart that is read: %s', (seed) => {
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

  it('Samples of a cart with nulls and unknown properties are accepted', () => {
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

describe('the SDKs', () => {
  const sent = (client: string) => {
    const { requests } = JSON.parse(fixture(`wire/${client}.json`)) as {
      requests: { method: string; url: string; body: string }[];
    };
    return requests.filter(({ body, url }) => body.includes('ineItems') && !url.endsWith('/checkout'));
  };

  it.each(['dotnet', 'java', 'psdk'])('send carts that are read as they are: %s', (client) => {
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

  it('mean the same cart', () => {
    const [dotnet, java] = ['dotnet', 'java'].map((client) => draftIn(sent(client)[0]!.body).lineItems);

    expect(dotnet?.[0]).toEqual(java?.[0]);
    expect(dotnet?.[1]?.addonItems).toEqual(java?.[1]?.addonItems);
  });
});
