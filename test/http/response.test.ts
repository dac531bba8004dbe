/** The response of an error. */
import { describe, expect, it } from 'vitest';
import { apiError, ERRORS, type ErrorName } from '../../shared/errors.ts';
import { clientOf } from '../../shared/http/clients.ts';
import { errorResponse, secondsUp } from '../../shared/http/response.ts';

const NAMES = Object.keys(ERRORS) as ErrorName[];

it.each(NAMES.filter((name) => name !== 'tooManyRequests'))(
  'The error %s has code, description, data and source, and nothing else',
  (name) => {
    const { status, body } = errorResponse(apiError(name, 'What happened.'));

    expect(status).toBe(ERRORS[name].status);
    expect(body).toEqual({
      code: ERRORS[name].code,
      description: 'What happened.',
      data: [],
      source: 'Cartwright',
    });
  },
);

it('A throttled request is reported in both formats that clients read', () => {
  const { status, body, headers } = errorResponse(
    apiError('tooManyRequests', 'Later.', { retryAfterMs: 56_001 }),
  );

  expect({ status, headers }).toEqual({ status: 429, headers: { 'Retry-After': '57' } });
  expect(body).toEqual({
    code: '429',
    description: 'Later.',
    data: [],
    source: 'Cartwright',
    statusCode: 429,
    message: 'Later.',
  });
});

it('The .NET SDK gets a throttling body of statusCode and message only, so that it reads Retry-After', () => {
  const client = clientOf('Partner Center .NET SDK');
  const { body, headers } = errorResponse(apiError('tooManyRequests', 'Later.', { retryAfterMs: 1 }), client);

  expect({ body, headers }).toEqual({
    body: { statusCode: 429, message: 'Later.' },
    headers: { 'Retry-After': '1' },
  });
  expect(errorResponse(apiError('cartNotFound', 'Gone.'), client).body).toHaveProperty('code', '800008');
});

it('An error response has the data of the error', () => {
  const data = [{ path: 'lineItems', message: 'too many' }];

  expect(errorResponse(apiError('invalidInput', 'x', { data })).body).toMatchObject({ data });
});

it('Retry-After is in whole seconds, rounded up', () => {
  expect(errorResponse(apiError('cartBusy', 'x', { retryAfterMs: 1_001 })).headers).toEqual({
    'Retry-After': '2',
  });
  expect(errorResponse(apiError('cartBusy', 'x')).headers).toEqual({});
});

it('An unauthenticated caller gets a WWW-Authenticate challenge', () => {
  expect(errorResponse(apiError('accessDenied', 'x')).headers).toEqual({
    'WWW-Authenticate': 'Bearer error="invalid_token"',
  });
});

it('A rejection by the gateway has the code, the status and the description of the gateway', () => {
  const upstream = { code: '800089', status: 403 };

  expect(errorResponse(apiError('orderFailed', 'The limit is reached.', { upstream }))).toMatchObject({
    status: 403,
    body: { code: '800089', description: 'The limit is reached.' },
  });
});

it.each(['', ' \n'])(
  'A gateway error without a description gets the description of its error: %j',
  (nothing) => {
    const { body } = errorResponse(
      apiError('orderFailed', nothing, { upstream: { code: '1', status: 400 } }),
    );

    expect(body).toMatchObject({ code: '1', description: ERRORS.orderFailed.when });
  },
);

it('A description is cut to the length that clients accept', () => {
  const { body } = errorResponse(apiError('routeNotFound', 'x'.repeat(5_000)));

  expect((body as { description: string }).description).toHaveLength(1_024);
});

describe('Whole seconds', () => {
  it.each([
    [0, '1'],
    [1, '1'],
    [1_000, '1'],
    [1_001, '2'],
    [57_000, '57'],
  ])('%i ms is rounded up to %s s', (ms, text) => {
    expect(secondsUp(ms)).toBe(text);
  });
});
