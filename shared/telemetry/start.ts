/** Starts telemetry where the settings name a destination, and loads only what that destination needs. */
import type { TokenCredential } from '@azure/identity';
import type { Settings } from '../config.ts';
import type { Exporters, Telemetry } from './sdk.ts';

export type TelemetrySettings = Pick<
  Settings,
  | 'APPLICATIONINSIGHTS_CONNECTION_STRING'
  | 'APPLICATIONINSIGHTS_AUTHENTICATION_STRING'
  | 'OTEL_EXPORTER_OTLP_ENDPOINT'
  | 'OTEL_METRIC_EXPORT_INTERVAL'
>;

/** Whether the settings name where telemetry is sent. */
export const isTelemetryOn = (settings: TelemetrySettings): boolean =>
  settings.APPLICATIONINSIGHTS_CONNECTION_STRING !== undefined ||
  settings.OTEL_EXPORTER_OTLP_ENDPOINT !== undefined;

/** Loads the SDK and the exporters of the destinations; `undefined` when the settings name none. */
export async function startTelemetry(
  settings: TelemetrySettings,
  credential: () => Promise<TokenCredential>,
): Promise<Telemetry | undefined> {
  if (!isTelemetryOn(settings)) return undefined;
  const [{ openSdk }, destinations] = await Promise.all([
    import('./sdk.ts'),
    Promise.all(destinationsOf(settings, credential)),
  ]);
  return openSdk(destinations, settings.OTEL_METRIC_EXPORT_INTERVAL);
}

function destinationsOf(
  {
    APPLICATIONINSIGHTS_CONNECTION_STRING: connectionString,
    APPLICATIONINSIGHTS_AUTHENTICATION_STRING: authentication = '',
    OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
  }: TelemetrySettings,
  credential: () => Promise<TokenCredential>,
): Promise<Exporters>[] {
  const toAzure = async (text: string) => {
    const { azureMonitorExporters } = await import('./azureMonitor.ts');
    const needsToken = /\bAuthorization=AAD\b/i.test(authentication);
    return azureMonitorExporters(text, needsToken ? await credential() : undefined);
  };
  const toCollector = async (url: string) => (await import('./otlp.ts')).otlpExporters(url);
  return [
    ...(connectionString === undefined ? [] : [toAzure(connectionString)]),
    ...(endpoint === undefined ? [] : [toCollector(endpoint)]),
  ];
}
