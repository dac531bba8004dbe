/**
 * Parses the app's host.json: route prefix, function timeout, Service Bus options. Guarantees Azure's defaults
 * for absent members, rejects options that this host cannot honor, and ignores unknown members as Azure does.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorMessage, StartupError } from './startupError.ts';

export interface HostConfig {
  readonly routePrefix: string;
  /** Undefined when the timeout is disabled (`-1`). */
  readonly functionTimeoutMs: number | undefined;
  /** The Service Bus extension is part of the bundle; without a bundle the binding type is unknown. */
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
    throw new StartupError(`host.json is invalid: ${errorMessage(error)}`);
  }
}

/** Validates a parsed host.json; throws an Error that names the invalid member. */
export function toHostConfig(json: HostJson): HostConfig {
  if (json.version !== '2.0') throw new Error('version must be "2.0".');
  const serviceBus = json.extensions?.serviceBus ?? {};
  if (serviceBus.autoCompleteMessages === false) {
    throw new Error(
      'serviceBus.autoCompleteMessages must not be false, because a Node.js handler cannot settle a message.',
    );
  }
  return {
    routePrefix: String(json.extensions?.http?.routePrefix ?? 'api').replace(/^\/+|\/+$/g, ''),
    functionTimeoutMs: parseFunctionTimeout(json.functionTimeout),
    hasExtensionBundle: json.extensionBundle !== undefined,
    serviceBus: {
      maxConcurrentCalls: parsePositiveInteger(
        'serviceBus.maxConcurrentCalls',
        serviceBus.maxConcurrentCalls ?? 16,
      ),
      maxAutoLockRenewalMs: parseTimeSpan(
        'serviceBus.maxAutoLockRenewalDuration',
        serviceBus.maxAutoLockRenewalDuration ?? '00:05:00',
      ),
    },
  };
}

// The default of the Flex Consumption, Premium and Dedicated plans.
function parseFunctionTimeout(value: unknown): number | undefined {
  if (value === '-1') return undefined;
  const timeoutMs = parseTimeSpan('functionTimeout', value ?? '00:30:00');
  if (timeoutMs < 1000) throw new Error('functionTimeout must be at least 1 second.');
  return timeoutMs;
}

function parsePositiveInteger(name: string, value: unknown): number {
  if (Number.isInteger(value) && Number(value) > 0) return Number(value);
  throw new Error(`${name} must be a positive integer.`);
}

/** Converts a .NET TimeSpan (`[d.]hh:mm[:ss[.fffffff]]`) to milliseconds. */
function parseTimeSpan(name: string, value: unknown): number {
  const parts = /^(?:(\d+)\.)?(\d{1,2}):(\d{1,2})(?::(\d{1,2}(?:\.\d{1,7})?))?$/.exec(String(value));
  if (!parts) throw new Error(`${name} must be a time span such as "00:05:00".`);
  const [days, hours, minutes, seconds] = parts.slice(1).map((part) => Number(part ?? 0));
  return (((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000;
}
