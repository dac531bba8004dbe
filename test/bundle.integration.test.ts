/** The contents of the deployed bundle, and what it loads before the first call, according to the bundler's report. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

interface Output {
  bytes: number;
  entryPoint?: string;
  imports: { path: string; kind: string; external?: boolean }[];
  inputs: Record<string, unknown>;
}

const { outputs, inputs } = JSON.parse(
  readFileSync(new URL('../dist/meta.json', import.meta.url), 'utf8'),
) as {
  outputs: Record<string, Output>;
  inputs: Record<string, unknown>;
};

/** The entry and everything that it imports statically. */
function eager(): Output[] {
  const main = Object.keys(outputs).find((path) => outputs[path]?.entryPoint === 'functions/main.ts') ?? '';
  const reached = new Set([main]);
  for (const path of reached) {
    for (const { path: next, kind, external } of outputs[path]?.imports ?? []) {
      if (kind === 'import-statement' && !external) reached.add(next);
    }
  }
  return [...reached].flatMap((path) => outputs[path] ?? []);
}

it('The bundle has no sources of local/ or test/', () => {
  expect(Object.keys(inputs).filter((path) => /^(local|test)\//.test(path))).toEqual([]);
});

it('The bundle loads the Service Bus and identity SDKs on first use, not at the start', () => {
  const early = eager().flatMap(({ inputs: of }) => Object.keys(of));

  expect(
    early.filter((path) => /node_modules\/(rhea|@azure\/(msal-|service-bus|identity|core-amqp))/.test(path)),
  ).toEqual([]);
});

it('The bundle loads the OpenTelemetry SDK and exporters only when telemetry is configured, not at the start', () => {
  const early = eager().flatMap(({ inputs: of }) => Object.keys(of));

  expect(
    early.filter((path) => /node_modules\/@(opentelemetry\/(?!api\/)|azure\/monitor-)/.test(path)),
  ).toEqual([]);
  expect(inputs).toHaveProperty(['shared/telemetry/sdk.ts']);
});

it('The bundle loads the API reference on first use, not at the start', () => {
  const early = eager().flatMap(({ inputs: of }) => Object.keys(of));

  expect(early.filter((path) => path.startsWith('shared/openapi/'))).toEqual([]);
  expect(inputs).toHaveProperty(['shared/openapi/reference.ts']);
});

it('The bundle has one copy of the Functions library', () => {
  const copies = Object.keys(inputs).filter((path) => /@azure\/functions\/(dist|src)\//.test(path));

  expect(new Set(copies.map((path) => path.replace(/@azure\/functions\/.*/, ''))).size).toBe(1);
});
