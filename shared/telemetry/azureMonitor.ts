/** Exporters to Application Insights. The exporter alone, not the distribution, which loads a hundred instrumentations. */
import type { TokenCredential } from '@azure/identity';
import {
  type AzureMonitorExporterOptions,
  AzureMonitorMetricExporter,
  AzureMonitorTraceExporter,
} from '@azure/monitor-opentelemetry-exporter';
import type { Exporters } from './sdk.ts';

/** Exporters to the component of a connection string; with a credential where it accepts Entra ID tokens only. */
export function azureMonitorExporters(
  connectionString: string,
  credential?: TokenCredential,
  { httpClient }: Pick<AzureMonitorExporterOptions, 'httpClient'> = {},
): Exporters {
  // An instance has no disk that outlives it: telemetry that cannot be sent is dropped.
  const options = {
    connectionString,
    disableOfflineStorage: true,
    ...(credential ? { credential } : {}),
    ...(httpClient ? { httpClient } : {}),
  };
  return { spans: new AzureMonitorTraceExporter(options), metrics: new AzureMonitorMetricExporter(options) };
}
