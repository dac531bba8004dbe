/**
 * A client of the namespace that the command names, by a local stack's data folder as well, else of the environment's,
 * else of the running local stack's. It does not connect yet.
 */
import { ServiceBusClient } from '@azure/service-bus';
import { findRunning } from '../../local/stack/findRunning.ts';
import { readFolder } from '../commandLine.ts';
import { BadOption, Refused } from '../refused.ts';
import { Unreachable } from '../service/errors.ts';
import type { NamespaceOptions } from './namespace.ts';

/** A namespace that does not answer is abandoned after 17 seconds. */
const retryOptions = { maxRetries: 1, retryDelayInMs: 500, timeoutInMs: 8_000 };

/** The client; throws BadOption when the namespace has no such name, and Unreachable when none is named and no stack is running. */
export async function connect({ namespace, connectionString, data }: NamespaceOptions) {
  if (namespace !== undefined) {
    if (!HOST.test(namespace)) {
      throw new BadOption(
        `--namespace must be the name of a namespace, such as sb-carts, not '${namespace}'.`,
      );
    }
    const host = namespace.includes('.') ? namespace : `${namespace}.servicebus.windows.net`;
    // Half of the time that the command needs to start; a connection string does not need it.
    const { DefaultAzureCredential } = await import('@azure/identity');
    return new ServiceBusClient(host, new DefaultAzureCredential(), { retryOptions });
  }
  const fromEnvironment = data === undefined ? process.env.ServiceBusConnection : undefined;
  if (connectionString !== undefined) return clientOf(connectionString, '--connection-string');
  if (fromEnvironment) return clientOf(fromEnvironment, 'ServiceBusConnection');
  return clientOf(await localConnection(data), 'The connection string of the local stack');
}

/** A host name, or its first part. */
const HOST = /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i;

/** The client of a connection string, of which no part is printed: it has a key. */
function clientOf(text: string, name: string): ServiceBusClient {
  try {
    return new ServiceBusClient(text, { retryOptions });
  } catch {
    const example = 'Endpoint=sb://NAME.servicebus.windows.net/;SharedAccessKeyName=NAME;SharedAccessKey=KEY';
    throw new BadOption(`${name} must be a Service Bus connection string such as ${example}.`);
  }
}

async function localConnection(data: string | undefined): Promise<string> {
  const otherwise = 'For another namespace, pass --namespace or --connection-string.';
  return (await findRunning(readFolder('--data', data), otherwise)).serviceBusConnection;
}

/** An error of a command that uses a namespace: a refusal as it is, any other as Unreachable with its sentence. */
export const busError = (error: unknown): Refused =>
  error instanceof Refused
    ? error
    : new Unreachable(
        `Service Bus: ${(error instanceof Error && error.message) || 'the namespace does not answer.'}`,
      );
