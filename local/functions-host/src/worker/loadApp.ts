/**
 * Loads the app that the host serves, through the `main` of its package.json and nothing else. It promises that
 * `@azure/functions` finds its runtime: the module is in place before the first file of the app is imported,
 * because the library looks once and remembers a failure for ever. One process loads one app.
 */
import { globSync, readFileSync } from 'node:fs';
import Module from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { format } from 'node:util';
import { StartupError, sentenceOf } from '../startupError.ts';
import { type App, createCore, type LogSink } from './functionsCore.ts';

const coreModule = '@azure/functions-core';
const capabilities = [
  'RawHttpBodyBytes',
  'RpcHttpTriggerMetadataRemoved',
  'RpcHttpBodyOnly',
  'IgnoreEmptyValuedRpcHttpHeaders',
  'UseNullableValueDictionaryForHttp',
  'WorkerStatus',
  'TypedDataCollection',
  'HandlesWorkerTerminateMessage',
];
let loaded = false;

/** Imports the app and closes its registration; throws StartupError when any of it fails. */
export async function loadApp(appFolder: string, sink: LogSink): Promise<App> {
  if (loaded)
    throw new StartupError('This process has loaded an app; another one needs a process of its own.');
  loaded = true;
  const files = entryPoints(appFolder);
  const { module, app } = createCore(sink);
  provideCore(module);

  const testMode = await watchForTestMode(async () => {
    for (const file of files) await importEntryPoint(appFolder, file, sink);
  });
  if (testMode) {
    throw new StartupError(
      'The app fell back to test mode: its copy of @azure/functions did not find the runtime.',
    );
  }
  await app.runHooks('appStart', {
    hookData: {},
    appHookData: app.hookData,
    functionAppDirectory: appFolder,
  });
  const granted = Object.fromEntries(capabilities.map((name) => [name, 'true']));
  const asked = (await app.model?.getCapabilities?.(granted)) ?? granted;
  if (asked.HttpUri) {
    throw new StartupError(
      'The app enables HTTP streaming, which the local host does not have; leave enableHttpStream off.',
    );
  }
  app.seal();
  return app;
}

function entryPoints(appFolder: string): string[] {
  let main: unknown;
  try {
    main = JSON.parse(readFileSync(join(appFolder, 'package.json'), 'utf8')).main;
  } catch (error) {
    throw new StartupError(`The package.json of the app cannot be read: ${sentenceOf(error)}`);
  }
  if (typeof main !== 'string') throw new StartupError('The package.json of the app names no main.');
  const files = globSync(main, { cwd: appFolder });
  if (files.length === 0) throw new StartupError(`The main "${main}" matches no file; build the app first.`);
  return files;
}

async function importEntryPoint(appFolder: string, file: string, sink: LogSink): Promise<void> {
  try {
    await import(pathToFileURL(join(appFolder, file)).href);
  } catch (error) {
    sink.system(format(error));
    throw new StartupError(`The app threw while loading "${file}": ${sentenceOf(error)}`);
  }
}

// The worker does it the same way, so CommonJS, ESM and bundled apps all find the module without a change.
function provideCore(module: object): void {
  Module.prototype.require = new Proxy(Module.prototype.require, {
    apply: (original, self, args) => (args[0] === coreModule ? module : Reflect.apply(original, self, args)),
  });
}

async function watchForTestMode(load: () => Promise<void>): Promise<boolean> {
  const { warn } = console;
  let seen = false;
  console.warn = (...args: unknown[]) => {
    seen ||= /test mode/i.test(format(...args));
    warn(...args);
  };
  try {
    await load();
  } finally {
    console.warn = warn;
  }
  return seen;
}
