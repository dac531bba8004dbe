/**
 * Application settings: the process environment, completed by the `Values` of the local.settings.json next to
 * host.json. Guarantees that app and host see the same settings: values of the file that the environment lacks
 * are written to the environment. An empty setting counts as absent, because an empty environment variable does
 * not reach the worker on Azure.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorMessage, StartupError } from './startupError.ts';

export interface AppSettings {
  get(name: string): string | undefined;
  /** Replaces every `%NAME%` with the setting's value; throws when a setting is missing. */
  resolve(text: string): string;
}

/** Reads local.settings.json, if there is one, into `environment`, whose own values take precedence. */
export function loadAppSettings(appFolder: string, environment: NodeJS.ProcessEnv): AppSettings {
  for (const [name, value] of Object.entries(readValues(join(appFolder, 'local.settings.json')))) {
    environment[name] ??= String(value);
  }
  for (const [name, value] of Object.entries(environment)) if (value === '') delete environment[name];
  return {
    get: (name) => environment[name],
    resolve: (text) =>
      text.replace(/%([^%]+)%/g, (reference, name: string) => {
        const value = environment[name];
        if (value === undefined) throw new Error(`'${reference}' does not resolve to a value.`);
        return value;
      }),
  };
}

function readValues(file: string): Record<string, unknown> {
  if (!existsSync(file)) return {};
  try {
    const { Values } = JSON.parse(readFileSync(file, 'utf8')) as { Values?: Record<string, unknown> };
    return Values ?? {};
  } catch (error) {
    throw new StartupError(`local.settings.json is invalid: ${errorMessage(error)}`);
  }
}
