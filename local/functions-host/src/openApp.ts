/**
 * Opens an app: its settings, its host.json, its code and the functions that it registers. Guarantees that every
 * mistake in the app is found here, before the host opens a port.
 */
import { type AppSettings, loadAppSettings } from './appSettings.ts';
import { type HostFunction, indexFunctions } from './functionIndex.ts';
import { type HostConfig, readHostJson } from './hostJson.ts';
import type { App } from './worker/functionsCore.ts';
import { loadApp } from './worker/loadApp.ts';

/** An app without mistakes. */
export interface OpenApp {
  readonly app: App;
  /** In the order in which Azure matches their routes. */
  readonly functions: readonly HostFunction[];
  readonly config: HostConfig;
  readonly settings: AppSettings;
}

/** Opens the app in a folder; throws StartupError with one reason for each mistake. `log` receives the host's lines. */
export async function openApp(appFolder: string, log: (line: string) => void): Promise<OpenApp> {
  const settings = loadAppSettings(appFolder, process.env);
  const config = readHostJson(appFolder);
  const app = await loadApp(appFolder, {
    user: (message) => process.stdout.write(`${message}\n`),
    system: log,
  });
  return { app, functions: indexFunctions(app.functions.values(), config, settings), config, settings };
}
