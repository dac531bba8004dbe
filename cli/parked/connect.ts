/**
 * A client of the namespace that the command names, by a local stack's data folder as well, else of the environment's,
 * else of the running local stack's. It does not connect yet.
 */
import { ServiceBusClient } from '@azure/service-bus';
import { findRunning } from '../../local/stack/findRunning.ts';
import { fromCaller } from '../commandLine.ts';

export interface NamespaceOptions {
  namespace?: string | undefined;
  connectionString?: string | undefined;
  /** Data folder of a local stack. */
  data?: string | undefined;
}

/** A namespace that does not answer is abandoned after 17 seconds. */
const retryOptions = { maxRetries: 1, retryDelayInMs: 500, timeoutInMs: 8_000 };

/** The client; throws Refused when no namespace is named and no stack is running. */
export async function connect({ namespace, connectionString, data }: NamespaceOptions) {
  if (namespace !== undefined) {
    const host = namespace.includes('.') ? namespace : `${namespace}.servicebus.windows.net`;
    // Half of the time that the command needs to start; a connection string does not need it.
    const { DefaultAzureCredential } = await import('@azure/identity');
    return new ServiceBusClient(host, new DefaultAzureCredential(), { retryOptions });
  }
  const fromEnvironment = data === undefined ? process.env.ServiceBusConnection : undefined;
  const found = connectionString ?? (fromEnvironment || (await localConnection(data)));
  return new ServiceBusClient(found, { retryOptions });
}

async function localConnection(data: string | undefined): Promise<string> {
  const otherwise = 'For another namespace, pass --namespace or --connection-string.';
  return (await findRunning(data === undefined ? undefined : fromCaller(data), otherwise))
    .serviceBusConnection;
}
