/** Telemetry and alerts: who may write telemetry, what it may cost, and that each alert can be acted on. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Metric, METRICS as RECORDED } from '../../../shared/telemetry/names.ts';
import type { Snapshot } from '../snapshot.ts';
import { at, has, isPrivate, ofType, type Rule } from './rule.ts';

const WORKSPACE = 'Microsoft.OperationalInsights/workspaces';
const COMPONENT = 'Microsoft.Insights/components';
const METRIC_ALERT = 'Microsoft.Insights/metricAlerts';
const LOG_ALERT = 'Microsoft.Insights/scheduledQueryRules';

const runbook = () => readFileSync(join(import.meta.dirname, '../../../docs/operations.md'), 'utf8');

/** Names of the alerts, without the name of the environment. */
export const alertNames = (snapshot: Snapshot): string[] =>
  [METRIC_ALERT, LOG_ALERT]
    .flatMap((type) => ofType(snapshot, type))
    .map(
      (alert) =>
        /docs\/operations\.md, ([\w-]+)\.$/.exec(String(at(alert, 'properties.description')))?.[1] ??
        alert.id,
    );

/** What a query on `AppMetrics` asks for that the service does not record: a metric, or a dimension of it. */
export function metricProblems(query: string): string[] {
  if (!query.startsWith('AppMetrics')) return [];
  const name = /\bName == "([^"]+)"/.exec(query)?.[1];
  const metric: Metric | undefined = Object.values(RECORDED).find((recorded) => recorded.name === name);
  if (!metric) return [`the metric ${name} is not recorded`];
  return [...query.matchAll(/Properties\["([^"]+)"\]/g)]
    .map(([, dimension = '']) => dimension)
    .filter((dimension) => !metric.dimensions.includes(dimension))
    .map((dimension) => `the metric ${name} has no dimension ${dimension}`);
}

export const observabilityRules: Rule[] = [
  has('Azure.AppInsights.LocalAuth', COMPONENT, 'properties.DisableLocalAuth', true),
  has('Cartwright.Logs.LocalAuth', WORKSPACE, 'properties.features.disableLocalAuth', true),
  has('Azure.Alert.MetricAutoMitigate', METRIC_ALERT, 'properties.autoMitigate', true),
  has('Cartwright.Alert.LogAutoMitigate', LOG_ALERT, 'properties.autoMitigate', true),
  {
    name: 'Azure.AppInsights.Workspace',
    check: (snapshot) =>
      ofType(snapshot, COMPONENT)
        .filter((component) => !String(at(component, 'properties.WorkspaceResourceId')).includes(WORKSPACE))
        .map(({ id }) => `${id} has no workspace`),
  },
  {
    name: 'Azure.Alert.HighFrequencyQuery',
    check: (snapshot) =>
      ofType(snapshot, LOG_ALERT)
        .filter((alert) => at(alert, 'properties.evaluationFrequency') === 'PT1M')
        .map(({ id }) => `${id} is evaluated every minute, which doubles its price`),
  },
  {
    name: 'Cartwright.Logs.Cap',
    check: (snapshot) =>
      ofType(snapshot, WORKSPACE)
        .filter((workspace) => typeof at(workspace, 'properties.workspaceCapping.dailyQuotaGb') !== 'number')
        .map(({ id }) => `${id} has no daily cap`),
  },
  {
    name: 'Cartwright.Alert.Action',
    check: (snapshot) =>
      [METRIC_ALERT, LOG_ALERT]
        .flatMap((type) => ofType(snapshot, type))
        .filter((alert) => !JSON.stringify(at(alert, 'properties.actions') ?? '').includes('actionGroup'))
        .map(({ id }) => `${id} has no action group`),
  },
  {
    name: 'Cartwright.Alert.Runbook',
    check(snapshot) {
      const text = runbook();
      return alertNames(snapshot)
        .filter((name) => !text.includes(`\n### ${name}\n`))
        .map((name) => `docs/operations.md has no entry for the alert ${name}`);
    },
  },
  {
    name: 'Cartwright.Alert.Metrics',
    check: (snapshot) =>
      ofType(snapshot, LOG_ALERT).flatMap((alert) =>
        metricProblems(String(at(alert, 'properties.criteria.allOf.0.query'))).map(
          (problem) => `${alert.id}: ${problem}`,
        ),
      ),
  },
  {
    name: 'Cartwright.Network.Zones',
    check: (snapshot) =>
      isPrivate(snapshot)
        ? ofType(snapshot, 'Microsoft.Network/privateDnsZones')
            .filter(({ name }) => !linkedZones(snapshot).includes(name))
            .map(({ name }) => `DNS zone ${name} is not linked to the network`)
        : [],
  },
];

const linkedZones = (snapshot: Snapshot) =>
  ofType(snapshot, 'Microsoft.Network/privateDnsZones/virtualNetworkLinks').map(
    ({ name }) => name.split('/')[0] ?? '',
  );
