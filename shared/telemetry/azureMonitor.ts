/** Exporters to Application Insights. The exporter alone, not the distribution, which loads a hundred instrumentations. */
import type { TokenCredential } from '@azure/identity';
import {
  type AzureMonitorExporterOptions,
  AzureMonitorMetricExporter,
  AzureMonitorTraceExporter,
} from '@azure/monitor-opentelemetry-exporter';
import { ExportWatch } from './exportWatch.ts';
import type { Exporters } from './sdk.ts';

/** Exporters to the component of a connection string; with a credential where it accepts Entra ID tokens only. */
export function azureMonitorExporters(
  connectionString: string,
  credential?: TokenCredential,
  http: Pick<AzureMonitorExporterOptions, 'httpClient' | 'retryOptions'> = {},
): Exporters {
  // An instance has no disk that outlives it: telemetry that cannot be sent is dropped.
  const options = {
    connectionString,
    disableOfflineStorage: true,
    ...(credential ? { credential } : {}),
    ...http,
  };
  const traces = new ExportWatch('Application Insights', 'traces');
  const metrics = new ExportWatch('Application Insights', 'metrics');
  return {
    spans: new AzureMonitorTraceExporter({ ...options, additionalPolicies: [watching(traces)] }),
    metrics: new AzureMonitorMetricExporter({ ...options, additionalPolicies: [watching(metrics)] }),
    watches: [traces, metrics],
  };
}

type Policy = NonNullable<AzureMonitorExporterOptions['additionalPolicies']>[number];

/**
 * Watches the responses, after the client's own retries. The result that the exporter reports says nothing: without
 * offline storage, it drops what was throttled, denied or not received at all, and reports a success. 206 means that a
 * part was rejected; a redirect is followed by the exporter.
 */
const watching = (watch: ExportWatch): Policy => ({
  position: 'perCall',
  policy: {
    name: 'watchExports',
    async sendRequest(request, next) {
      try {
        const response = await next(request);
        const { status } = response;
        if (status >= 400 || status === 206) watch.failed(status);
        else if (status === 200) watch.succeeded();
        return response;
      } catch (error) {
        watch.failed(error);
        throw error;
      }
    },
  },
});
