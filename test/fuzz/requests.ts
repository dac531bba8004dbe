/**
 * Hostile requests: calls that make sense with bodies that do not, and calls that make no sense at all. In a
 * path `<customer>` and `<cart>` stand for ids that the sender puts in, so that a case means the same twice.
 */
import fc, { type Arbitrary } from 'fast-check';
import { body } from './bodies.ts';

export interface HostileRequest {
  method: string;
  path: string;
  headers: [string, string][];
  body?: Uint8Array | undefined;
  /** The Authorization header; absent for a good token. */
  authorization?: string | undefined;
}

const CARTS = '/v1/customers/<customer>/carts';
const CART = `${CARTS}/<cart>`;
const ORDERS = '/v1/customers/<customer>/orders';
const PATHS = [
  ...[
    CARTS,
    CART,
    `${CART}/checkout`,
    ORDERS,
    '/ready',
    `${ORDERS}/f76c6b7f449d`,
    '/',
    '/health',
    '/openapi.json',
  ],
  `${ORDERS}/f76c6b7f449d/provisioningstatus`,
];
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'TRACE', 'PROPFIND', 'PURGE'];
const SEGMENTS = [
  ...['', '.', '..', '%2e%2e', '%2F', '%5C', '%00', '%ZZ', '%', '%c3%28', '%F0%9F%98%80', '\\'],
  ...['v1', 'V1', 'customers', 'carts', 'checkout', '{<customer>}', '%7B<cart>%7D', '<cart>', '*', '{*path}'],
  ...['admin', 'runtime', 'favicon.ico', '__proto__', 'constructor', ';a=b', "'", '"', '<', '$batch', '0'],
  ...['?a=1', '?', '#', '?code=x&%00', 'a'.repeat(2_000), '00000000-0000-0000-0000-000000000000'],
];
const HEADER_VALUES = [
  ...['', ' ', '*', '""', 'W/"', '"x"', 'W/"datetime\'2026\'"', ',', ',,,', '\xff\xfe', '\t', '0', '-1'],
  ...['respond-async', 'respond-async; wait=0', 'return=minimal', 'gzip', 'application/xml', 'text/plain'],
  ...['multipart/form-data', 'application/json; charset=utf-16', 'Partner Center Java SDK', 'en-US', 'xx'],
  ...['00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01', 'a'.repeat(129), 'b'.repeat(4_000), '{}'],
  ...['eyJ1c2VySWQiOiJ4In0=', '__proto__', 'bytes=0-1', 'GET', 'https://example.com', '127.0.0.1', 'a=b; c'],
];
const HEADERS = [
  ...['MS-RequestId', 'MS-CorrelationId', 'MS-CV', 'MS-PartnerCenter-Client', 'X-Locale', 'traceparent'],
  ...['tracestate', 'If-Match', 'If-None-Match', 'If-Modified-Since', 'Prefer', 'Accept', 'Content-Type'],
  ...['Content-Encoding', 'Accept-Encoding', 'Range', 'Cookie', 'Origin', 'X-HTTP-Method-Override'],
  ...['X-Forwarded-Host', 'X-Original-URL', 'X-MS-Client-Principal', 'x-functions-key', '__proto__', 'Date'],
];
const TOKENS = ['', 'Bearer', 'Bearer ', 'Bearer a.b.c', 'Basic YTpi', `Bearer ${'e'.repeat(5_000)}`, 'null'];

const header = fc.tuple(
  fc.constantFrom(...HEADERS),
  fc.oneof(fc.constantFrom(...HEADER_VALUES), fc.string({ unit: 'grapheme-ascii' })),
);
const headers: Arbitrary<[string, string][]> = fc.array(header, { maxLength: 3 });
/** Mostly the good token. */
const authorization = fc.oneof(
  { weight: 9, arbitrary: fc.constant(undefined) },
  { weight: 1, arbitrary: fc.oneof(fc.constantFrom(...TOKENS), fc.string({ unit: 'grapheme-ascii' })) },
);

/** A path with segments put in, or in place of others. */
const strayPath = fc
  .tuple(
    fc.constantFrom(...PATHS),
    fc.array(fc.tuple(fc.nat(), fc.boolean(), fc.constantFrom(...SEGMENTS)), { minLength: 1, maxLength: 2 }),
  )
  .map(([path, strays]) => {
    const segments = path.split('/').slice(1);
    for (const [at, inPlace, segment] of strays) {
      segments.splice(at % segments.length, inPlace ? 1 : 0, segment);
    }
    return `/${segments.join('/')}`;
  });

const call = (method: string, path: string) =>
  fc.record({ method: fc.constant(method), path: fc.constant(path), headers, body });

/** Any hostile request. */
export const hostileRequest: Arbitrary<HostileRequest> = fc.oneof(
  { weight: 50, arbitrary: call('POST', CARTS) },
  { weight: 20, arbitrary: call('PUT', CART) },
  { weight: 4, arbitrary: call('POST', `${CART}/checkout`) },
  {
    weight: 6,
    arbitrary: fc.record({ method: fc.constant('GET'), path: fc.constantFrom(...PATHS), headers }),
  },
  {
    weight: 20,
    arbitrary: fc.record({
      method: fc.constantFrom(...METHODS),
      path: fc.oneof(fc.constantFrom(...PATHS), strayPath),
      headers,
      body: fc.option(body, { nil: undefined }),
      authorization,
    }),
  },
);

/** A request as a person reads it. */
export function shown({ method, path, headers, body, authorization }: HostileRequest): string {
  const bytes = Buffer.from(body ?? []);
  const text = JSON.stringify(bytes.toString('latin1'));
  return [
    `${method} ${path}`,
    ...[...headers, ['Authorization', authorization ?? '(good)']].map(([name, value]) => `${name}: ${value}`),
    `body, ${bytes.length} bytes: ${text.length > 1_000 ? `${text.slice(0, 1_000)}…` : text}`,
  ].join('\n  ');
}
