/** Paths in every form in which clients send them (docs/contract.md 1.2 to 1.5). */
import { describe, expect, it } from 'vitest';
import { guid, matchPath, pathSegments } from '../../shared/http/path.ts';
import { KEY } from '../support/samples.ts';

const CART = 'customers/{customerId}/carts/{cartId}';
const { customer, cartId } = KEY;
const UPPER = customer.toUpperCase();

describe('The path of a cart', () => {
  it.each([
    `/v1/customers/${customer}/carts/${cartId}`,
    `/v1/customers/${customer}/carts/${cartId}/`,
    `/customers/${customer}/carts/${cartId}`,
    `//v1//customers//${customer}/carts/${cartId}//`,
    `/v1/v1/customers/${customer}/carts/${cartId}`,
    `/v1//v1/customers/${customer}/carts/${cartId}/`,
    `/V1/Customers/${customer}/CARTS/${cartId}`,
    `/v1/customers/{${customer}}/carts/%7B${cartId}%7D`,
    `https://localhost:7071/v1/customers/${customer}/carts/${cartId}?country=US#top`,
    `HTTP://v1/v1/customers/${customer}/carts/${cartId}?a=/b`,
  ])('The path %s matches the route of a cart', (path) => {
    expect(matchPath(CART, pathSegments(path) ?? [])).toEqual({ customerId: customer, cartId });
  });

  it.each([
    `/v1/customers/${customer}/carts`,
    `/v1/customers/${customer}/carts/${cartId}/checkout`,
    `/v2/customers/${customer}/carts/${cartId}`,
    `/v1/customers/${customer}/cart/${cartId}`,
    `/customers/v1/${customer}/carts/${cartId}`,
    `/v1/customers/${customer}%2Fcarts/${cartId}`,
    '/',
    '',
  ])('The path %s does not match the route of a cart', (path) => {
    expect(matchPath(CART, pathSegments(path) ?? [])).toBeUndefined();
  });

  it('Path parameters keep the spelling of the request, without braces', () => {
    const segments = pathSegments(`/customers/{${UPPER}}/carts/not%20a%20guid`) ?? [];

    expect(matchPath(CART, segments)).toEqual({ customerId: UPPER, cartId: 'not a guid' });
  });
});

it.each(['/v1/customers/%/carts', '/%E0%A4%A', '/%ff'])(
  'A path with a broken escape has no segments: %s',
  (path) => {
    expect(pathSegments(path)).toBeUndefined();
  },
);

it.each(['/', '//', '/v1', '/v1/v1//'])('The path %s is the root', (path) => {
  expect(pathSegments(path)).toEqual([]);
});

describe('GUIDs', () => {
  it('A GUID is read in lower case', () => {
    expect(guid(UPPER)).toBe(customer);
  });

  it.each([
    undefined,
    '',
    'c1',
    `{${customer}}`,
    `${customer}0`,
    ` ${customer}`,
    customer.replaceAll('-', ''),
    `${customer}\n`,
  ])('The text %j is not a GUID', (text) => {
    expect(guid(text)).toBeUndefined();
  });
});
