/**
 * The host.json of the app: route prefix, function time-out, Service Bus options. It promises the defaults of
 * Azure for what is absent, refuses what this host could not honour, and ignores the rest as Azure does.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { StartupError, sentenceOf } from './startupError.ts';

export interface HostConfig {
  readonly routePrefix: string;
  /** Undefined: no time-out. */
  readonly functionTimeoutMs: number | undefined;
  /** Service Bus comes from the extension bundle; without one the host does not know the binding. */
  readonly hasExtensionBundle: boolean;
  readonly serviceBus: { readonly maxConcurrentCalls: number; readonly maxAutoLockRenewalMs: number };
}

interface HostJson {
  readonly version?: unknown;
  readonly functionTimeout?: unknown;
  readonly extensionBundle?: unknown;
  readonly extensions?: {
    readonly http?: { readonly routePrefix?: unknown };
    readonly serviceBus?: Readonly<Record<string, unknown>>;
  };
}

/** Reads `host.json` in a folder; throws StartupError. */
export function readHostJson(appFolder: string): HostConfig {
  try {
    return toHostConfig(JSON.parse(readFileSync(join(appFolder, 'host.json'), 'utf8')));
  } catch (error) {
    throw new StartupError(`host.json cannot be used: ${sentenceOf(error)}`);
  }
}

/** A parsed host.json as this host goes by it; throws a sentence naming the member that is wrong. */
export function toHostConfig(json: HostJson): HostConfig {
  if (json.version !== '2.0') throw new Error('its "version" must be "2.0".');
  const serviceBus = json.extensions?.serviceBus ?? {};
  if (serviceBus.autoCompleteMessages === false) {
    throw new Error(
      'serviceBus.autoCompleteMessages must stay on, for a Node handler cannot settle a message.',
    );
  }
  return {
    routePrefix: String(json.extensions?.http?.routePrefix ?? 'api').replace(/^\/+|\/+$/g, ''),
    functionTimeoutMs: functionTimeoutOf(json.functionTimeout),
    hasExtensionBundle: json.extensionBundle !== undefined,
    serviceBus: {
      maxConcurrentCalls: positive('serviceBus.maxConcurrentCalls', serviceBus.maxConcurrentCalls ?? 16),
      maxAutoLockRenewalMs: timeSpan(
        'serviceBus.maxAutoLockRenewalDuration',
        serviceBus.maxAutoLockRenewalDuration ?? '00:05:00',
      ),
    },
  };
}

// 30 minutes is the default of every plan this service is deployed to.
function functionTimeoutOf(value: unknown): number | undefined {
  if (value === '-1') return undefined;
  const timeoutMs = timeSpan('functionTimeout', value ?? '00:30:00');
  if (timeoutMs < 1000) throw new Error('functionTimeout must be one second at least.');
  return timeoutMs;
}

function positive(name: string, value: unknown): number {
  if (Number.isInteger(value) && Number(value) > 0) return Number(value);
  throw new Error(`${name} must be a positive whole number.`);
}

/** A .NET TimeSpan (`[d.]hh:mm[:ss[.fffffff]]`) in milliseconds. */
function timeSpan(name: string, value: unknown): number {
  const parts = /^(?:(\d+)\.)?(\d{1,2}):(\d{1,2})(?::(\d{1,2}(?:\.\d{1,7})?))?$/.exec(String(value));
  if (!parts) throw new Error(`${name} must be a time span such as "00:05:00".`);
  const [days, hours, minutes, seconds] = parts.slice(1).map((part) => Number(part ?? 0));
  return (((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000;
}
