// An emulator and the real, unmodified client in front of it, for the tests in this folder. It promises that both are
// gone when the test is, and ways to wait for something that are not sleeps.

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

/** The client's own defaults wait for a minute, and half a minute between attempts. */
export const RETRY: RetryOptions = { timeoutInMs: 5000, retryDelayInMs: 250, maxRetries: 2 };

export interface Bus {
  readonly emulator: ServiceBusEmulator;
  readonly client: ServiceBusClient;
}

/** An emulator of its own and a client of it, closed when the test is finished. */
export async function openBus(
  entities: Partial<Entities> = { queues: { orders: {} } },
  options: Omit<ServiceBusOptions, 'entities'> = {},
): Promise<Bus> {
  const emulator = await startServiceBus({ entities: { queues: {}, topics: {}, ...entities }, ...options });
  // Hooks run last first: the client says goodbye while there is somebody to say it to.
  onTestFinished(() => emulator.close());
  return { emulator, client: connect(emulator.connectionString) };
}

/** Another client, closed when the test is finished. */
export function connect(connectionString: string, retryOptions: RetryOptions = RETRY): ServiceBusClient {
  const client = new ServiceBusClient(connectionString, { retryOptions });
  onTestFinished(() => client.close());
  return client;
}

/** The next message; fails when none comes. */
export async function receiveOne(receiver: ServiceBusReceiver): Promise<ServiceBusReceivedMessage> {
  const [message] = await receiver.receiveMessages(1, { maxWaitTimeInMs: 5000 });
  if (!message) throw new Error('No message came within 5 seconds');
  return message;
}

/** Whether nothing is there to be received. */
export async function isEmpty(receiver: ServiceBusReceiver): Promise<boolean> {
  const messages = await receiver.receiveMessages(1, { maxWaitTimeInMs: 150 });
  return messages.length === 0;
}

/** Waits until something holds; fails with what was seen last when it does not within ten seconds. */
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
