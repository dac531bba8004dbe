/** docs/operations.md lists every metric that the code records. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { METRICS, type Metric } from '../../shared/telemetry/names.ts';

const TEXT = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8');

function row({ name, unit, description, dimensions }: Metric): string {
  const names = dimensions.map((dimension) => `\`${dimension}\``).join(', ') || '–';
  return `| \`${name}\` | ${unit.replace(/[{}]/g, '')} | ${description} | ${names} |`;
}

it('The table of metrics in docs/operations.md agrees with the code', () => {
  const [, table = ''] = /\| metric \| unit \|.*\n\|---.*\n((?:\|.*\n)+)/.exec(TEXT) ?? [];

  expect(table.trim().split('\n')).toEqual(Object.values(METRICS).map(row));
});
