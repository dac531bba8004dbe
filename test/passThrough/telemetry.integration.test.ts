/** The span and the metric of a request that is passed through, as the SDK of OpenTelemetry gets them. */
import { randomUUID } from 'node:crypto';
import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { METRICS } from '../../shared/telemetry/names.ts';
import { inSpan } from '../../shared/telemetry/span.ts';
import { type KeyServer, startKeyServer } from '../identity/keyServer.ts';
import { tokenOf } from '../support/inProcess.ts';
import { type Recording, startRecording } from '../telemetry/recording.ts';
import { passingThrough } from './fixture.ts';
import { startUpstream, type UpstreamServer } from './upstreamServer.ts';

const TRACEPARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

let keys: KeyServer;
let token: string;
let partnerCenter: UpstreamServer;
let recording: Recording;
beforeAll(async () => {
  [keys, partnerCenter] = await Promise.all([startKeyServer(), startUpstream()]);
  token = await tokenOf(keys);
});
afterAll(() => Promise.all([keys?.stop(), partnerCenter?.stop()]));
beforeEach(() => {
  recording = startRecording();
  partnerCenter.received.length = 0;
  partnerCenter.respond((response) => response.end('{}'));
});
afterEach(() => recording.close());

const bearer = () => ({ Authorization: `Bearer ${token}` });
const clientSpans = async () => (await recording.spans()).filter(({ kind }) => kind === SpanKind.CLIENT);
const server = () => ({ 'server.address': '127.0.0.1', 'server.port': partnerCenter.port });

it('A passed-through request has a client span below the span of the request, with method, server and status', async () => {
  const { ask } = passingThrough(keys, partnerCenter.url);

  await inSpan('request', { kind: 'server' }, () => ask('GET', '/v1/invoices', { headers: bearer() }));

  const [client, ...others] = await clientSpans();
  const request = (await recording.spans()).find(({ kind }) => kind === SpanKind.SERVER);
  expect(others).toEqual([]);
  expect(client).toMatchObject({ name: 'GET', status: { code: SpanStatusCode.UNSET } });
  expect(client?.parentSpanContext?.spanId).toBe(request?.spanContext().spanId);
  expect(client?.attributes).toEqual({
    'http.request.method': 'GET',
    ...server(),
    'http.response.status_code': 200,
  });
});

it.each<[string, number | undefined, Parameters<UpstreamServer['respond']>[0]]>([
  ['404', 404, (response) => response.writeHead(404).end()],
  ['503', 503, (response) => response.writeHead(503).end()],
  ['timeout', undefined, () => undefined],
  ['ECONNRESET', undefined, (response) => response.socket?.resetAndDestroy()],
])(
  'A passed-through request that fails has a span and a metric with error.type %s',
  async (type, status, respond) => {
    partnerCenter.respond(respond);
    const { ask } = passingThrough(keys, partnerCenter.url, { PARTNER_CENTER_TIMEOUT: 'PT0.3S' });

    await ask('DELETE', '/v1/customers', { headers: bearer() });

    const outcome = {
      ...(status === undefined ? {} : { 'http.response.status_code': status }),
      'error.type': type,
    };
    const [client] = await clientSpans();
    expect(client?.status.code).toBe(SpanStatusCode.ERROR);
    expect(client?.attributes).toEqual({ 'http.request.method': 'DELETE', ...server(), ...outcome });
    expect(await recording.values(METRICS.clientRequestDuration.name)).toMatchObject([
      {
        value: { count: 1 },
        attributes: { 'http.request.method': 'DELETE', 'server.address': '127.0.0.1', ...outcome },
      },
    ]);
  },
);

it('A passed-through request leaves no id, name, query, token or content in a span or a metric', async () => {
  const planted = `planted-${randomUUID()}`;
  const { ask } = passingThrough(keys, partnerCenter.url);
  partnerCenter.respond((response) => response.writeHead(409, { 'X-Name': planted }).end(`{"${planted}":1}`));

  await inSpan('request', { kind: 'server' }, () =>
    ask('POST', `/v1/customers/${planted}/users/${planted}@example.com?${planted}=${planted}`, {
      headers: { ...bearer(), 'X-Name': planted, Cookie: `a=${planted}` },
      body: JSON.stringify({ planted }),
    }),
  );

  const spans = await recording.spans();
  const values = await recording.values(METRICS.clientRequestDuration.name);
  const written = JSON.stringify([
    spans.map(({ name, attributes, events, status }) => ({ name, attributes, events, status })),
    values,
  ]);
  expect(partnerCenter.received[0]?.target).toContain(planted);
  expect([spans.length, values.length]).toEqual([2, 1]);
  expect(written).not.toContain(planted);
  expect(written).not.toContain(token.split('.')[2]);
});

it.each([
  ['as the caller sent it', { traceparent: TRACEPARENT, tracestate: 'vendor=1' }],
  ['not at all when the caller sent none', {}],
])('Partner Center receives the trace context %s', async (_, sent: Record<string, string>) => {
  const { ask } = passingThrough(keys, partnerCenter.url);

  await inSpan('request', { kind: 'server' }, () =>
    ask('GET', '/v1/invoices', { headers: { ...bearer(), ...sent } }),
  );

  const { traceparent, tracestate } = partnerCenter.received[0]?.headers ?? {};
  expect({ traceparent, tracestate }).toEqual({ traceparent: sent.traceparent, tracestate: sent.tracestate });
});
