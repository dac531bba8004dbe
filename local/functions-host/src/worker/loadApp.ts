/**
 * Loads the app through the `main` of its package.json. Guarantees that `@azure/functions` finds its runtime: the
 * module is provided before the first import, because the library looks it up once and caches a failure. A second app
 * in a process needs another copy of the library.
 */
import { globSync, readFileSync, statSync } from 'node:fs';
import Module from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { format } from 'node:util';
import { errorMessage, StartupError } from '../startupError.ts';
import { type App, createFunctionsCore, type LogSink } from './functionsCore.ts';

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

/** Imports the app and ends its registration; throws StartupError when the app cannot be loaded. */
export async function loadApp(appFolder: string, sink: LogSink): Promise<App> {
  const files = entryPoints(appFolder);
  const { module, app } = createFunctionsCore(sink);
  provideCore(module);

  const testMode = await watchForTestMode(async () => {
    for (const file of files) await importEntryPoint(appFolder, file, sink);
  });
  if (testMode) {
    throw new StartupError(
      '@azure/functions switched to test mode: the copy that the app loads did not find the runtime.',
    );
  }
  await app.runHooks('appStart', {
    hookData: {},
    appHookData: app.hookData,
    functionAppDirectory: appFolder,
  });
  const granted = Object.fromEntries(capabilities.map((name) => [name, 'true']));
  const requested = (await app.model?.getCapabilities?.(granted)) ?? granted;
  if (requested.HttpUri) {
    throw new StartupError(
      'The app enables HTTP streaming, which the local host does not support; remove enableHttpStream.',
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
    throw new StartupError(`The app's package.json is invalid: ${errorMessage(error)}`);
  }
  if (typeof main !== 'string') throw new StartupError("The app's package.json has no main.");
  // Without the glob library where it is not needed: it takes a twentieth of the time of a start.
  const isFile = statSync(join(appFolder, main), { throwIfNoEntry: false })?.isFile();
  const files = isFile ? [main] : globSync(main, { cwd: appFolder });
  if (files.length === 0)
    throw new StartupError(`main "${main}" in the app's package.json matches no file; build the app first.`);
  return files;
}

async function importEntryPoint(appFolder: string, file: string, sink: LogSink): Promise<void> {
  try {
    await import(pathToFileURL(join(appFolder, file)).href);
  } catch (error) {
    sink.system(format(error));
    throw new StartupError(`Loading "${file}" failed: ${errorMessage(error)}`);
  }
}

// The worker intercepts require in the same way, which works for CommonJS, ESM and bundled apps.
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
