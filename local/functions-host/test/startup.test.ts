import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readOptions } from '../src/options.ts';
import { type AppSource, buildApp, cleanUp, reasonsOf, startApp, startProcess } from './fixture.ts';

const bundled = {
  extensionBundle: { id: 'Microsoft.Azure.Functions.ExtensionBundle', version: '[4.0.0, 5.0.0)' },
};
const fine = "app.http('fine', { handler: () => ({}) });";

afterAll(cleanUp);

const manyMistakes: AppSource = {
  hostJson: bundled,
  code: `
    const handler = () => ({});
    app.http('1digit', { handler });
    app.http('host', { handler });
    app.http('admin', { route: 'administration', handler });
    app.http('runtime', { route: '/Runtime/x', handler });
    app.http('template', { route: 'a/{id:even}', handler });
    app.http('first', { route: 'twice/{id}', handler });
    app.http('second', { route: '/Twice/{id}/', methods: ['POST'], handler });
    app.http('third', { route: 'twice/{id}', methods: ['PUT'], handler });
    app.storageQueue('queue', { queueName: 'q', connection: 'C', handler });
    app.http('output', { handler, extraOutputs: [{ type: 'serviceBus', name: 'out', queueName: 'q' }] });
    app.serviceBusQueue('lost', { queueName: 'q', connection: 'Missing', handler });
    app.serviceBusQueue('identity', { queueName: 'q', connection: 'Named', handler });
    app.serviceBusQueue('batch', { queueName: 'q', connection: 'C', cardinality: 'many', handler });
    app.serviceBusTopic('sessions', { topicName: 't', subscriptionName: 's', connection: 'C', isSessionsEnabled: true, handler });
    app.timer('cron', { schedule: '0 0 0 * * 7', handler });
    app.timer('span', { schedule: '00:05:00', handler });
    app.timer('setting', { schedule: '%NOWHERE%', handler });
    app.timer('retried', { schedule: '0 * * * * *', retry: { strategy: 'fixedDelay', maxRetryCount: 1, delayInterval: 1 }, handler });
  `,
};

/** What an app has that does not start, its source, and a part of the reason. */
const rejected: readonly [string, AppSource, string][] = [
  ['no function', { code: 'export {};' }, 'The app registered no functions.'],
  [
    'an exception',
    { code: "throw new Error('missing setting');" },
    'Loading "dist/main.js" failed: missing setting',
  ],
  [
    'a name used twice',
    { code: `${fine}\n${fine}` },
    'A function with id "fine" has already been registered.',
  ],
  [
    'names that differ in case',
    { code: `${fine}\n${fine.replace('fine', 'Fine')}` },
    'must be unique within the function app.',
  ],
  [
    'streaming',
    { code: `app.setup({ enableHttpStream: true });\n${fine}` },
    'The app enables HTTP streaming',
  ],
  [
    'test mode',
    { code: `console.warn('Switching to test mode.');\n${fine}` },
    '@azure/functions switched to test mode',
  ],
  [
    'Service Bus functions and no extension bundle',
    { code: "app.serviceBusQueue('q', { queueName: 'q', connection: 'C', handler: () => {} });" },
    "the binding type 'serviceBusTrigger' is not registered",
  ],
  [
    'a main that is not built',
    { code: fine, files: { 'package.json': '{"main":"dist/other.js"}' } },
    'main "dist/other.js" in the app\'s package.json matches no file',
  ],
  [
    'an empty main',
    { code: fine, files: { 'package.json': '{"main":""}' } },
    'main "" in the app\'s package.json matches no file',
  ],
  [
    'a host.json that is not JSON',
    { code: fine, files: { 'host.json': '{"version":' } },
    'host.json is invalid: ',
  ],
];
let reasons: (string | null)[];

beforeAll(async () => {
  const sources = [...rejected.map(([, source]) => source), manyMistakes, { code: fine }];
  const apps = await Promise.all(sources.map(buildApp));
  reasons = await reasonsOf(apps, { Named__fullyQualifiedNamespace: 'n', C: 'set' });
});

test.each(rejected.map(([what, , sentence], index) => [what, sentence, index] as const))(
  'An app with %s does not start',
  (_, sentence, index) => {
    expect(reasons[index]).toContain(sentence);
  },
);

