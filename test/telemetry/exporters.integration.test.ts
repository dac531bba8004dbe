/** What leaves the process: OTLP to a collector, and Azure Monitor's format to an ingestion endpoint. */
import { gunzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
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
  const exporters = { spans: hanging, metrics: { ...hanging, forceFlush: hanging.shutdown } };

  await recordTo(openSdk([exporters], 60_000, 50));
});

it('No exporter starts when the settings name no destination', async () => {
  expect(await startTelemetry(SETTINGS, noCredential)).toBeUndefined();
});
