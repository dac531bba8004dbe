import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { type AppSource, buildApp, cleanUp, startApp, startProcess } from './fixture.ts';

const bundled = {
  extensionBundle: { id: 'Microsoft.Azure.Functions.ExtensionBundle', version: '[4.0.0, 5.0.0)' },
};
const fine = "app.http('fine', { handler: () => ({}) });";

afterAll(cleanUp);

async function reasonOf(source: AppSource, settings?: NodeJS.ProcessEnv): Promise<string> {
  const { report, exit } = await startApp(source, settings);
  expect((await exit).code).toBe(1);
  return report.kind === 'failed' ? report.reason : 'The host started.';
}

test('A failed start lists every function that Azure would not run, with the reason', async () => {
  const code = `
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
  `;

  const reason = await reasonOf(
    { code, hostJson: bundled },
    { Named__fullyQualifiedNamespace: 'n', C: 'set' },
  );

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

test('An app with Service Bus functions and no extension bundle does not start', async () => {
  const code = "app.serviceBusQueue('q', { queueName: 'q', connection: 'C', handler: () => {} });";

  expect(await reasonOf({ code }, { C: 'set' })).toContain(
    "the binding type 'serviceBusTrigger' is not registered",
  );
});

test.each([
  ['no function', 'export {};', 'The app registered no functions.'],
  ['an exception', "throw new Error('missing setting');", 'Loading "dist/main.js" failed: missing setting'],
  ['a name used twice', `${fine}\n${fine}`, 'A function with id "fine" has already been registered.'],
  [
    'names that differ in case',
    `${fine}\n${fine.replace('fine', 'Fine')}`,
    'must be unique within the function app.',
  ],
  ['streaming', `app.setup({ enableHttpStream: true });\n${fine}`, 'The app enables HTTP streaming'],
  [
    'test mode',
    `console.warn('Switching to test mode.');\n${fine}`,
    '@azure/functions switched to test mode',
  ],
])('An app with %s does not start', async (_, code, sentence) => {
  expect(await reasonOf({ code })).toContain(sentence);
});

test('An app that is not built, or whose host.json is not JSON, does not start', async () => {
  const folders = await buildApp({ code: fine });

  await writeFile(join(folders.appFolder, 'package.json'), '{"main":"dist/other.js"}');
  const unbuilt = await startProcess(folders);
  await writeFile(join(folders.appFolder, 'host.json'), '{"version":');
  const broken = await startProcess(folders);

  expect(unbuilt.report).toMatchObject({
    reason: expect.stringContaining('main "dist/other.js" in the app\'s package.json matches no file'),
  });
  expect(broken.report).toMatchObject({ reason: expect.stringContaining('host.json is invalid: ') });
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
])('A start with the options %j fails with a report', async (options, reason) => {
  const { report, exit } = await startProcess(await buildApp({ code: fine }), {}, ...options);

  expect(report).toEqual({ kind: 'failed', reason: expect.stringContaining(reason) });
  expect((await exit).code).toBe(1);
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
  const { appFolder, dataFolder } = await buildApp({ code: 'export {};' });
  const main = new URL('../src/main.ts', import.meta.url).pathname;

  const child = spawn(process.execPath, [main, '--app', appFolder, '--data', dataFolder, '--port', '0']);
  let stdout = '';
  child.stdout.on('data', (text) => {
    stdout += text;
  });
  const [code] = await once(child, 'close');

  expect(code).toBe(1);
  expect(JSON.parse(stdout)).toEqual({
    kind: 'failed',
    reason: 'The app registered no functions.',
  });
});
