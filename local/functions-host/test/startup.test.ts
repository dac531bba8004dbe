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
  return report.kind === 'failed' ? report.reason : 'it started';
}

test('every function that Azure would not run is named with its mistake', async () => {
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
    "The function 'template' is in error: The route constraint 'even' is not known to the local host.",
    "The route of function 'second' conflicts with that of function 'first'.",
    "The function 'queue' is in error: the local host does not have the trigger 'queueTrigger'.",
    "The function 'output' is in error: the local host does not have the binding 'serviceBus' (out).",
    "The function 'lost' is in error: Service Bus connection 'Missing' does not exist.",
    "The function 'identity' is in error: 'Named' names a namespace only; the local host needs a connection string in 'Named'.",
    'The function \'batch\' is in error: the local host does not run batches (cardinality "many").',
    "The function 'sessions' is in error: the local host does not have sessions.",
    "The function 'cron' is in error: the schedule '0 0 0 * * 7' is not a valid NCRONTAB expression.",
    "The function 'span' is in error: the schedule '00:05:00' is not a valid NCRONTAB expression.",
    "The function 'setting' is in error: '%NOWHERE%' does not resolve to a value.",
    "The function 'retried' is in error: it has a retry policy, which the local host does not run.",
  ]) {
    expect(reason).toContain(sentence);
  }
  expect(reason).not.toContain("'third'");
});

test('Service Bus functions need the extension bundle', async () => {
  const code = "app.serviceBusQueue('q', { queueName: 'q', connection: 'C', handler: () => {} });";

  expect(await reasonOf({ code }, { C: 'set' })).toContain(
    "the binding type 'serviceBusTrigger' is not registered",
  );
});

test.each([
  ['no function', 'export {};', 'The app has registered no function at all.'],
  [
    'an exception',
    "throw new Error('missing setting');",
    'The app threw while loading "dist/main.js": missing setting',
  ],
  ['a name used twice', `${fine}\n${fine}`, 'A function with id "fine" has already been registered.'],
  [
    'names that differ in case',
    `${fine}\n${fine.replace('fine', 'Fine')}`,
    'must be unique within the function app.',
  ],
  ['streaming', `app.setup({ enableHttpStream: true });\n${fine}`, 'The app enables HTTP streaming'],
  ['test mode', `console.warn('Switching to test mode.');\n${fine}`, 'The app fell back to test mode'],
])('an app with %s does not start', async (_, code, sentence) => {
  expect(await reasonOf({ code })).toContain(sentence);
});

test('an app that is not built, or whose host.json is broken, does not start', async () => {
  const folders = await buildApp({ code: fine });

  await writeFile(join(folders.appFolder, 'package.json'), '{"main":"dist/other.js"}');
  const unbuilt = await startProcess(folders);
  await writeFile(join(folders.appFolder, 'host.json'), '{"version":');
  const broken = await startProcess(folders);

  expect(unbuilt.report).toMatchObject({
    reason: expect.stringContaining('"dist/other.js" matches no file'),
  });
  expect(broken.report).toMatchObject({ reason: expect.stringContaining('host.json cannot be used: ') });
});

test('a taken port is named', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };

  const { report, exit } = await startProcess(await buildApp({ code: fine }), {}, '--port', String(port));

  server.close();
  expect(report).toEqual({ kind: 'failed', reason: `Port ${port} is taken by another process.` });
  expect((await exit).code).toBe(1);
});

test('the report of a start lists the functions that run, in order', async () => {
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

test('without a parent to hear it, the report is a line of JSON on stdout', async () => {
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
    reason: 'The app has registered no function at all.',
  });
});
