/**
 * Feeds messages to Service Bus functions, through the same client as everybody's. It promises the extension's
 * settlement: complete when the handler returned, abandon at once when it threw, so that redelivery is immediate
 * and the broker alone counts to the dead-letter queue. It holds no message after `close`.
 */
import {
  type ProcessErrorArgs,
  ServiceBusClient,
  type ServiceBusReceivedMessage,
  type ServiceBusReceiver,
} from '@azure/service-bus';
import type { ServiceBusFunction } from '../functionIndex.ts';
import type { InvocationInput, Run } from '../functionInvoker.ts';
import type { HostConfig } from '../hostJson.ts';
import type { Work } from '../inFlight.ts';
import { sentenceOf } from '../startupError.ts';
import { toMessageInput } from './messageInput.ts';
import { entityPath } from './serviceBusTrigger.ts';

export interface ServiceBusListener {
  /** Takes no further messages; those under way go on and can be settled. */
  stop(): Promise<void>;
  /** Gives up the connections. */
  close(): Promise<void>;
}

interface Options {
  readonly config: HostConfig['serviceBus'];
  readonly run: Run;
  readonly work: Work;
  readonly log: (line: string) => void;
}

const retryOptions = { maxRetries: 3, retryDelayInMs: 250, maxRetryDelayInMs: 2_000, timeoutInMs: 10_000 };

/** Subscribes to the entities of the functions; a broker that is away is waited for. */
export function listenToServiceBus(
  functions: readonly ServiceBusFunction[],
  options: Options,
): ServiceBusListener {
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
  let lastProblem = '';
  return receiver.subscribe(
    {
      processMessage: (message) => options.work.track(handle(receiver, message, target, options)),
      async processError({ error, errorSource }: ProcessErrorArgs) {
        // The client repeats itself for as long as the broker is away; one line is enough.
        const problem = `${target.name} (${entityPath(target)}) on ${errorSource}: ${sentenceOf(error)}`;
        if (problem !== lastProblem) options.log(`Service Bus, ${problem}`);
        lastProblem = problem;
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
  // Unparsed: the extension passes text on, and what parses is for the library to decide.
  const settings = {
    receiveMode: 'peekLock',
    skipParsingBodyAsJson: true,
    maxAutoLockRenewalDurationInMs,
  } as const;
  return 'queue' in source
    ? client.createReceiver(source.queue, settings)
    : client.createReceiver(source.topic, source.subscription, settings);
}

async function handle(
  receiver: ServiceBusReceiver,
  message: ServiceBusReceivedMessage,
  target: ServiceBusFunction,
  { run, log }: Options,
): Promise<void> {
  const id = String(message.messageId);
  let input: InvocationInput | undefined;
  try {
    input = toMessageInput(message, target.binary);
  } catch (error) {
    log(`The message ${id} cannot be bound to '${target.name}': ${sentenceOf(error)}`);
  }
  const succeeded = input && (await run(target, input).then(succeed, fail));
  try {
    await (succeeded ? receiver.completeMessage(message) : receiver.abandonMessage(message));
  } catch (error) {
    log(`The message ${id} of '${target.name}' could not be settled: ${sentenceOf(error)}`);
  }
}

const succeed = (): boolean => true;
const fail = (): boolean => false;
