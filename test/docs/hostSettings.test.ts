/** `host.json` has the values that docs/operations.md gives reasons for, and no others. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const repository = join(import.meta.dirname, '../..');
const read = (path: string) => readFile(join(repository, path), 'utf8');
const host = JSON.parse(await read('host.json'));
const section = (await read('docs/operations.md'))
  .split('\n## ')
  .find((text) => text.startsWith('Host settings'));
const rows = [...(section ?? '').matchAll(/^\| `(?<name>[^`]+)` (?<value>.*?) \| (?<reason>.+) \|$/gm)].map(
  ({ groups: { name = '', value = '', reason = '' } = {} }) => ({ name, value, reason }),
);

/** A time span such as `00:05:00` as the page writes it. */
const inMinutes = (span: string) => `${Number(span.split(':')[1])} minutes`;

it('Every value of host.json has its reason in the operations guide', () => {
  const { http, serviceBus } = host.extensions;

  expect(rows.map(({ name, value }) => [name, value])).toEqual([
    ['functionTimeout', inMinutes(host.functionTimeout)],
    ['telemetryMode', host.telemetryMode],
    ['http.routePrefix', http.routePrefix === '' ? 'empty' : http.routePrefix],
    ['serviceBus.maxConcurrentCalls', String(serviceBus.maxConcurrentCalls)],
    ['serviceBus.prefetchCount', String(serviceBus.prefetchCount)],
    ['serviceBus.maxAutoLockRenewalDuration', inMinutes(serviceBus.maxAutoLockRenewalDuration)],
    ['extensionBundle', host.extensionBundle.version],
  ]);
  expect(rows.filter(({ reason }) => reason.length < 40)).toEqual([]);
  const names = rows.map(({ name }) => name.split('.').at(-1));
  expect([...leavesOf(host), 'extensionBundle'].filter((name) => !names.includes(name))).toEqual([]);
});

it('A lock is renewed for longer than a function may run', () => {
  expect(host.extensions.serviceBus.maxAutoLockRenewalDuration > host.functionTimeout).toBe(true);
});

/** The names of the values, but for the version of the format and the two members of the extension bundle. */
const leavesOf = (value: Record<string, unknown>): string[] =>
  Object.entries(value).flatMap(([name, member]) => {
    if (['version', 'extensionBundle'].includes(name)) return [];
    return typeof member === 'object' && member !== null
      ? leavesOf(member as Record<string, unknown>)
      : [name];
  });
