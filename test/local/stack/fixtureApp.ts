/**
 * A small app for the stack's tests, built as the real one is: it tells its pid and settings, says when its timer
 * function ran and when a message came, and can be made to end its process.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';

const source = `
  import { app } from '@azure/functions';
  app.http('about', {
    route: 'about/{setting?}',
    methods: ['GET'],
    handler: ({ params }) => ({ jsonBody: { pid: process.pid, value: process.env[params.setting] } }),
  });
  app.timer('tick', { schedule: '0 0 0 1 1 *', handler: () => console.log('the timer function ran') });
  app.serviceBusQueue('work', {
    queueName: 'checkout',
    connection: 'ServiceBusConnection',
    handler: (message) => console.log('a message came: ' + message.text),
  });
`;

/** Builds the app into a folder. */
export async function buildFixtureApp(folder: string): Promise<void> {
  await build({
    stdin: { contents: source, resolveDir: import.meta.dirname },
    outfile: join(folder, 'main.js'),
    bundle: true,
    format: 'esm',
    platform: 'node',
    external: ['@azure/functions-core'],
    banner: { js: "import{createRequire as r}from'node:module';const require=r(import.meta.url);" },
  });
  await writeFile(join(folder, 'package.json'), JSON.stringify({ type: 'module', main: 'main.js' }));
  await writeFile(
    join(folder, 'host.json'),
    JSON.stringify({
      version: '2.0',
      extensions: { http: { routePrefix: '' } },
      extensionBundle: { id: 'Microsoft.Azure.Functions.ExtensionBundle', version: '[4.0.0, 5.0.0)' },
    }),
  );
}

/** Whether a process of this id runs. */
export function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