test('An app without mistakes starts, after apps that do not', () => {
  expect(reasons.at(-1)).toBeNull();
});

test('A failed start lists every function that Azure would not run, with the reason', async () => {
  const reason = reasons.at(-2);

  for (const sentence of [
    "The function '1digit' is in error: '1digit' is not a valid function name.",
    "The function 'host' is in error: 'host' is not a valid function name.",
    "The function 'admin' is in error: the specified route conflicts with one or more built in routes.",
    "The function 'runtime' is in error: the specified route conflicts with one or more built in routes.",
    "The function 'template' is in error: the local host does not support the route constraint 'even'.",
    "The route of function 'second' conflicts with the route of function 'first'.",
    "The function 'queue' is in error: the local host does not support the trigger 'queueTrigger'.",
    "The function 'output' is in error: the local host does not support the binding 'serviceBus' (out).",
    "The function 'lost' is in error: the Service Bus connection 'Missing' does not exist.",
    "The function 'identity' is in error: the local host does not support identity-based connections; set 'Named' to a connection string.",
    'The function \'batch\' is in error: the local host does not support batches (cardinality "many").',
    "The function 'sessions' is in error: the local host does not support sessions.",
    "The function 'cron' is in error: the schedule '0 0 0 * * 7' is not a valid NCRONTAB expression.",
    "The function 'span' is in error: the schedule '00:05:00' is not a valid NCRONTAB expression.",
    "The function 'setting' is in error: '%NOWHERE%' does not resolve to a value.",
    "The function 'retried' is in error: the local host does not support retry policies.",
  ]) {
    expect(reason).toContain(sentence);
  }
  expect(reason).not.toContain("'third'");
});

test('A start on a port that is in use fails and names the port', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };

  const { report, exit } = await startProcess(await buildApp({ code: fine }), {}, '--port', String(port));

  server.close();
  expect(report).toEqual({ kind: 'failed', reason: `Port ${port} is already in use.` });
  expect((await exit).code).toBe(1);
});

test.each([
  [['--port', 'http'], "--port must be a number from 0 to 65535, but is 'http'."],
  [['--app', ''], '--app and --data are required.'],
  [['--unknown'], "Unknown option '--unknown'"],
])('A start with the options %j fails and names the mistake', (options, reason) => {
  expect(() => readOptions(['--app', 'a', '--data', 'd', '--port', '0', ...options])).toThrow(reason);
});

test('The report of a start lists the enabled functions in alphabetical order', async () => {
  const code = `
    const handler = () => ({});
    app.timer('sweep', { schedule: '%EVERY%', handler });
    app.http('cart', { methods: ['GET'], route: 'carts/{id}', handler });
    app.http('off', { handler });
    app.serviceBusQueue('alsoOff', { queueName: '%QUEUE%', connection: 'Missing', handler });
  `;
  const localSettings = {
    Values: { EVERY: '0 0 0 1 1 *', QUEUE: 'q', 'AzureWebJobs.alsoOff.Disabled': '1' },
  };
  const http = { extensions: { http: { routePrefix: 'api' } } };

  const { report } = await startApp(
    { code, localSettings, hostJson: { ...bundled, ...http } },
    { 'AzureWebJobs.off.Disabled': 'true', EVERY: '0 30 0 1 1 *' },
  );

  expect(report).toEqual({
    kind: 'ready',
    port: expect.any(Number),
    functions: [
      { name: 'cart', trigger: 'http', methods: ['GET'], route: 'api/carts/{id}' },
      { name: 'sweep', trigger: 'timer', schedule: '0 30 0 1 1 *' },
    ],
  });
});

test('Without an IPC channel, the report is a line of JSON on stdout', async () => {
  const child = spawn(process.execPath, [new URL('../src/main.ts', import.meta.url).pathname]);
  let stdout = '';
  child.stdout.on('data', (text) => {
    stdout += text;
  });
  const [code] = await once(child, 'close');

  expect(code).toBe(1);
  expect(JSON.parse(stdout)).toEqual({ kind: 'failed', reason: '--app and --data are required.' });
});
