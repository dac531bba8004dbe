/**
 * A small app for the tests of the stack, built as the real one is: it answers with its pid and settings, and logs
 * when its timer function runs and when a message arrives.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';

const source = `
  import { app } from '@azure/functions';
  app.http('about', {
    route: 'about/{setting?}',
    methods: ['GET'],
    handler: ({ params }) => ({ jsonBody: { pid: process.pid, value: process.env[params.setting] } }),
  });
  app.http('slow', {
    route: 'slow',
    methods: ['GET'],
    handler: () => new Promise((resolve) => { console.log('a slow request began'); setTimeout(resolve, 60_000, {}); }),
  });
  app.timer('tick', { schedule: '0 0 0 1 1 *', handler: () => console.log('the timer function ran') });
  app.serviceBusQueue('work', {
    queueName: 'checkout',
    connection: 'ServiceBusConnection',
    handler: (message) => console.log('a message arrived: ' + message.text),
  });
`;

/** Builds the app into a folder. */
export async function buildFixtureApp(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await build({
    stdin: { contents: source, resolveDir: import.meta.dirname },
    outfile: join(folder, 'main.js'),
    bundle: true,
    format: 'esm',
    platform: 'node',
    external: ['@azure/functions-core'],
    banner: { js: "import{createRequire as r}from'node:module';const require=r(import.meta.url);" },
  });
  await writeAppFiles(folder, 'main.js');
}

/** Writes package.json and host.json; `main` is the bundle. */
export async function writeAppFiles(folder: string, main: string): Promise<void> {
  await writeFile(join(folder, 'package.json'), JSON.stringify({ type: 'module', main }));
  await writeFile(
    join(folder, 'host.json'),
    JSON.stringify({
      version: '2.0',
      extensions: { http: { routePrefix: '' } },
      extensionBundle: { id: 'Microsoft.Azure.Functions.ExtensionBundle', version: '[4.0.0, 5.0.0)' },
    }),
  );
}
