/** The parsers of path parameters and headers. */
import { describe, expect, it } from 'vitest';
import { clientOf } from '../../shared/http/clients.ts';
import { cartPath, HEADERS, parameterError } from '../../shared/http/parameters.ts';
import { KEY } from '../support/samples.ts';

const { customer, cartId } = KEY;
const ETAG = 'W/"datetime\'2026-03-15T17%3A15%3A02.384Z\'"';
const TAG = "datetime'2026-03-15T17%3A15%3A02.384Z'";

describe('The path parameters of a cart', () => {
  it('The ids in the path of a cart are read in lower case', () => {
    const sent = { customerId: customer.toUpperCase(), cartId: cartId.toUpperCase() };

    expect(cartPath.parse(sent)).toEqual({ customerId: customer, cartId });
  });

  it.each([
    ['customerId', { customerId: 'contoso', cartId }, 'customerIdInvalid'],
    ['cartId', { customerId: customer, cartId: 'c1' }, 'cartNotFound'],
  ] as const)('A %s that is not a GUID is rejected with the error of that parameter', (name, sent, error) => {
    expect(cartPath.safeParse(sent).error?.issues[0]?.path).toEqual([name]);
    expect(parameterError(cartPath.shape[name])?.name).toBe(error);
  });
});

describe('If-Match', () => {
  const read = (header: string | undefined) => HEADERS['If-Match'].parse(header);

  it.each([undefined, '', '*'])('The If-Match header %j is no condition', (header) => {
    expect(read(header)).toBeUndefined();
  });

  it.each(['W/"0", W/"1"', '"1"', 'W/"1"'])('The If-Match header %s matches the listed ETags', (header) => {
    expect(read(header)).toContain('W/"1"');
    expect(read(header)).not.toContain('W/"2"');
  });

  it.each([
    `W/"${TAG}-gzip"`,
    `W/"${TAG}--gzip"`,
    `W/"${TAG};gzip"`,
    `W/"${TAG}-gzip-gzip"`,
    `W/"${TAG}-gzip";br`,
    `"${TAG}-gz"`,
    `W/"${TAG}-br"`,
    `W/"${TAG}"-gzip`,
    `"${TAG}"`,
    `W/W/"${TAG}"`,
    `w/"${TAG}-deflate"`,
  ])(
    'An If-Match header matches an ETag that a compressing proxy has changed: %s (jetty.project#1416)',
    (header) => {
      expect(read(header)).toContain(ETAG);
      expect(HEADERS['If-None-Match'].parse(header)(ETAG)).toBe(true);
    },
  );

  it('An If-Match header does not match another ETag that ends in a similar suffix', () => {
    expect(read('W/"gzip"')).not.toContain('W/""');
    expect(read(`W/"${TAG}-gzip2"`)).not.toContain(ETAG);
  });
});

it.each([
  [undefined, false],
  ['', false],
  ['*', true],
  ['W/"1"', true],
  ['"1"', true],
  ['"0", W/"1"', true],
  ['W/"2"', false],
])('The If-None-Match header %j matches the ETag W/"1": %s', (header, matches) => {
  expect(HEADERS['If-None-Match'].parse(header)('W/"1"')).toBe(matches);
});

it.each([
  [undefined, false],
  ['respond-async', true],
  ['return=minimal, Respond-Async; wait=10', true],
  ['respond-asynchronously', false],
  ['no-respond-async', false],
])('The Prefer header %j requests an immediate response: %s', (header, prefers) => {
  expect(HEADERS.Prefer.parse(header)).toBe(prefers);
});

it('The client of a request is read from MS-PartnerCenter-Client', () => {
  const name = 'Partner Center Java SDK';

  expect(HEADERS['MS-PartnerCenter-Client'].parse(name)).toBe(clientOf(name));
  expect(HEADERS['MS-PartnerCenter-Client'].parse(undefined)).toBe(clientOf(null));
});

describe('traceparent', () => {
  const trace = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

  it('A valid W3C traceparent is used', () => {
    expect(HEADERS.traceparent.parse(trace)).toBe(trace);
  });

  it.each(['', 'x', `${trace}-${'0'.repeat(60_000)}`, trace.toUpperCase()])(
    'An invalid traceparent is ignored: %.60s',
    (text) => {
      expect(HEADERS.traceparent.parse(text)).toBeUndefined();
    },
  );
});
