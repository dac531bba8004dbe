/** The workbook queries only tables, columns, metrics and functions that Azure and the app have. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { INFRA } from '../../scripts/infra/inputs.ts';
import { metricProblems } from '../../scripts/infra/rules/observability.ts';

interface Item {
  type: number;
  name: string;
  content: {
    title?: string;
    query?: string;
    resourceType?: string;
    metrics?: { metric: string; splitBy?: string }[];
  };
}

const { version, items } = JSON.parse(readFileSync(join(INFRA, 'workbook.json'), 'utf8')) as {
  version: string;
  items: Item[];
};

const REQUEST_COLUMNS = [
  'TimeGenerated',
  'OperationName',
  'Properties',
  'ResultCode',
  'Success',
  'DurationMs',
  'Url',
];

/** Columns by table of a workspace (Azure Monitor's table reference). */
const TABLES: Record<string, string[]> = {
  AppRequests: REQUEST_COLUMNS,
  AppMetrics: ['TimeGenerated', 'Name', 'Sum', 'Min', 'Max', 'ItemCount', 'Properties'],
  AppExceptions: ['TimeGenerated', 'ProblemId', 'OuterMessage'],
  Usage: ['TimeGenerated', 'IsBillable', 'Quantity', 'DataType'],
};

/** Metrics and their dimensions by resource type (Azure Monitor's list of supported metrics). */
const METRICS: Record<string, Record<string, string[]>> = {
  'microsoft.servicebus/namespaces': {
    ActiveMessages: ['EntityName'],
    ScheduledMessages: ['EntityName'],
    DeadletteredMessages: ['EntityName'],
    Size: ['EntityName'],
    IncomingRequests: [],
    ThrottledRequests: [],
    ServerErrors: [],
  },
  'microsoft.storage/storageaccounts/tableservices': {
    Transactions: ['ResponseType', 'ApiName'],
    SuccessE2ELatency: ['ApiName'],
  },
  'microsoft.web/sites': {
    AutomaticScalingInstanceCount: [],
    MemoryWorkingSet: [],
    OnDemandFunctionExecutionCount: [],
    OnDemandFunctionExecutionUnits: [],
  },
};

const queries = items.flatMap(({ content }) => content.query ?? []);

it('The items of the workbook have unique names', () => {
  expect(version).toBe('Notebook/1.0');
  expect(new Set(items.map(({ name }) => name)).size).toBe(items.length);
});

it.each(queries.map((query) => [query]))('The workbook queries known tables and columns: %s', (query) => {
  const [table = ''] = query.split('\n');
  const named = query.match(/\b[A-Z]\w+\b(?=\s*(?:[,)=<>|]|==| by | desc|$))/gm) ?? [];
  const defined = query.match(/\b[A-Z]\w+\b(?= = )/g) ?? [];
  const unknown = named.filter(
    (name) => name !== table && ![...defined, ...(TABLES[table] ?? [])].includes(name),
  );

  expect(Object.keys(TABLES)).toContain(table);
  expect(unknown).toEqual([]);
});

it('The workbook queries metrics that the service records, by their dimensions', () => {
  const asked = queries.filter((query) => query.startsWith('AppMetrics'));

  expect(asked.length).toBeGreaterThan(0);
  expect(asked.flatMap(metricProblems)).toEqual([]);
  expect(metricProblems('AppMetrics\n| where Name == "cartwright.no.such"')).toHaveLength(1);
  expect(
    metricProblems('AppMetrics\n| where Name == "cartwright.checkouts"\n| summarize by Properties["tenant"]'),
  ).toHaveLength(1);
});

it('The workbook shows known metrics, split by known dimensions', () => {
  const unknown = items.flatMap(({ content }) =>
    (content.metrics ?? []).filter(({ metric, splitBy }) => {
      const [type = '', , name = ''] = /^(.+?)-(\w*)-(\w+)$/.exec(metric)?.slice(1) ?? [];
      const dimensions = METRICS[type]?.[name];
      return (
        type !== content.resourceType ||
        !dimensions ||
        (splitBy !== undefined && !dimensions.includes(splitBy))
      );
    }),
  );

  expect(unknown).toEqual([]);
});
