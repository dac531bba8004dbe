/**
 * Application settings: the process environment, with the `Values` of a local.settings.json beside host.json
 * beneath it. It promises that the app and the host see the same settings, so the file's values are written
 * into the environment where the environment says nothing.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { StartupError, sentenceOf } from './startupError.ts';

export interface Settings {
  get(name: string): string | undefined;
  /** Replaces every `%NAME%`; throws a sentence when a setting is missing. */
  resolve(text: string): string;
}

/** Reads local.settings.json, if any, into `environment`, which wins, and serves settings from there. */
export function loadSettings(appFolder: string, environment: NodeJS.ProcessEnv): Settings {
  for (const [name, value] of Object.entries(readValues(join(appFolder, 'local.settings.json')))) {
    environment[name] ??= String(value);
  }
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
    throw new StartupError(`local.settings.json cannot be read: ${sentenceOf(error)}`);
  }
}
