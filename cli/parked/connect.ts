/**
 * Which namespace is meant, and a client of it: the one that the command names, be it by a local stack's data
 * folder, else the environment's, else the running local stack's. It connects to nothing yet.
 */
import { DefaultAzureCredential } from '@azure/identity';
import { ServiceBusClient } from '@azure/service-bus';
import { findRunning } from '../../local/stack/findRunning.ts';
import type { Command } from './commandLine.ts';

/** A namespace that is silent is given up after some 17 seconds. */
const retryOptions = { maxRetries: 1, retryDelayInMs: 500, timeoutInMs: 8_000 };

/** The client; throws Refused when no namespace is named and no stack is running. */
export async function connect({ namespace, connectionString, data }: Command['connection']) {
  if (namespace !== undefined) {
    const host = namespace.includes('.') ? namespace : `${namespace}.servicebus.windows.net`;
    return new ServiceBusClient(host, new DefaultAzureCredential(), { retryOptions });
  }
  const fromEnvironment = data === undefined ? process.env.ServiceBusConnection : undefined;
  const found = connectionString ?? (fromEnvironment || (await localConnection(data)));
  return new ServiceBusClient(found, { retryOptions });
}

async function localConnection(data: string | undefined): Promise<string> {
  const otherwise = 'Another namespace is named by --namespace or --connection-string.';
  return (await findRunning(data, otherwise)).serviceBusConnection;
}
