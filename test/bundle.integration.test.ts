/** The contents of the deployed bundle, and what it loads before the first call, according to the bundler's report. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { EAGER_BUDGET, eagerBytes, eagerOutputs, type Meta } from '../scripts/eagerCode.ts';

const meta = JSON.parse(readFileSync(new URL('../dist/meta.json', import.meta.url), 'utf8')) as Meta;
const { inputs } = meta;
const early = eagerOutputs(meta).flatMap(({ inputs: of }) => Object.keys(of));

it('The bundle has no sources of local/ or test/', () => {
  expect(Object.keys(inputs).filter((path) => /^(local|test)\//.test(path))).toEqual([]);
});

it('The bundle loads the Service Bus and identity SDKs on first use, not at the start', () => {
  expect(
    early.filter((path) => /node_modules\/(rhea|@azure\/(msal-|service-bus|identity|core-amqp))/.test(path)),
  ).toEqual([]);
});

it('The bundle loads OpenTelemetry and its exporters only when telemetry is configured, not at the start', () => {
  expect(early.filter((path) => /node_modules\/@(opentelemetry|azure\/monitor-)/.test(path))).toEqual([]);
  expect(inputs).toHaveProperty(['shared/telemetry/sdk.ts']);
});

it('The bundle loads the API reference on first use, not at the start', () => {
  expect(early.filter((path) => path.startsWith('shared/openapi/'))).toEqual([]);
  expect(inputs).toHaveProperty(['shared/openapi/reference.ts']);
});

it('The bundle imports no built-in module, which would load every part of it', () => {
  const external = eagerOutputs(meta)
    .flatMap(({ imports }) => imports)
    .filter((imported) => imported.external && imported.kind === 'import-statement');

  expect(external.map(({ path }) => path)).toEqual([]);
});

it('The storage SDK loads the connection pool of undici, and neither its fetch nor its other clients', () => {
  const undici = Object.keys(inputs).filter((path) => path.includes('node_modules/undici/'));

  expect(undici).toContain('node_modules/undici/lib/dispatcher/agent.js');
  expect(
    undici.filter((path) => /undici\/(index|lib\/web\/fetch\/index|lib\/(api|mock)\/)/.test(path)),
  ).toEqual([]);
});

it('The bundle has one copy of the Functions library', () => {
  const copies = Object.keys(inputs).filter((path) => /@azure\/functions\/(dist|src)\//.test(path));

  expect(new Set(copies.map((path) => path.replace(/@azure\/functions\/.*/, ''))).size).toBe(1);
});

it('The storage SDK loads on first use, and what loads at the start is within its budget', () => {
  expect(early.filter((path) => /node_modules\/(@azure\/data-tables|fast-xml-parser)\//.test(path))).toEqual(
    [],
  );
  expect(inputs).toHaveProperty(['shared/storage/sdk.ts']);
  expect(eagerBytes(meta)).toBeLessThanOrEqual(EAGER_BUDGET);
});
