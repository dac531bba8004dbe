/** What the pipeline guarantees for every request, checked with routes of this test. */
import { randomUUID } from 'node:crypto';
import { HttpRequest, InvocationContext } from '@azure/functions';
import { expect, it, vi } from 'vitest';
import * as z from 'zod';
import { apiError } from '../../shared/errors.ts';
import type { Service } from '../../shared/http/context.ts';
import { dispatch, serve } from '../../shared/http/pipeline.ts';
import { defineRoute } from '../../shared/http/route.ts';
import { newWorld } from '../support/ports.ts';
import { NOW } from '../support/samples.ts';

const CALLER = { tenant: 't', app: 'a', principal: 'p', kind: 'app', roles: [] } as const;
const docs = { tag: 'Service', summary: 'A route of the test', answers: {} } as const;

function serviceFor({ isTrusted = true, isThrottled = false } = {}): Service {
  return {
    policies: { country: 'US', roles: { read: ['*'], write: ['*'] } } as unknown as Service['policies'],
    verify: async () =>
      isTrusted ? { caller: CALLER } : { error: apiError('accessDenied', 'The token is not accepted.') },
    limitInbound: () => (isThrottled ? { waitMs: 1_000 } : undefined),
    ports: () => newWorld(NOW).ports,
  };
}

const responding = (body: unknown) =>
  defineRoute({
    name: 'respond',
    method: 'GET',
    path: 'test',
    access: 'read',
    endpoint: async () => ({ status: 200, body }),
    docs,
  });

const circular: Record<string, unknown> = {};
circular.self = circular;

it('A failure is logged without the text that could not be parsed', async () => {
  const lines: string[] = [];
  const context = new InvocationContext({ logHandler: (_level, line) => lines.push(String(line)) });
  const failing = defineRoute({
    name: 'respond',
    method: 'GET',
    path: 'test',
    access: 'read',
    endpoint: async () => ({ status: 200, body: JSON.parse('planted') }),
    docs,
  });

  await dispatch(
    [failing],
    new HttpRequest({ method: 'GET', url: 'http://localhost/v1/test' }),
    context,
    serviceFor(),
  );

  expect(JSON.parse(lines.join())).toMatchObject({
    message: 'request failed',
    error: expect.stringContaining('SyntaxError'),
  });
  expect(lines.join()).not.toContain('planted');
});

it.each([
  ['a circular value', circular],
  ['a number without JSON form', { value: 1n }],
])('The response is in the error format when the body is %s', async (_, body) => {
  const request = new HttpRequest({ method: 'GET', url: 'http://localhost/v1/test' });

  const response = await dispatch([responding(body)], request, new InvocationContext(), serviceFor());

  expect(response.status).toBe(500);
  expect(JSON.parse(String(response.body))).toEqual({
    code: '800003',
    description: 'An unexpected error occurred.',
    data: [],
    source: 'Cartwright',
  });
  expect(response.headers).toHaveProperty('MS-RequestId');
});

/** A route with a body of at most ten bytes, and a request to it. */
function posting(headers: Record<string, string> = {}, text = '{"a":1}', query = 'COUNT=5') {
  const reading = vi.fn(async ({ bytes }: { bytes: Uint8Array }) => ({ body: bytes.length }));
  const route = defineRoute({
    name: 'post',
    method: 'POST',
    path: 'test/{id}',
    access: 'write',
    params: z.object({ id: z.string().regex(/^[a-z]+$/) }),
    query: z.object({ count: z.string().optional(), after: z.string().optional() }),
    body: { schema: z.unknown(), isRequired: true, maxBytes: 10, read: reading },
    endpoint: async ({ params, query, body }) => ({
      status: 200,
      body: { ...params, ...query, length: body },
    }),
    docs,
  });
  const request = new HttpRequest({
    method: 'POST',
    url: `http://localhost/v1/test/abc?${query}`,
    headers: { 'MS-RequestId': randomUUID(), ...headers },
    body: { string: text },
  });
  const arrived = vi.spyOn(request, 'arrayBuffer');
  const send = (service: Service) => dispatch([route], request, new InvocationContext(), service);
  return { send, arrived, reading };
}

it('An endpoint gets the parameters that its route declares, with query names in any letter case', async () => {
  const response = await posting().send(serviceFor());

  expect(JSON.parse(String(response.body))).toEqual({ id: 'abc', count: '5', length: 7 });
});

it('An empty query parameter counts as absent, but a cursor that was lost does not', async () => {
  const response = await posting({}, undefined, 'count=&after=').send(serviceFor());

  expect(JSON.parse(String(response.body))).toEqual({ id: 'abc', after: '', length: 7 });
});

it.each([
  ['the token is not accepted', 401, { isTrusted: false }],
  ['the tenant is over its rate', 429, { isThrottled: true }],
])('The body is not read when %s', async (_, status, options) => {
  const { send, arrived } = posting();

  expect(await send(serviceFor(options))).toMatchObject({ status });
  expect(arrived).not.toHaveBeenCalled();
});

it('The body is not read when its Content-Length exceeds the limit of the route', async () => {
  const { send, arrived, reading } = posting({ 'Content-Length': '11' });

  expect(await send(serviceFor())).toMatchObject({ status: 400 });
  expect(arrived).not.toHaveBeenCalled();
  expect(reading).not.toHaveBeenCalled();
});

it('A body above the limit of the route is rejected, whatever its Content-Length', async () => {
  const { send, reading } = posting({}, 'x'.repeat(11));

  expect(await send(serviceFor())).toMatchObject({ status: 400 });
  expect(reading).not.toHaveBeenCalled();
});

it('The error of a chunked request, whose body does not arrive, names Content-Length', async () => {
  const { send } = posting({ 'Transfer-Encoding': 'chunked' }, '');

  const response = await send(serviceFor());

  expect(JSON.parse(String(response.body))).toMatchObject({
    code: '800002',
    description: expect.stringContaining('Content-Length'),
  });
});

it('A path with a broken escape has no route, also where the host has found one', async () => {
  const endpoint = vi.fn(async () => ({ status: 200, body: {} }));
  const params = z.object({ id: z.string() });
  const route = defineRoute({
    name: 'get',
    method: 'GET',
    path: 'test/{id}',
    access: 'read',
    params,
    endpoint,
    docs,
  });
  const request = new HttpRequest({ method: 'GET', url: 'http://localhost/v1/test/a%ff' });

  const response = await serve(route, request, new InvocationContext(), serviceFor());

  expect(response.status).toBe(404);
  expect(JSON.parse(String(response.body))).toMatchObject({
    code: '1000',
    description: 'There is no GET /v1/test/a%ff.',
  });
  expect(endpoint).not.toHaveBeenCalled();
});
