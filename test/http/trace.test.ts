/** The ids of a request. */
import { HttpRequest } from '@azure/functions';
import { expect, it } from 'vitest';
import { callIdOf, responseHeaders, traceOf } from '../../shared/http/trace.ts';

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const REQUEST_ID = '4fa6dad6-a89f-4875-8247-8294a10ae1cf';

const trace = (headers: Record<string, string>) =>
  traceOf(new HttpRequest({ method: 'POST', url: 'http://localhost/v1', headers }));

it('The ids that the client sent are used, and the request id marks repeats', () => {
  const vector = 'eZ4oHogRA0SehiQH.1.0';
  const headers = {
    'ms-requestid': ` ${REQUEST_ID} `,
    'MS-CorrelationId': 'c1',
    'MS-CV': vector,
    'X-Locale': 'de-DE',
  };

  expect(trace(headers)).toEqual({
    requestId: REQUEST_ID,
    hasClientRequestId: true,
    correlationId: 'c1',
    vector,
    locale: 'de-DE',
  });
});

it('A correlation vector is returned as sent, as a correlation id is', () => {
  const sent = { 'MS-CorrelationId': 'app:1#a~b', 'MS-CV': 'app:1#a~b' };

  expect(trace(sent)).toMatchObject({ correlationId: 'app:1#a~b', vector: 'app:1#a~b' });
});

it('A request id in capital letters is returned unchanged', () => {
  expect(trace({ 'MS-RequestId': REQUEST_ID.toUpperCase() })).toMatchObject({
    requestId: REQUEST_ID.toUpperCase(),
    hasClientRequestId: true,
  });
});

it.each([`{${REQUEST_ID}}`, `${REQUEST_ID}, ${REQUEST_ID}`])('The request id %s identifies a call', (id) => {
  expect(trace({ 'MS-RequestId': id })).toMatchObject({
    requestId: id.split(',')[0],
    hasClientRequestId: true,
  });
});

it.each([`${REQUEST_ID}, 4fa6dad6-a89f-4875-8247-8294a10ae1d0`, '{}', `{${REQUEST_ID}`])(
  'The request id %s identifies no call',
  (id) => {
    expect(trace({ 'MS-RequestId': id }).hasClientRequestId).toBe(false);
  },
);

it.each([REQUEST_ID.toUpperCase(), `{${REQUEST_ID}}`])(
  'The request id %s is the same in every spelling',
  (id) => {
    expect(callIdOf(id)).toBe(REQUEST_ID);
  },
);

it.each([
  {},
  { 'MS-CV': 'a b', 'X-Locale': 'en-US,en-US' },
  { 'MS-RequestId': '' },
  { 'MS-RequestId': 'x'.repeat(129) },
  { 'MS-RequestId': 'a b' },
])('Missing and unusable ids are generated: %j', (headers) => {
  const { requestId, correlationId, hasClientRequestId, vector, locale } = trace(headers);

  expect({ requestId, correlationId }).toEqual({
    requestId: expect.stringMatching(GUID),
    correlationId: expect.stringMatching(GUID),
  });
  expect(vector).toMatch(/^[A-Za-z0-9+/]{16}\.0$/);
  expect({ hasClientRequestId, locale }).toEqual({ hasClientRequestId: false, locale: 'en-US' });
});

it.each(['00000000-0000-0000-0000-000000000000', 'r1', '42', 'undefined', `${REQUEST_ID}1`])(
  'The request id %s counts as absent, because clients send it with every call (azure-sdk-for-java#687)',
  (id) => {
    const { requestId, hasClientRequestId } = trace({ 'MS-RequestId': id });

    expect(hasClientRequestId).toBe(false);
    expect(requestId).toMatch(GUID);
    expect(requestId).not.toBe(id);
  },
);

it('Generated ids differ from request to request', () => {
  const generated = Array.from({ length: 100 }, () => trace({}));

  for (const id of ['requestId', 'correlationId', 'vector'] as const) {
    expect(new Set(generated.map((one) => one[id])).size, id).toBe(100);
  }
});

it('The ids of a request are returned in the headers of the response', () => {
  const headers = { 'MS-RequestId': REQUEST_ID, 'MS-CorrelationId': 'c1' };

  expect(responseHeaders(trace(headers))).toEqual({
    ...headers,
    'MS-CV': expect.stringMatching(/^[A-Za-z0-9+/]{16}\.0$/),
    'MS-ServerId': expect.stringMatching(/^\w{6,9}$/),
    'X-Locale': 'en-US',
  });
});
