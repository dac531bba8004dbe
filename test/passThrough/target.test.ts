/** Which requests are passed through, and to which target: hostile paths are rejected (docs/contract.md 23.3, 23.4). */
import { expect, it } from 'vitest';
import { routes } from '../../functions/http/routes.ts';
import { bothSegments } from '../../shared/http/path.ts';
import { isOwnPath, pathShape, targetOf } from '../../shared/passThrough/target.ts';

const ID = 'd6bf25b7-e0a8-4f2d-a31b-97b55cfc774d';
const target = (path: string, query = '') => targetOf(bothSegments(path) ?? { raw: [], decoded: [] }, query);
const isOwn = (path: string) =>
  isOwnPath(
    routes.filter(({ isPartnerCenters }) => !isPartnerCenters).map(({ path: template }) => template),
    bothSegments(path)?.decoded ?? [],
  );

it.each([
  ['/v1/products', '/v1/products'],
  ['//v1//products/', '/v1/products'],
  ['/products', '/v1/products'],
  ['/v1/v1/Products', '/v1/Products'],
  ['/V1/invoices/overage/azure', '/v1/invoices/overage/azure'],
  ['/v1/customers/%7Bd6bf%7D', '/v1/customers/%7Bd6bf%7D'],
  ["/v1/customers/a@b.example/it's", "/v1/customers/a@b.example/it's"],
  ['/v1/caf%C3%A9', '/v1/caf%C3%A9'],
  ['//other.example/v1/products', '/v1/other.example/v1/products'],
])('%s goes to %s', (path, expected) => {
  expect(target(path)).toBe(expected);
});

it('A query is sent as it came', () => {
  expect(target('/v1/products', '?country=US&$filter=a%20b&x=//y')).toBe(
    '/v1/products?country=US&$filter=a%20b&x=//y',
  );
});

it.each([
  ['/', 'no segment'],
  ['/v1', 'no segment'],
  ['/v1/customers%2Fx%2Fcarts', 'an encoded slash'],
  ['/v1/a%5Cb', 'an encoded backslash'],
  ['/v1/a\\b', 'a backslash'],
  ['/v1/../admin', 'a dot segment'],
  ['/v1/%2e%2e/admin', 'an encoded dot segment'],
  ['/v1/a/./b', 'a dot segment'],
  ['/v1/%252e%252e/admin', 'a doubly encoded dot segment'],
  ['/v1/a%252Fb', 'a doubly encoded slash'],
  ['/v1/a%0d%0aHost:%20b', 'a line break'],
  ['/v1/a%00b', 'a null character'],
  ['/v1/%zz', 'a broken escape'],
  ['/v1/%c0%ae%c0%ae/admin', 'an overlong escape'],
  ['/v1/%u002e%u002e/admin', 'an escape that only some servers know'],
  ['/v1/%25u002e%25u002e/admin', 'a doubly encoded escape that only some servers know'],
  ['/v1/products/..;/admin', 'a dot segment with a path parameter'],
  ['/v1/products/..%20/admin', 'a dot segment before a blank'],
  ['/v1/products/.../admin', 'a segment of dots'],
  ['/v1/products/%EF%BC%8E%EF%BC%8E/admin', 'a dot segment in fullwidth'],
  ['/v1/a%EF%BC%8Fb', 'a slash in fullwidth'],
  ['/v1/a%C2%ADb', 'an invisible character'],
])('%s has no target, because it has %s', (path) => {
  expect(target(path)).toBeUndefined();
});

it.each([
  `/v1/customers/${ID}/carts`,
  `/v1/customers/${ID}/carts/${ID}/anything`,
  `/V1//Customers/${ID}/CARTS`,
  `/v1/customers/${ID}/carts;x=1/${ID}`,
  `/v1/customers/${ID}/carts.`,
  `/v1/customers/${ID}/carts%20`,
  `/v1/customers/${ID}/%63arts`,
  `/v1/customers/${ID}/cart%C5%BF`,
  `/v1/customers/${ID}/%EF%BD%83arts`,
  `/v1/cu%C5%BFtomers/${ID}/carts`,
  '/v1/bulkorders/x/y',
  '/v1/health',
  '/docs/other.js',
  '/openapi.json/x',
])('%s is never passed through', (path) => {
  expect(isOwn(path)).toBe(true);
});

it.each([
  '/v1/customers',
  `/v1/customers/${ID}`,
  `/v1/customers/${ID}/orders`,
  `/v1/customers/${ID}/subscriptions/${ID}`,
  `/v1/customers/${ID}/cartsandmore`,
  '/v1/products',
  '/v1/invoices',
  '/v1/carts',
])('%s is Partner Center’s', (path) => {
  expect(isOwn(path)).toBe(false);
});

it('The shape of a path for the log has no ids and no names', () => {
  const { decoded } = bothSegments(`/v1/Customers/${ID}/users/ann@example.com/orders/f76c6b7f449d`) ?? {
    decoded: [],
  };

  expect(pathShape(decoded)).toBe('customers/*/users/*/orders/*');
});
