/** An emulator with the real client connected to it. Both are closed when the test has finished. */

import {
  ServiceBusClient,
  type ServiceBusClientOptions,
  type ServiceBusReceivedMessage,
  type ServiceBusReceiver,
} from '@azure/service-bus';
import { onTestFinished } from 'vitest';
import {
  type Entities,
  type ServiceBusEmulator,
  type ServiceBusOptions,
  startServiceBus,
} from '../src/emulator.ts';

type RetryOptions = NonNullable<ServiceBusClientOptions['retryOptions']>;

/** The client's defaults are 60 s per attempt and 30 s between attempts. */
export const RETRY: RetryOptions = { timeoutInMs: 5000, retryDelayInMs: 250, maxRetries: 2 };

export interface Bus {
  readonly emulator: ServiceBusEmulator;
  readonly client: ServiceBusClient;
}

/** Starts an emulator and connects a client. */
export async function openBus(
  entities: Partial<Entities> = { queues: { orders: {} } },
  options: Omit<ServiceBusOptions, 'entities'> = {},
): Promise<Bus> {
  const emulator = await startServiceBus({ entities: { queues: {}, topics: {}, ...entities }, ...options });
  // Hooks run in reverse order: the client closes before the emulator does.
  onTestFinished(() => emulator.close());
  return { emulator, client: connect(emulator.connectionString) };
}

/** Connects another client. */
export function connect(connectionString: string, retryOptions: RetryOptions = RETRY): ServiceBusClient {
  const client = new ServiceBusClient(connectionString, { retryOptions });
  onTestFinished(() => client.close());
  return client;
}

/** Receives the next message. Throws when none arrives within 5 seconds. */
export async function receiveOne(receiver: ServiceBusReceiver): Promise<ServiceBusReceivedMessage> {
  const [message] = await receiver.receiveMessages(1, { maxWaitTimeInMs: 5000 });
  if (!message) throw new Error('No message arrived within 5 seconds.');
  return message;
}

/** Returns true when no message is available. */
export async function isEmpty(receiver: ServiceBusReceiver): Promise<boolean> {
  const messages = await receiver.receiveMessages(1, { maxWaitTimeInMs: 150 });
  return messages.length === 0;
}

/** Waits until `check` passes. After 10 seconds, fails with its last error. */
export async function eventually(check: () => void | Promise<void>): Promise<void> {
  const deadline = Date.now() + 10_000;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
}
