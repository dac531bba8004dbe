/** What leaves the process: OTLP to a collector, and Azure Monitor's format to an ingestion endpoint. */
import { gunzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { serveJson } from '../../local/http/serveJson.ts';
import { startCollector } from '../../local/traces/collector.ts';
import type { Point, Span } from '../../local/traces/otlp.ts';
import { azureMonitorExporters } from '../../shared/telemetry/azureMonitor.ts';
import { record } from '../../shared/telemetry/metrics.ts';
import { openSdk, type Telemetry } from '../../shared/telemetry/sdk.ts';
import { inSpan } from '../../shared/telemetry/span.ts';
import { startTelemetry, type TelemetrySettings } from '../../shared/telemetry/start.ts';

type HttpClient = NonNullable<NonNullable<Parameters<typeof azureMonitorExporters>[2]>['httpClient']>;

const noCredential = async () => {
  throw new Error('No credential is needed.');
};

/** Opens telemetry, records a span and a value, and sends what was recorded. */
async function recordOnce(settings: TelemetrySettings): Promise<void> {
  await recordTo(await startTelemetry(settings, noCredential));
}

async function recordTo(telemetry: Telemetry | undefined): Promise<void> {
  await inSpan('place order', {}, async () => record('checkouts', 1, { 'cartwright.outcome': 'ordered' }));
  await telemetry?.close();
}

const SETTINGS: TelemetrySettings = {
  APPLICATIONINSIGHTS_CONNECTION_STRING: undefined,
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: undefined,
  OTEL_EXPORTER_OTLP_ENDPOINT: undefined,
  OTEL_METRIC_EXPORT_INTERVAL: 60_000,
};

it('Spans and metrics are sent to a collector by OTLP', async () => {
  const spans = Promise.withResolvers<readonly Span[]>();
  const points: Point[] = [];
  const collector = await startCollector({
    onTrace: spans.resolve,
    onMetrics: (all) => points.push(...all),
    quietMs: 1,
  });

  await recordOnce({ ...SETTINGS, OTEL_EXPORTER_OTLP_ENDPOINT: `${collector.url}/` });

  expect(await spans.promise).toMatchObject([{ name: 'place order', kind: 'internal' }]);
  expect(points).toContainEqual({
    name: 'cartwright.checkouts',
    unit: '{checkout}',
    value: 1,
    attributes: { 'cartwright.outcome': 'ordered' },
  });
  await collector.close();
});

it('Spans and metrics are sent to Application Insights with a token of the identity', async () => {
  const sent: { text: string; authorization: string | undefined }[] = [];
  const httpClient: HttpClient = {
    async sendRequest(request) {
      const text =
        typeof request.body === 'string' ? request.body : gunzipSync(request.body as Buffer).toString();
      if (request.url.includes('/track'))
        sent.push({ text, authorization: request.headers.get('Authorization') });
      const bodyAsText = JSON.stringify({ itemsReceived: 1, itemsAccepted: 1, errors: [] });
      return { request, headers: request.headers, status: 200, bodyAsText };
    },
  };
  const credential = {
    getToken: async () => ({ token: 'of-the-identity', expiresOnTimestamp: Date.now() + 3_600_000 }),
  };
  const component = 'InstrumentationKey=5d8a4b0e-6c1f-4f7b-9a56-0c3f2f1d7e11';

  await recordTo(openSdk([azureMonitorExporters(component, credential, { httpClient })], 60_000));

  const text = sent.map((one) => one.text).join();
  expect(text).toContain('place order');
  expect(text).toContain('cartwright.checkouts');
  expect(new Set(sent.map(({ authorization }) => authorization))).toEqual(
    new Set(['Bearer of-the-identity']),
  );
});

it('A destination that does not respond delays the end by the time-out only, and fails nothing', async () => {
  const hanging = { export: () => undefined, shutdown: () => new Promise<void>(() => undefined) };
  const exporters = {
    spans: hanging,
    metrics: { ...hanging, forceFlush: hanging.shutdown },
    watches: [],
  };

  await recordTo(openSdk([exporters], 60_000, 50));
});

it('A collector that rejects exports is reported without what was sent, and so is the first export that it accepts', async () => {
  const answer = { status: 403, body: { message: 'secret' } };
  const server = await serveJson(0, () => answer);
  const telemetry = await startTelemetry(
    { ...SETTINGS, OTEL_EXPORTER_OTLP_ENDPOINT: server.url },
    noCredential,
  );
  const send = async () => {
    await inSpan('secret', {}, async () => record('checkouts', 1, { 'cartwright.outcome': 'secret' }));
    await telemetry?.flush();
    return telemetry?.reports(0);
  };

  expect(await send()).toEqual([
    { destination: 'collector', signal: 'traces', failed: 1, reason: '403' },
    { destination: 'collector', signal: 'metrics', failed: 1, reason: '403' },
  ]);
  answer.status = 200;
  expect(await send()).toEqual([
    { destination: 'collector', signal: 'traces', failed: 0 },
    { destination: 'collector', signal: 'metrics', failed: 0 },
  ]);
  await telemetry?.close();
  await server.close();
});

const ACCEPTED = JSON.stringify({ itemsReceived: 1, itemsAccepted: 1, errors: [] });

it.each([
  ['denies access', { status: 403 }, '403'],
  ['throttles', { status: 439 }, '439'],
  [
    'accepts a part',
    { status: 206, bodyAsText: JSON.stringify({ itemsReceived: 2, itemsAccepted: 1, errors: [] }) },
    '206',
  ],
  ['cannot be reached', Object.assign(new Error('secret'), { code: 'ENOTFOUND' }), 'ENOTFOUND'],
])(
  'An Application Insights that %s is reported, and so is the first export that it accepts',
  async (_, answer, reason) => {
    let isFailing = true;
    const httpClient: HttpClient = {
      async sendRequest(request) {
        const { headers } = request;
        if (!isFailing) return { request, headers, status: 200, bodyAsText: ACCEPTED };
        if (answer instanceof Error) throw answer;
        return { request, headers, ...answer };
      },
    };
    const component = 'InstrumentationKey=5d8a4b0e-6c1f-4f7b-9a56-0c3f2f1d7e11';
    const exporters = azureMonitorExporters(component, undefined, {
      httpClient,
      retryOptions: { maxRetries: 0 },
    });
    const telemetry = openSdk([exporters], 60_000);
    const send = async () => {
      await inSpan('place order', {}, async () =>
        record('checkouts', 1, { 'cartwright.outcome': 'ordered' }),
      );
      await telemetry.flush();
      return telemetry.reports(0);
    };

    expect(await send()).toEqual([
      { destination: 'Application Insights', signal: 'traces', failed: 1, reason },
      { destination: 'Application Insights', signal: 'metrics', failed: 1, reason },
    ]);
    isFailing = false;
    expect(await send()).toEqual([
      { destination: 'Application Insights', signal: 'traces', failed: 0 },
      { destination: 'Application Insights', signal: 'metrics', failed: 0 },
    ]);
    await telemetry.close();
  },
);

it('No exporter starts when the settings name no destination', async () => {
  expect(await startTelemetry(SETTINGS, noCredential)).toBeUndefined();
});
