/** What the headers and the path of a call ask for. */
import { HttpRequest } from '@azure/functions';
import { describe, expect, it } from 'vitest';
import {
  bodyOf,
  cartKeyOf,
  customerOf,
  dialectOf,
  ifMatchOf,
  ifNoneMatchHits,
  prefersAsync,
  type RequestContext,
  responseHeaders,
  traceOf,
  traceparentOf,
} from '../../shared/http/requestContext.ts';
import { KEY } from '../support/samples.ts';

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

function callOf(
  headers: Record<string, string> = {},
  params: Record<string, string> = {},
  body?: string,
): RequestContext {
  const request = new HttpRequest({
    method: 'POST',
    url: 'http://localhost/v1',
    headers,
    ...(body === undefined ? {} : { body: { string: body } }),
  });
  return {
    request,
    params,
    caller: { tenant: KEY.tenant, app: 'app', principal: 'me', kind: 'app', roles: [] },
    trace: traceOf(request),
    policies: { country: 'DE' } as RequestContext['policies'],
  };
}

describe('the trace that a call carries on', () => {
  const trace = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

  it('is what W3C calls one', () => {
    expect(traceparentOf(callOf({ traceparent: trace }))).toBe(trace);
  });

  it.each(['', 'x', `${trace}-${'0'.repeat(60_000)}`, trace.toUpperCase()])('is none of %.60s', (text) => {
    expect(traceparentOf(callOf({ traceparent: text }))).toBeUndefined();
  });
});

describe('the ids of a call', () => {
  it('are the caller’s, and a repeat can be known by them', () => {
    const vector = 'eZ4oHogRA0SehiQH.1.0';
    const headers = {
      'ms-requestid': ' r1 ',
      'MS-CorrelationId': 'c1',
      'MS-CV': vector,
      'X-Locale': 'de-DE',
    };

    expect(callOf(headers).trace).toEqual({
      requestId: 'r1',
      hasClientRequestId: true,
      correlationId: 'c1',
      vector,
      locale: 'de-DE',
    });
  });

  it.each([
    {},
    { 'MS-CV': 'a b', 'X-Locale': 'en-US,en-US' },
    { 'MS-RequestId': '' },
    { 'MS-RequestId': 'x'.repeat(129) },
    { 'MS-RequestId': 'a b' },
  ])('are made where there is none that is usable: %j', (headers) => {
    const { requestId, correlationId, hasClientRequestId, vector, locale } = callOf(headers).trace;

    expect([requestId, correlationId]).toEqual([expect.stringMatching(GUID), expect.stringMatching(GUID)]);
    expect(vector).toMatch(/^[A-Za-z0-9+/]{16}\.0$/);
    expect([hasClientRequestId, locale]).toEqual([false, 'en-US']);
  });

  it('come back in the headers of the answer', () => {
    const { trace } = callOf({ 'MS-RequestId': 'r1', 'MS-CorrelationId': 'c1' });

    expect(responseHeaders(trace)).toEqual({
      'MS-RequestId': 'r1',
      'MS-CorrelationId': 'c1',
      'MS-CV': expect.stringMatching(/^[A-Za-z0-9+/]{16}\.0$/),
      'MS-ServerId': expect.stringMatching(/^\w{6,9}$/),
      'X-Locale': 'en-US',
    });
  });
});

describe('the cart of the path', () => {
  const { customer, cartId } = KEY;

  it('is one of the caller’s tenant, in lower case', () => {
    const call = callOf({}, { customerId: customer.toUpperCase(), cartId: cartId.toUpperCase() });

    expect(cartKeyOf(call)).toEqual(KEY);
    expect(customerOf(call)).toEqual({ customer });
  });

  it.each([
    ['contoso', cartId, 'customerIdInvalid'],
    ['', cartId, 'customerIdInvalid'],
    [customer, 'c1', 'cartNotFound'],
  ])('of customer %j, cart %j is %s', (customerId, id, error) => {
    expect(cartKeyOf(callOf({}, { customerId, cartId: id }))).toMatchObject({ error: { name: error } });
  });
});

describe('conditions', () => {
  it.each([
    [undefined, undefined],
    ['*', undefined],
    ['W/"1"', ['W/"1"']],
    ['W/"1", "2"', ['W/"1"', '"2"']],
  ])('If-Match %j names %j', (header, etags) => {
    expect(ifMatchOf(callOf(header === undefined ? {} : { 'If-Match': header }))).toEqual(etags);
  });

  it.each([
    [undefined, false],
    ['', false],
    ['*', true],
    ['W/"1"', true],
    ['"1"', true],
    ['"0", W/"1"', true],
    ['W/"2"', false],
  ])('If-None-Match %j has the version W/"1" already: %s', (header, isKnown) => {
    expect(ifNoneMatchHits(callOf(header === undefined ? {} : { 'If-None-Match': header }), 'W/"1"')).toBe(
      isKnown,
    );
  });
});

it.each([
  [undefined, false],
  ['respond-async', true],
  ['return=minimal, Respond-Async; wait=10', true],
  ['respond-asynchronously', false],
  ['no-respond-async', false],
])('Prefer %j prefers not to wait: %s', (header, prefers) => {
  expect(prefersAsync(callOf(header === undefined ? {} : { Prefer: header }))).toBe(prefers);
});

it.each([
  ['Partner Center Java SDK', 'addOnItems'],
  ['Partner Center .NET SDK', 'addonItems'],
])('%s reads add-ons under %s', (client, addonsName) => {
  expect(dialectOf(callOf({ 'MS-PartnerCenter-Client': client }))).toMatchObject({
    addonsName,
    country: 'DE',
  });
  expect(dialectOf(callOf()).addonsName).toBe('addonItems');
});

it('gives the body as JSON and as bytes, whatever type it was labelled with', async () => {
  const read = await bodyOf(callOf({ 'Content-Type': 'text/plain' }, {}, '{"a":1}'));

  expect(read).toMatchObject({ json: { a: 1 }, bytes: new TextEncoder().encode('{"a":1}') });
  expect(await bodyOf(callOf({}, {}, '{'))).toMatchObject({ error: { name: 'invalidInput' } });
});

it.each([
  [{ 'Transfer-Encoding': 'chunked' }, /Content-Length/],
  [{}, /needs a body\.$/],
])('says what became of a body that did not arrive: %j', async (headers, says) => {
  expect(await bodyOf(callOf(headers))).toMatchObject({
    error: { name: 'invalidInput', description: expect.stringMatching(says) },
  });
});
