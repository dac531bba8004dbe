/**
 * Receives messages for Service Bus functions with `@azure/service-bus`. Guarantees the extension's settlement:
 * a message is completed when the handler returns and abandoned when it throws, so redelivery is immediate and
 * only the broker's delivery count leads to the dead-letter queue. Holds no message after `close`.
 */
import type {
  ProcessErrorArgs,
  ServiceBusClient,
  ServiceBusReceivedMessage,
  ServiceBusReceiver,
} from '@azure/service-bus';
import type { ServiceBusFunction } from '../functionIndex.ts';
import type { InvocationInput, Invoker } from '../functionInvoker.ts';
import type { HostConfig } from '../hostJson.ts';
import type { InFlight } from '../inFlight.ts';
import { errorMessage } from '../startupError.ts';
import { toMessageInput } from './messageInput.ts';
import { entityPath } from './serviceBusTrigger.ts';

export interface ServiceBusListener {
  /** Stops receiving; messages in flight can still be settled. */
  stop(): Promise<void>;
  /** Closes the connections. */
  close(): Promise<void>;
}

interface Options {
  readonly config: HostConfig['serviceBus'];
  readonly invoke: Invoker;
  readonly inFlight: InFlight;
  readonly log: (line: string) => void;
}

const retryOptions = { maxRetries: 3, retryDelayInMs: 250, maxRetryDelayInMs: 2_000, timeoutInMs: 10_000 };

/** Subscribes to the entities of the functions; retries while the broker is unavailable. */
export async function startServiceBusListener(
  functions: readonly ServiceBusFunction[],
  options: Options,
): Promise<ServiceBusListener> {
  if (functions.length === 0) return { stop: async () => undefined, close: async () => undefined };
  // Loading the client takes two thirds of the start of a host without Service Bus functions.
  const { ServiceBusClient } = await import('@azure/service-bus');
  const clients = new Map<string, ServiceBusClient>();
  const subscriptions = functions.map((target) => {
    const client =
      clients.get(target.connectionString) ?? new ServiceBusClient(target.connectionString, { retryOptions });
    clients.set(target.connectionString, client);
    return subscribe(client, target, options);
  });
  return {
    async stop() {
      await Promise.all(subscriptions.map((subscription) => subscription.close()));
    },
    async close() {
      await Promise.all([...clients.values()].map((client) => client.close()));
    },
  };
}

function subscribe(
  client: ServiceBusClient,
  target: ServiceBusFunction,
  options: Options,
): { close(): Promise<void> } {
  const receiver = createReceiver(client, target, options.config.maxAutoLockRenewalMs);
  let lastError = '';
  return receiver.subscribe(
    {
      processMessage: (message) => options.inFlight.track(handleMessage(receiver, message, target, options)),
      async processError({ error, errorSource }: ProcessErrorArgs) {
        // The client reports the same error for as long as the broker is unavailable; one line is enough.
        const line = `Service Bus error (${errorSource}) for '${target.name}' on ${entityPath(target)}: ${errorMessage(error)}`;
        if (line !== lastError) options.log(line);
        lastError = line;
      },
    },
    { autoCompleteMessages: false, maxConcurrentCalls: options.config.maxConcurrentCalls },
  );
}

function createReceiver(
  client: ServiceBusClient,
  { source }: ServiceBusFunction,
  maxAutoLockRenewalDurationInMs: number,
): ServiceBusReceiver {
  // Not parsed here: the extension passes text, and @azure/functions parses it.
  const settings = {
    receiveMode: 'peekLock',
    skipParsingBodyAsJson: true,
    maxAutoLockRenewalDurationInMs,
  } as const;
  return 'queue' in source
    ? client.createReceiver(source.queue, settings)
    : client.createReceiver(source.topic, source.subscription, settings);
}

async function handleMessage(
  receiver: ServiceBusReceiver,
  message: ServiceBusReceivedMessage,
  target: ServiceBusFunction,
  { invoke, log }: Options,
): Promise<void> {
  const id = String(message.messageId);
  let input: InvocationInput | undefined;
  try {
    input = toMessageInput(message, target.binary);
  } catch (error) {
    log(`The message ${id} could not be bound to '${target.name}': ${errorMessage(error)}`);
  }
  const succeeded = input && (await invoke(target, input).then(succeed, fail));
  try {
    await (succeeded ? receiver.completeMessage(message) : receiver.abandonMessage(message));
  } catch (error) {
    log(`The message ${id} for '${target.name}' could not be settled: ${errorMessage(error)}`);
  }
}

const succeed = (): boolean => true;
const fail = (): boolean => false;
